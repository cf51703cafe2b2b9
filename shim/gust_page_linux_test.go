package gust__shim

import (
	"bytes"
	"compress/gzip"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"reflect"
	"strings"
	"testing"
	"time"
)

func read(t *testing.T, name string, into interface{}) {
	t.Helper()
	text, err := os.ReadFile("../test/fixtures/web/" + name)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(text, into); err != nil {
		t.Fatal(err)
	}
}

const caret, tag = "‸", `<script src="/__gust/client.js" data-build="7"></script>`

func TestTheScriptComesFirstInAPage(t *testing.T) {
	var samples []struct{ Name, Page, Hex string }
	read(t, "insertion.json", &samples)
	if len(samples) < 50 {
		t.Fatal("no samples")
	}
	for _, sample := range samples {
		page := sample.Page
		if sample.Hex != "" {
			raw, _ := hex.DecodeString(sample.Hex)
			page = string(raw)
		}
		sent := strings.Replace(page, caret, "", 1)
		want := strings.Replace(page, caret, tag, 1)
		for cut := 0; cut <= len(sent); cut++ {
			if got := through(sent[:cut], sent[cut:]); got != want {
				t.Errorf("%s, cut at %d: got %q, want %q", sample.Name, cut, got, want)
			}
		}
		if got := through(strings.Split(sent, "")...); got != want {
			t.Errorf("%s, in pieces: got %q, want %q", sample.Name, got, want)
		}
	}
}

func through(pieces ...string) string {
	var out strings.Builder
	var f gust__finder
	done := false
	for _, piece := range pieces {
		if done {
			out.WriteString(piece)
			continue
		}
		before, after, over, found := f.feed([]byte(piece))
		out.Write(before)
		if found {
			out.WriteString(tag)
		}
		out.Write(after)
		done = over
	}
	if !done {
		rest, found := f.end()
		if found {
			out.WriteString(tag)
		}
		out.Write(rest)
	}
	return out.String()
}

func TestPoliciesLetGustThroughAndNothingElse(t *testing.T) {
	var samples []struct {
		Name, Origin       string
		Policies, Expected []string
		Nonce              *string
		Scripts            bool
	}
	read(t, "csp.json", &samples)
	for _, sample := range samples {
		header := http.Header{"Content-Security-Policy": append([]string(nil), sample.Policies...)}
		nonce, scripts := gust__policies(header, sample.Origin, "bmV3")
		got := header["Content-Security-Policy"]
		if !scripts {
			// The page is sent as it is.
			sample.Expected, sample.Nonce = sample.Policies, nil
		}
		want := ""
		if sample.Nonce != nil {
			want = *sample.Nonce
		}
		if len(got)+len(sample.Expected) > 0 && !reflect.DeepEqual(got, sample.Expected) || nonce != want || scripts != sample.Scripts {
			t.Errorf("%s: got %q, %q, %v; want %q, %q, %v", sample.Name, got, nonce, scripts, sample.Expected, want, sample.Scripts)
		}
	}
}

// serve runs a handler as the program's, with a build of 7, and returns what a page load is answered.
func serve(t *testing.T, handler http.HandlerFunc, change func(*http.Request)) (*http.Response, string) {
	t.Helper()
	gust__desk = "/nowhere"
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		gust__serve(handler, w, r, []string{"7; stale; failed=8"})
	}))
	defer server.Close()
	request, _ := http.NewRequest("GET", server.URL+"/", nil)
	request.Header.Set("Sec-Fetch-Dest", "document")
	request.Header.Set("Accept-Encoding", "gzip, br")
	if change != nil {
		change(request)
	}
	answer, err := http.DefaultTransport.RoundTrip(request)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer, string(body)
}

// load asks for a page as a browser does.
func load(t *testing.T, url string) *http.Response {
	t.Helper()
	request, _ := http.NewRequest("GET", url, nil)
	request.Header.Set("Sec-Fetch-Dest", "document")
	answer, err := http.DefaultTransport.RoundTrip(request)
	if err != nil {
		t.Fatal(err)
	}
	return answer
}

func says(status int, kind, body string, header ...string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if kind != "" {
			w.Header().Set("Content-Type", kind)
		}
		for i := 0; i < len(header); i += 2 {
			w.Header().Set(header[i], header[i+1])
		}
		if status != 0 {
			w.WriteHeader(status)
		}
		_, _ = io.WriteString(w, body)
	}
}

const html = "text/html; charset=utf-8"

