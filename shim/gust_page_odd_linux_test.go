package gust__shim

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"runtime"
	"strings"
	"testing"
	"time"
)

// What few programs do, and is what it is without gust even so.

// open serves a page load and leaves the answer to be read. said is what net/http has told the program.
func open(t *testing.T, handler http.HandlerFunc) (answer *http.Response, said *bytes.Buffer) {
	t.Helper()
	gust__desk = "/nowhere"
	said = &bytes.Buffer{}
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		gust__serve(handler, w, r, []string{"7"})
	}))
	server.Config.ErrorLog = log.New(said, "", 0)
	server.Start()
	request, _ := http.NewRequest("GET", server.URL, nil)
	request.Header.Set("Sec-Fetch-Dest", "document")
	timer := time.AfterFunc(20*time.Second, server.CloseClientConnections)
	answer, err := http.DefaultTransport.RoundTrip(request)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		answer.Body.Close()
		server.Close()
		timer.Stop()
	})
	return answer, said
}

func TestTheFirstStatusCounts(t *testing.T) {
	answer, said := open(t, func(w http.ResponseWriter, r *http.Request) {
		w.WriteHeader(404)
		w.WriteHeader(200)
		fmt.Fprint(w, "<p>x")
	})
	body, _ := io.ReadAll(answer.Body)
	if answer.StatusCode != 404 || string(body) != tag+"<p>x" || strings.Count(said.String(), "superfluous") != 1 {
		t.Error(answer.Status, string(body), said)
	}
}

func TestTrailersComeBehindThePage(t *testing.T) {
	answer, _ := open(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Trailer", "X-Sum")
		w.WriteHeader(200)
		fmt.Fprint(w, "<p>x")
		w.Header().Set("X-Sum", "42")
		w.Header().Set(http.TrailerPrefix+"X-Other", "43")
	})
	body, _ := io.ReadAll(answer.Body)
	if string(body) != tag+"<p>x" || answer.Trailer.Get("X-Sum") != "42" || answer.Trailer.Get("X-Other") != "43" {
		t.Error(string(body), answer.Trailer)
	}
	if answer.Header.Get("X-Sum") != "" {
		t.Error(answer.Header)
	}
}

func TestAConnectionThatIsTakenOverIsLeftAlone(t *testing.T) {
	answer, said := open(t, func(w http.ResponseWriter, r *http.Request) {
		c, _, err := w.(http.Hijacker).Hijack()
		if err != nil {
			panic(err)
		}
		fmt.Fprint(c, "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<p>own")
		c.Close()
	})
	body, _ := io.ReadAll(answer.Body)
	if string(body) != "<p>own" || said.Len() != 0 {
		t.Error(string(body), said)
	}
}

func TestAPageOfTwoBytesToALetterIsLeftAlone(t *testing.T) {
	for _, kind := range []string{"text/html; charset=UTF-16", "text/html;charset=utf-16le", "text/html; charset=ucs-2"} {
		if _, got := serve(t, says(0, kind, "<\x00p\x00"), nil); got != "<\x00p\x00" {
			t.Errorf("%s: got %q", kind, got)
		}
	}
}

func TestWhatIsFlushedOfACompressedPageIsSent(t *testing.T) {
	step := make(chan bool)
	answer, _ := open(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", html)
		w.Header().Set("Content-Encoding", "gzip")
		packed := gzip.NewWriter(w)
		for i := 0; i < 300; i++ {
			fmt.Fprintf(packed, "<p>piece %03d", i)
			_ = packed.Flush()
			w.(http.Flusher).Flush()
			select {
			case <-step:
			case <-r.Context().Done():
				return
			}
		}
		// Nothing new is no end.
		for i := 0; i < 300; i++ {
			w.(http.Flusher).Flush()
		}
		fmt.Fprint(packed, "<p>last")
		_ = packed.Close()
	})
	want := tag
	for i := 0; i < 300; i++ {
		want += fmt.Sprintf("<p>piece %03d", i)
		got := make([]byte, len(want))
		if _, err := io.ReadFull(answer.Body, got); err != nil || string(got) != want {
			t.Fatalf("got %q, want %q: %v", got, want, err)
		}
		want = ""
		step <- true
	}
	if rest, err := io.ReadAll(answer.Body); err != nil || string(rest) != "<p>last" {
		t.Errorf("got %q, %v", rest, err)
	}
}

func TestAPanicLeavesNothingBehindOfACompressedPage(t *testing.T) {
	running := func() bool {
		stacks := make([]byte, 1<<20)
		return strings.Contains(string(stacks[:runtime.Stack(stacks, true)]), "gust__inflater")
	}
	answer, _ := open(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", html)
		w.Header().Set("Content-Encoding", "gzip")
		packed := gzip.NewWriter(w)
		fmt.Fprint(packed, "<p>half")
		_ = packed.Flush()
		w.(http.Flusher).Flush()
		panic(http.ErrAbortHandler)
	})
	got, err := io.ReadAll(answer.Body)
	if string(got) != tag+"<p>half" || err == nil {
		t.Errorf("got %q, %v", got, err)
	}
	if running() {
		t.Error("it still waits for the rest")
	}
}

