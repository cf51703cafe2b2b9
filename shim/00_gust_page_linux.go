package gust__shim

import (
	gust__bufio "bufio"
	gust__rand "crypto/rand"
	gust__hex "encoding/hex"
	gust__io "io"
	gust__net "net"
	gust__http "net/http"
	gust__strings "strings"
)

// gust__page is the answer to a page load of a browser: where it is a page, it gets a reference to
// gust's script. It begins when the program does, and is kept back no longer than the program does; only
// the begin of an answer whose kind the program does not tell is, as net/http does as well.
type gust__page struct {
	w gust__http.ResponseWriter
	// build is the number of the build; version tells it from those of other runs of gust too.
	build, version string
	// origin is how the browser names the program.
	origin string
	// status is 0 until the program has begun; header is what it was then. again are those that it has told
	// behind the first.
	status int
	header gust__http.Header
	again  []int
	// begun: the header is sent. injects: and the script is to come in the body.
	begun, injects bool
	// unknown is the begin of a body whose kind is not known yet.
	unknown []byte
	finder  gust__finder
	tag     []byte
	// gzip undoes what the program has compressed though it was asked not to.
	gzip *gust__inflater
	// marked: the browser has this page as this build has sent it.
	marked bool
}

// gust__isPageLoad tells whether a browser loads a page. Browsers say so (Fetch Metadata), and no page can
// say it in their place; but they do to addresses alone that they trust. To those of other machines, and
// to names of the user's own, they say no more than that they would like a safe one.
func gust__isPageLoad(r *gust__http.Request) bool {
	if r.Method != "GET" || len(r.Header["Upgrade"]) != 0 || len(r.Header[gust__pageMark]) != 0 {
		return false
	}
	if dest := r.Header["Sec-Fetch-Dest"]; len(dest) != 0 {
		return len(dest) == 1 && dest[0] == "document"
	}
	safe, accept := r.Header["Upgrade-Insecure-Requests"], r.Header["Accept"]
	return len(safe) == 1 && safe[0] == "1" && len(accept) == 1 && gust__hasPrefix(accept[0], "text/html") &&
		len(r.Header["Sec-Fetch-Mode"]) == 0 && len(r.Header["Sec-Fetch-Site"]) == 0
}

// gust__pageMark is in an answer with the script, and in a request whose answer will have it: where the
// program passes that on to another one of gust's, the page is this one's, whose port the browser asks.
const gust__pageMark = "X-Gust-Page"

// gust__newPage also makes the request one that can be answered with a page.
func gust__newPage(w gust__http.ResponseWriter, r *gust__http.Request, label []string) *gust__page {
	build := gust__buildOf(label)
	p := &gust__page{w: w, build: build, version: build, origin: "http://" + r.Host}
	if gust__run != "" {
		p.version += "." + gust__run
	}
	if r.TLS != nil {
		p.origin = "https://" + r.Host
	}
	r.Header["Accept-Encoding"] = []string{"identity"}
	r.Header[gust__pageMark] = []string{"1"}
	p.marked = gust__unmark(r.Header, p.version)
	return p
}

// writer is what the program gets: it can do what the one of net/http can.
func (p *gust__page) writer() gust__http.ResponseWriter {
	if _, ok := p.w.(gust__http.Hijacker); ok {
		return &gust__page1{p}
	}
	return &gust__page2{p}
}

// end is called when the program has answered.
func (p *gust__page) end() {
	if p.status == 0 && !p.begun {
		p.WriteHeader(gust__http.StatusOK)
	}
	p.begin()
	p.gzip.end()
	if p.injects {
		p.injects = false
		rest, found := p.finder.end()
		if found {
			_ = p.put(p.tag)
		}
		_ = p.put(rest)
	}
}

func (p *gust__page) Header() gust__http.Header { return p.w.Header() }