func TestPagesGetTheScript(t *testing.T) {
	check := func(what string, handler http.HandlerFunc, change func(*http.Request), want string) {
		t.Helper()
		if _, got := serve(t, handler, change); got != want {
			t.Errorf("%s: got %q, want %q", what, got, want)
		}
	}
	check("a page", says(0, html, "<h1>x"), nil, tag+"<h1>x")
	check("a kind in capitals", says(0, "Text/HTML", "<h1>x"), nil, tag+"<h1>x")
	check("a page whose kind is not told", says(0, "", "<h1>x"), nil, tag+"<h1>x")
	check("a long page whose kind is not told", says(200, "", "<p>"+strings.Repeat("x", 9000)), nil, tag+"<p>"+strings.Repeat("x", 9000))
	check("an error page", says(500, html, "<h1>x"), nil, tag+"<h1>x")
	check("text whose kind is not told", says(0, "", "hello <b>"), nil, "hello <b>")
	check("nothing", says(200, html, ""), nil, tag)
	check("JSON", says(0, "application/json", "{}"), nil, "{}")
	check("a redirect", says(302, html, "<a>x", "Location", "/x"), nil, "<a>x")
	check("a part", says(206, html, "<a>x"), nil, "<a>x")
	check("a download", says(0, html, "<a>x", "Content-Disposition", "Attachment; filename=x"), nil, "<a>x")
	check("a fragment", says(0, html, "<a>x"), func(r *http.Request) { r.Header.Set("Sec-Fetch-Dest", "empty") }, "<a>x")
	check("a frame", says(0, html, "<a>x"), func(r *http.Request) { r.Header.Set("Sec-Fetch-Dest", "iframe") }, "<a>x")
	check("a form", says(0, html, "<a>x"), func(r *http.Request) { r.Method = "POST" }, "<a>x")
	check("no browser", says(0, html, "<a>x"), func(r *http.Request) { r.Header.Del("Sec-Fetch-Dest") }, "<a>x")
	check("another coding", says(0, html, "xyz", "Content-Encoding", "br"), nil, "xyz")
	check("a page without scripts", says(0, html, "<a>x", "Content-Security-Policy", "sandbox"), nil, "<a>x")
	check("a page of a given length", says(0, html, "<h1>x", "Content-Length", "5"), nil, tag+"<h1>x")
	check("a page from a reader", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", html)
		_, _ = io.Copy(w, io.LimitReader(strings.NewReader("<html><p>"+strings.Repeat("y", 20000)), 15000))
	}, nil, "<html>"+tag+"<p>"+strings.Repeat("y", 15000-9))
}

func TestAPageThatIsCompressedAnywayIsReadAndSentPlain(t *testing.T) {
	page := "<!doctype html><p>" + strings.Repeat("hello ", 5000)
	var packed bytes.Buffer
	writer := gzip.NewWriter(&packed)
	_, _ = io.WriteString(writer, page)
	_ = writer.Close()
	answer, got := serve(t, says(0, html, packed.String(), "Content-Encoding", "gzip"), nil)
	if want := strings.Replace(page, "<p>", tag+"<p>", 1); got != want || answer.Header.Get("Content-Encoding") != "" {
		t.Errorf("got %d bytes, want %d", len(got), len(want))
	}
}

func TestTheProgramIsAskedForAPlainPage(t *testing.T) {
	_, got := serve(t, func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprint(w, r.Header.Get("Accept-Encoding"))
	}, nil)
	if got != "identity" {
		t.Error(got)
	}
}

func TestHeadersThatAreChangedTooLateDoNotCount(t *testing.T) {
	answer, _ := serve(t, func(w http.ResponseWriter, r *http.Request) {
		w.WriteHeader(201)
		w.Header().Set("X-Late", "1")
		w.Header().Set("Content-Type", "text/plain")
		fmt.Fprint(w, "<h1>x")
	}, nil)
	if answer.StatusCode != 201 || answer.Header.Get("X-Late") != "" || answer.Header.Get("Content-Type") != html {
		t.Error(answer.StatusCode, answer.Header)
	}
}

func TestWhatStreamsIsNotKeptBack(t *testing.T) {
	gust__desk = "/nowhere"
	step := make(chan bool)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		gust__serve(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			for _, part := range []string{"<!doctype html><he", "ad><title>x", "</title>"} {
				fmt.Fprint(w, part)
				w.(http.Flusher).Flush()
				<-step
			}
		}), w, r, []string{"7"})
	}))
	defer server.Close()
	answer := load(t, server.URL)
	defer answer.Body.Close()
	for _, want := range []string{"<!doctype html>", "<head>" + tag + "<title>x", "</title>"} {
		got := make([]byte, len(want))
		timer := time.AfterFunc(10*time.Second, server.CloseClientConnections)
		if _, err := io.ReadFull(answer.Body, got); err != nil || string(got) != want {
			t.Fatalf("got %q, want %q", got, want)
		}
		timer.Stop()
		step <- true
	}
}