func TestAListThatAnswersShareStaysAsItIs(t *testing.T) {
	shared := make([]string, 1, 2)
	shared[0] = "Cookie"
	answer, _ := serve(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", html)
		w.Header()["Vary"] = shared
		fmt.Fprint(w, "<p>x")
	}, nil)
	if got := answer.Header["Vary"]; len(got) != 2 || shared[:2][1] != "" {
		t.Error(got, shared[:2])
	}
}

func TestPoliciesThatAreOnlyReportedHaveNothingToReport(t *testing.T) {
	const enforced, reported = "Content-Security-Policy", "Content-Security-Policy-Report-Only"
	answer, got := serve(t, says(0, html, "<p>x", enforced, "script-src 'nonce-b3du'",
		reported, "sandbox; default-src 'none'; script-src 'nonce-b3du' 'strict-dynamic'"), nil)
	source := answer.Request.URL.Host + "/__gust/"
	if want := "script-src 'nonce-b3du' " + source; !strings.HasPrefix(answer.Header.Get(enforced), want) {
		t.Errorf("got %q, want %q", answer.Header.Get(enforced), want)
	}
	want := "sandbox; default-src 'none'; script-src 'nonce-b3du' 'strict-dynamic'; connect-src " + source
	if answer.Header.Get(reported) != want || got != strings.Replace(tag, "></", ` nonce="b3du"></`, 1)+"<p>x" {
		t.Errorf("got %q, %q", answer.Header.Get(reported), got)
	}
}

func TestAPageThatIsPassedOnIsThatOfTheFirst(t *testing.T) {
	inner := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		gust__serve(says(0, html, "<p>x"), w, r, []string{"99"})
	}))
	defer inner.Close()
	address, _ := url.Parse(inner.URL)
	answer, got := serve(t, httputil.NewSingleHostReverseProxy(address).ServeHTTP, nil)
	if got != tag+"<p>x" || len(answer.Header["Vary"]) != 1 {
		t.Error(got, answer.Header)
	}
}

// timed notes the deadlines of an answer.
type timed struct {
	*httptest.ResponseRecorder
	read, write []time.Time
}

func (t *timed) SetReadDeadline(at time.Time) error {
	t.read = append(t.read, at)
	return nil
}

func (t *timed) SetWriteDeadline(at time.Time) error {
	t.write = append(t.write, at)
	return nil
}

func TestWhatGustAnswersMayTakeAsLongAsItTakes(t *testing.T) {
	gust__desk = t.TempDir() + "/desk"
	listener, err := net.Listen("unix", gust__desk)
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	go http.Serve(listener, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprint(w, r.URL.Path, r.Header["X-Gust-Peer"], r.Header["Cookie"], r.Header["Expect"])
	}))
	own, _ := gust__serverOf(&http.Server{})
	request := httptest.NewRequest("POST", "/__gust/x", strings.NewReader("{}"))
	request.Header.Set("X-Gust-Peer", "127.0.0.1:1")
	request.Header.Set("Cookie", "a=b")
	request.Header.Set("Expect", "100-continue")
	answer := &timed{ResponseRecorder: httptest.NewRecorder()}
	(&gust__handler{server: own}).ask(answer, request)
	if got, want := answer.Body.String(), "/__gust/x["+request.RemoteAddr+"] [] []"; got != want || answer.Code != 200 {
		t.Errorf("got %d %q, want %q", answer.Code, got, want)
	}
	if len(answer.read) != 1 || !answer.read[0].IsZero() || len(answer.write) != 1 || !answer.write[0].IsZero() {
		t.Error(answer.read, answer.write)
	}
}

func TestPageLoadsFromOtherMachinesAreKnown(t *testing.T) {
	check := func(change func(http.Header), want bool) {
		t.Helper()
		_, got := serve(t, says(0, html, "<p>x"), func(r *http.Request) {
			r.Header.Del("Sec-Fetch-Dest")
			r.Header.Set("Accept", "text/html,application/xhtml+xml")
			r.Header.Set("Upgrade-Insecure-Requests", "1")
			change(r.Header)
		})
		if (got == tag+"<p>x") != want {
			t.Errorf("got %q", got)
		}
	}
	check(func(h http.Header) {}, true)
	check(func(h http.Header) { h.Set("Accept", "*/*") }, false)
	check(func(h http.Header) { h.Del("Accept") }, false)
	check(func(h http.Header) { h.Del("Upgrade-Insecure-Requests") }, false)
	check(func(h http.Header) { h.Set("Sec-Fetch-Dest", "iframe") }, false)
	check(func(h http.Header) { h.Set("Sec-Fetch-Mode", "navigate") }, false)
}