func (p *gust__page) WriteHeader(status int) {
	switch {
	case p.status != 0 && !p.begun:
		// Nothing is sent yet, and the first is what counts.
		p.again = append(p.again, status)
		return
	case p.begun || status >= 100 && status < 200:
		p.w.WriteHeader(status)
		p.begun = p.begun || status == gust__http.StatusSwitchingProtocols
		return
	}
	p.status = status
	_, typed := p.w.Header()["Content-Type"]
	if typed || !gust__hasBody(status) {
		p.begin()
		return
	}
	// What is changed from now on does not count.
	p.header = p.w.Header().Clone()
}

func (p *gust__page) Write(data []byte) (int, error) {
	if p.status == 0 && !p.begun {
		p.WriteHeader(gust__http.StatusOK)
	}
	if !p.begun {
		const sample = 512
		p.unknown = append(p.unknown, data...)
		if len(p.unknown) < sample {
			return len(data), nil
		}
		return len(data), p.begin()
	}
	return p.body(data)
}

// begin decides what the answer is, and sends its header and what there is of its body.
func (p *gust__page) begin() error {
	if p.begun {
		return nil
	}
	p.begun = true
	header := p.w.Header()
	if p.header != nil {
		// What was set since counts for the trailers.
		since := header.Clone()
		defer gust__replace(header, since)
		gust__replace(header, p.header)
		if _, typed := header["Content-Type"]; !typed && len(p.unknown) > 0 && header.Get("Content-Encoding") == "" {
			header["Content-Type"] = []string{gust__http.DetectContentType(p.unknown)}
		}
	}
	if p.status == gust__http.StatusNotModified && p.marked {
		gust__mark(header, p.version)
		// What it says counts for the page that the browser has.
		_, _ = gust__policies(header, p.origin, gust__newNonce())
	}
	if gust__isPage(p.status, header) {
		p.prepare(header)
	}
	p.w.WriteHeader(p.status)
	for _, status := range p.again {
		// net/http tells the program that it has.
		p.w.WriteHeader(status)
	}
	unknown := p.unknown
	p.unknown = nil
	if len(unknown) == 0 {
		return nil
	}
	_, err := p.body(unknown)
	return err
}

func gust__replace(header, by gust__http.Header) {
	for name := range header {
		delete(header, name)
	}
	for name, values := range by {
		header[name] = values
	}
}

// prepare changes the header of a page as its body will be changed.
func (p *gust__page) prepare(header gust__http.Header) {
	fresh := gust__newNonce()
	nonce, ok := gust__policies(header, p.origin, fresh)
	if !ok {
		return
	}
	p.injects = true
	text := `<script src="` + gust__reserved + `client.js" data-build="` + p.build + `"`
	if gust__run != "" {
		text += ` data-run="` + gust__run + `"`
	}
	if nonce != "" {
		text += ` nonce="` + nonce + `"`
	}
	p.tag = []byte(text + `></script>`)
	if header.Get("Content-Encoding") == "gzip" {
		p.gzip = gust__newInflater(p.inject)
		header.Del("Content-Encoding")
	}
	// It is known when the page is over whether there was a place for the script.
	header.Del("Content-Length")
	// Digests are those of the page without it.
	for _, name := range []string{"Accept-Ranges", "Content-Md5", "Digest", "Content-Digest", "Repr-Digest"} {
		header.Del(name)
	}
	if nonce == fresh {
		// A nonce that is in this answer alone must not be asked for again.
		header.Del("Etag")
		header.Del("Last-Modified")
	} else {
		gust__mark(header, p.version)
	}
	// The program may have one list for all its answers.
	header["Vary"] = append(append([]string(nil), header["Vary"]...), "Sec-Fetch-Dest")
	header[gust__pageMark] = []string{"1"}
}

func (p *gust__page) body(data []byte) (int, error) {
	var err error
	switch {
	case p.gzip != nil:
		err = p.gzip.write(data)
	case p.injects:
		err = p.inject(data)
	default:
		return p.w.Write(data)
	}
	if err != nil {
		return 0, err
	}
	return len(data), nil
}

// inject writes a piece of the page, with the script where it belongs.
func (p *gust__page) inject(data []byte) error {
	if !p.injects {
		return p.put(data)
	}
	before, after, over, found := p.finder.feed(data)
	err := p.put(before)
	if !over || err != nil {
		return err
	}
	p.injects = false
	if found {
		err = p.put(p.tag)
	}
	if err == nil {
		err = p.put(after)
	}
	return err
}