func TestAWriterCanDoWhatThatOfNetHTTPCan(t *testing.T) {
	_, got := serve(t, func(w http.ResponseWriter, r *http.Request) {
		_, flusher := w.(http.Flusher)
		_, hijacker := w.(http.Hijacker)
		_, reader := w.(io.ReaderFrom)
		_, closer := w.(http.CloseNotifier)
		_, stringer := w.(io.StringWriter)
		deadline := http.NewResponseController(w).SetReadDeadline(time.Time{})
		fmt.Fprint(w, flusher, hijacker, reader, closer, stringer, deadline)
	}, nil)
	if got != "true true true true true <nil>" {
		t.Error(got)
	}
}

func TestCachesTellBuildsApart(t *testing.T) {
	// tagged answers with an ETag as net/http's own functions do.
	tagged := func(tag string) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", html)
			if tag != "" {
				w.Header().Set("Etag", tag)
			}
			http.ServeContent(w, r, "", time.Unix(1000, 0), strings.NewReader("<p>x"))
		}
	}
	check := func(tag, asked, since string, wantStatus int, want string) {
		t.Helper()
		answer, _ := serve(t, tagged(tag), func(r *http.Request) {
			if asked != "" {
				r.Header.Set("If-None-Match", asked)
			}
			if since != "" {
				r.Header.Set("If-Modified-Since", since)
			}
		})
		if got := answer.Header.Get("Etag"); answer.StatusCode != wantStatus || got != want {
			t.Errorf("%s, asked %s %s: got %d %s, want %d %s", tag, asked, since, answer.StatusCode, got, wantStatus, want)
		}
	}
	date := time.Unix(1000, 0).UTC().Format(http.TimeFormat)
	check(`"a"`, "", "", 200, `"a-gust7"`)
	check(`W/"a"`, "", "", 200, `W/"a-gust7"`)
	check("", "", "", 200, `W/"gust7"`)
	check(`"a"`, `"a-gust7"`, "", 304, `"a-gust7"`)
	check(`"b"`, `"a-gust7"`, "", 200, `"b-gust7"`)
	check(`"a"`, `"a-gust6"`, "", 200, `"a-gust7"`)
	check(`"a"`, `"a"`, "", 200, `"a-gust7"`)
	check("", `W/"gust7"`, date, 304, `W/"gust7"`)
	check("", `W/"gust6"`, date, 200, `W/"gust7"`)
	check("", "", date, 200, `W/"gust7"`)
	gust__run = "ab12"
	defer func() { gust__run = "" }()
	check(`"a"`, "", "", 200, `"a-gust7.ab12"`)
	check(`"a"`, `"a-gust7.ab12"`, "", 304, `"a-gust7.ab12"`)
	check(`"a"`, `"a-gust7.cd34"`, "", 200, `"a-gust7.ab12"`)
	if _, body := serve(t, says(0, html, "<p>"), nil); body != `<script src="/__gust/client.js" data-build="7" data-run="ab12"></script><p>` {
		t.Error(body)
	}
}

func TestAFreshNonceIsInOneAnswerOnly(t *testing.T) {
	handler := func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", html)
		w.Header().Set("Content-Security-Policy", "script-src 'strict-dynamic' 'sha256-x'")
		w.Header().Set("Etag", `"a"`)
		http.ServeContent(w, r, "", time.Unix(1000, 0), strings.NewReader("<p>x"))
	}
	answer, body := serve(t, handler, nil)
	if !strings.Contains(body, ` nonce="`) || answer.Header.Get("Etag") != "" || answer.Header.Get("Last-Modified") != "" {
		t.Error(answer.Header, body)
	}
}

func TestWhatIsNotModifiedHasThePoliciesOfThePage(t *testing.T) {
	handler := func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Security-Policy", "script-src 'none'")
		w.Header().Set("Etag", `"a"`)
		http.ServeContent(w, r, "x.html", time.Unix(1000, 0), strings.NewReader("<p>x"))
	}
	first, _ := serve(t, handler, nil)
	second, _ := serve(t, handler, func(r *http.Request) { r.Header.Set("If-None-Match", `"a-gust7"`) })
	policy := second.Header.Get("Content-Security-Policy")
	if second.StatusCode != 304 || !strings.Contains(policy, "/__gust/") || !strings.Contains(first.Header.Get("Content-Security-Policy"), "/__gust/") {
		t.Error(second.StatusCode, policy)
	}
}

func TestAPanicEndsTheAnswerWhereItIs(t *testing.T) {
	gust__desk = "/nowhere"
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		gust__serve(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", html)
			fmt.Fprint(w, "<p>")
			w.(http.Flusher).Flush()
			panic(http.ErrAbortHandler)
		}), w, r, []string{"7"})
	}))
	defer server.Close()
	answer := load(t, server.URL)
	defer answer.Body.Close()
	if _, err := io.ReadAll(answer.Body); err == nil {
		t.Error("the answer has an end")
	}
}
