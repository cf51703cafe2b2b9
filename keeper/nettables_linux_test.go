package main

import (
	"net"
	"os"
	"path/filepath"
	"testing"
)

func TestEndpointsAreReadAsUsersWriteThem(t *testing.T) {
	check := func(text, expected string) {
		t.Helper()
		got, ok := parseEndpoint(text)
		if expected == "" {
			if ok {
				t.Errorf("%q: %v", text, got)
			}
			return
		}
		if !ok || got.String() != expected {
			t.Errorf("%q: %v, %v", text, got, ok)
		}
	}
	check("0100007F:1F90", "127.0.0.1:8080")
	check("00000000:0050", "0.0.0.0:80")
	check("0F02000A:0016", "10.0.2.15:22")
	check("00000000000000000000000000000000:1F90", "[::]:8080")
	check("00000000000000000000000001000000:0050", "[::1]:80")
	check("B80D01200000000000000000010000FF:0001", "[2001:db8::ff00:1]:1")
	check("0000000000000000FFFF00000100007F:1F90", "127.0.0.1:8080")
	check("", "")
	check("0100007F", "")
	check("0100007:1F90", "")
	check("0100007F:1F90F", "")
	check("zz00007F:1F90", "")
}

func TestOnlyUnixSocketsThatAcceptAndHaveANameAreListed(t *testing.T) {
	check := func(line, inode, path string) {
		t.Helper()
		found := listeners{}
		addUnix(found, line)
		if path == "" {
			if len(found) != 0 {
				t.Errorf("%q: %v", line, found)
			}
			return
		}
		if found[inode] != (address{"unix", path}) || len(found) != 1 {
			t.Errorf("%q: %v", line, found)
		}
	}
	check("0000000000000000: 00000002 00000000 00010000 0001 01 12345 /run/app.sock\n", "12345", "/run/app.sock")
	check("0000000000000000: 00000002 00000000 00010000 0001 01   345 /a path/with  blanks\n", "345", "/a path/with  blanks")
	check("0000000000000000: 00000002 00000000 00010000 0005 01 7 @abstract\n", "7", "@abstract")
	check("0000000000000000: 00000003 00000000 00000000 0001 03 12345 /run/app.sock\n", "", "")
	check("0000000000000000: 00000002 00000000 00010000 0001 01 12345\n", "", "")
	check("\n", "", "")
}

func TestOwnSocketsAreFound(t *testing.T) {
	path := filepath.Join(t.TempDir(), "socket")
	stream, err := net.Listen("unix", path)
	if err != nil {
		t.Fatal(err)
	}
	defer stream.Close()
	tcp, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer tcp.Close()
	udp, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer udp.Close()
	// Connections come after the listening sockets in the tables, and are none themselves.
	client, err := net.Dial("tcp", tcp.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()

	found := map[address]bool{}
	table := readListeners()
	for _, inode := range socketsOf(os.Getpid(), nil) {
		if a, ok := table[inode]; ok {
			found[a] = true
		}
	}
	for _, expected := range []address{
		{"unix", path}, {"tcp", tcp.Addr().String()}, {"udp", udp.LocalAddr().String()},
	} {
		if !found[expected] {
			t.Errorf("%v is missing in %v", expected, found)
		}
		delete(found, expected)
	}
	if len(found) != 0 {
		t.Errorf("found %v too", found)
	}
}