func (p *gust__page) put(data []byte) error {
	if len(data) == 0 {
		return nil
	}
	_, err := p.w.Write(data)
	return err
}

func (p *gust__page) Flush() { _ = p.FlushError() }

// FlushError is what http.ResponseController calls.
func (p *gust__page) FlushError() error {
	if p.status == 0 && !p.begun {
		p.WriteHeader(gust__http.StatusOK)
	}
	if err := p.begin(); err != nil {
		return err
	}
	p.gzip.settle()
	if flusher, ok := p.w.(interface{ FlushError() error }); ok {
		return flusher.FlushError()
	}
	p.w.(gust__http.Flusher).Flush()
	return nil
}

// Unwrap is for http.ResponseController.
func (p *gust__page) Unwrap() gust__http.ResponseWriter { return p.w }

func (p *gust__page) WriteString(text string) (int, error) { return p.Write([]byte(text)) }

//lint:ignore SA1019 some programs ask for it
func (p *gust__page) CloseNotify() <-chan bool { return p.w.(gust__http.CloseNotifier).CloseNotify() }

// gust__page1 answers over HTTP/1, gust__page2 over HTTP/2.
type gust__page1 struct{ *gust__page }

func (p *gust__page1) Hijack() (gust__net.Conn, *gust__bufio.ReadWriter, error) {
	p.begun = true
	return p.w.(gust__http.Hijacker).Hijack()
}

// ReadFrom leaves the rest of a body to net/http, which may have the system copy it.
func (p *gust__page1) ReadFrom(from gust__io.Reader) (n int64, err error) {
	buffer := make([]byte, 4096)
	for !p.begun || p.gzip != nil || p.injects {
		count, failed := from.Read(buffer)
		n += int64(count)
		if count > 0 {
			if _, err = p.Write(buffer[:count]); err != nil {
				return n, err
			}
		}
		if failed == gust__io.EOF {
			return n, nil
		}
		if failed != nil {
			return n, failed
		}
	}
	rest, err := gust__io.Copy(p.w, from)
	return n + rest, err
}

type gust__page2 struct{ *gust__page }

func (p *gust__page2) Push(target string, options *gust__http.PushOptions) error {
	if pusher, ok := p.w.(gust__http.Pusher); ok {
		return pusher.Push(target, options)
	}
	return gust__http.ErrNotSupported
}

// gust__isPage tells whether a browser shows this as a page, and as one whose letters are bytes as ours are.
func gust__isPage(status int, header gust__http.Header) bool {
	kind := gust__strings.ToLower(gust__strings.TrimSpace(header.Get("Content-Type")))
	if gust__strings.Contains(kind, "utf-16") || gust__strings.Contains(kind, "ucs-2") || gust__strings.Contains(kind, "unicodefffe") {
		return false
	}
	coding := header.Get("Content-Encoding")
	return gust__hasBody(status) && status != gust__http.StatusPartialContent && (status < 300 || status >= 400) &&
		(kind == "text/html" || gust__hasPrefix(kind, "text/html;") || gust__hasPrefix(kind, "text/html ")) &&
		!gust__hasPrefix(gust__strings.ToLower(header.Get("Content-Disposition")), "attachment") &&
		(coding == "" || coding == "identity" || coding == "gzip")
}

func gust__hasBody(status int) bool {
	return status >= 200 && status != gust__http.StatusNoContent && status != gust__http.StatusNotModified
}

// gust__buildOf returns the number that a label begins with.
func gust__buildOf(label []string) string {
	if len(label) == 0 {
		return "0"
	}
	end := 0
	for end < len(label[0]) && label[0][end] >= '0' && label[0][end] <= '9' {
		end++
	}
	if end == 0 {
		return "0"
	}
	return label[0][:end]
}

func gust__newNonce() string {
	random := make([]byte, 16)
	_, _ = gust__rand.Read(random)
	return gust__hex.EncodeToString(random)
}
