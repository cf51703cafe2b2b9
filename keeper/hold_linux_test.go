package main

import "testing"

func TestPageLoadsAreKnownByWhatBrowsersSay(t *testing.T) {
	const page, safe = "Accept: text/html,application/xhtml+xml\r\n", "Upgrade-Insecure-Requests: 1\r\n"
	check := func(method, fields string, want bool) {
		t.Helper()
		seen, complete := readHead([]byte(method + " / HTTP/1.1\r\nHost: localhost\r\n" + fields + "\r\n"))
		if !complete || !seen.http || seen.document != want {
			t.Errorf("%s %q: got %v", method, fields, seen)
		}
	}
	check("GET", "", false)
	check("GET", page, false)
	check("GET", "Sec-Fetch-Dest: document\r\n", true)
	check("GET", "Sec-Fetch-Site: none\r\nsec-fetch-dest: document\r\n", true)
	check("POST", "Sec-Fetch-Dest: document\r\n", false)
	check("GET", "Sec-Fetch-Dest: iframe\r\n"+page+safe, false)
	// To an address that it does not trust, a browser says less.
	check("GET", page+safe, true)
	check("GET", safe, false)
	check("GET", "Accept: */*\r\n"+safe, false)
	check("GET", "Sec-Fetch-Mode: navigate\r\n"+page+safe, false)
	check("POST", page+safe, false)
}
