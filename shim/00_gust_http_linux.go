package gust__shim

import (
	gust__net "net"
	gust__http "net/http"
	gust__reflect "reflect"
	gust__runtime "runtime"
	gust__strings "strings"
	gust__sync "sync"
	gust__atomic "sync/atomic"
	gust__syscall "syscall"
	_ "unsafe" // for go:linkname
)

//go:linkname gust__httpServe net/http.testHookServerServe
var gust__httpServe func(*gust__http.Server, gust__net.Listener)

// gust__wired is initialised after gust__started, which it asks, and before init functions run.
var gust__wired = gust__wireHTTP()

func gust__wireHTTP() bool {
	if gust__started {
		gust__sweep, gust__goodbye = gust__sweepHTTP, gust__goodbyeHTTP
		gust__busy, gust__closeStreams = gust__countActive, gust__endStreams
		gust__young = gust__youngHTTP
		gust__httpServe = gust__hookServe
	}
	return gust__started
}

// gust__server is an http.Server of the program.
type gust__server struct {
	server *gust__http.Server
	// stays is 1 when it has connections without encryption that cannot be moved.
	stays int32
	// unix are its listeners at unix sockets.
	unix []*gust__net.UnixListener
	// idle are its connections that came from another version and wait for their next request.
	idle map[gust__net.Conn]struct{}
	// idling is how many these are.
	idling int32
	// encrypted are its connections with TLS, and whether anything was asked on them.
	encrypted map[gust__net.Conn]bool
	// asked are the remote addresses of those of them on which something was.
	asked map[string]gust__net.Conn
	// asking are the requests of pages that gust itself answers, by number.
	asking map[int]func()
	// askings is how many there have been.
	askings int
}

var gust__servers []*gust__server

// gust__hookServe is called by every Serve, before it looks at the server's fields.
func gust__hookServe(server *gust__http.Server, l gust__net.Listener) {
	own, known := gust__serverOf(server)
	if unix, ok := l.(*gust__net.UnixListener); ok {
		gust__mu.Lock()
		own.unix = append(own.unix, unix)
		gust__mu.Unlock()
	}
	if known {
		return
	}
	theirs := server.ConnState
	server.ConnState = func(c gust__net.Conn, state gust__http.ConnState) { own.onState(c, state, theirs) }
	server.Handler = &gust__handler{own, server.Handler}
}

// gust__noteKnown leaves a connection to its server, and says whether it came from another version.
func gust__noteKnown(c gust__net.Conn) (migrant bool) {
	if inner, ok := c.(interface{ NetConn() gust__net.Conn }); ok {
		c = inner.NetConn()
	}
	raw, ok := c.(gust__syscall.Conn)
	if !ok {
		return false
	}
	connection, err := raw.SyscallConn()
	if err != nil {
		return false
	}
	_ = connection.Control(func(fd uintptr) {
		gust__mu.Lock()
		defer gust__mu.Unlock()
		gust__known[int(fd)] = struct{}{}
		_, migrant = gust__migrants[int(fd)]
	})
	return migrant
}

// noteEncrypted keeps count of the connections with TLS.
func (s *gust__server) noteEncrypted(c gust__net.Conn, open bool) {
	peer := ""
	if at := c.RemoteAddr(); at != nil {
		peer = at.String()
	}
	gust__mu.Lock()
	defer gust__mu.Unlock()
	if open {
		s.encrypted[c] = false
		s.asked[peer] = c
	} else {
		delete(s.encrypted, c)
		delete(s.asked, peer)
	}
}

// noteAsked says that something was asked on a connection with TLS.
func (s *gust__server) noteAsked(peer string) {
	gust__mu.Lock()
	defer gust__mu.Unlock()
	if c, ok := s.asked[peer]; ok {
		s.encrypted[c] = true
		// Once is enough.
		delete(s.asked, peer)
	}
}

func gust__serverOf(server *gust__http.Server) (own *gust__server, known bool) {
	gust__mu.Lock()
	defer gust__mu.Unlock()
	for _, s := range gust__servers {
		if s.server == server {
			return s, true
		}
	}
	own = &gust__server{server: server, idle: map[gust__net.Conn]struct{}{}, encrypted: map[gust__net.Conn]bool{}, asked: map[string]gust__net.Conn{}}
	gust__servers = append(gust__servers, own)
	return own, false
}

func gust__allServers() []*gust__server {
	gust__mu.Lock()
	defer gust__mu.Unlock()
	return append([]*gust__server(nil), gust__servers...)
}

// onState runs in the goroutine of the connection, with nothing locked.
func (s *gust__server) onState(c gust__net.Conn, state gust__http.ConnState, theirs func(gust__net.Conn, gust__http.ConnState)) {
	draining := gust__isDraining()
	if draining && (state == gust__http.StateActive || state == gust__http.StateHijacked) {
		gust__stay(c, s.server)
	}
	if draining && state == gust__http.StateClosed {
		gust__depart(c)
	}
	if state == gust__http.StateHijacked {
		gust__hijacked(c)
	}
	if state == gust__http.StateNew && gust__noteKnown(c) {
		s.welcome(c)
	} else if state != gust__http.StateNew {
		s.settle(c, state)
	}
	if (state == gust__http.StateNew || state == gust__http.StateClosed) && !gust__isPlain(c) {
		s.noteEncrypted(c, state == gust__http.StateNew)
	}
	if theirs != nil {
		theirs(c, state)
	}
	if draining && state == gust__http.StateIdle && s.leave(c) {
		// What net/http has deferred closes the connection here, while its copy lives on, and
		// comes back with StateClosed.
		gust__runtime.Goexit()
	}
}

// gust__handler stands before the program's own. It tells which build answers, asks clients to come
// again where their connection cannot be moved, and knows which answers have no end.
type gust__handler struct {
	server *gust__server
	theirs gust__http.Handler
}

// gust__reserved begins the paths that are gust's and not the program's.
const gust__reserved = "/__gust/"

func (h *gust__handler) ServeHTTP(w gust__http.ResponseWriter, r *gust__http.Request) {
	label, tell := gust__build()
	if tell {
		w.Header()["X-Gust-Build"] = label
	}
	if len(r.URL.Path) >= len(gust__reserved) && r.URL.Path[:len(gust__reserved)] == gust__reserved {
		h.serveReserved(w, r, label)
		gust__finish(w)
		return
	}
	if r.TLS != nil {
		h.server.noteAsked(r.RemoteAddr)
	}
	if gust__isDraining() && (r.ProtoMajor == 2 || r.TLS != nil || gust__atomic.LoadInt32(&h.server.stays) != 0) {
		// With HTTP/2 this becomes a GOAWAY behind the answer.
		w.Header().Set("Connection", "close")
	}
	theirs := h.theirs
	if theirs == nil {
		theirs = gust__http.DefaultServeMux
	}
	switch {
	case gust__wantsEvents(r):
		gust__serveEvents(theirs, w, r)
	case gust__wantsWebSocket(r):
		gust__serveUpgrade(theirs, w, r)
	default:
		gust__atomic.AddInt32(&gust__active, 1)
		defer gust__atomic.AddInt32(&gust__active, -1)
		gust__serve(theirs, w, r, label)
	}
	gust__finish(w)
}

// gust__finish leaves what comes next on the connection to the next version, when there is one.
func gust__finish(w gust__http.ResponseWriter) {
	if gust__isDraining() {
		gust__readNoMore(w)
	}
}

func gust__serve(theirs gust__http.Handler, w gust__http.ResponseWriter, r *gust__http.Request, label []string) {
	if gust__desk == "" || !gust__isPageLoad(r) {
		theirs.ServeHTTP(w, r)
		return
	}
	page := gust__newPage(w, r, label)
	answered := false
	defer func() {
		// A panic of the program's ends the answer where it is.
		if !answered {
			page.gzip.abandon()
		}
	}()
	theirs.ServeHTTP(page.writer(), r)
	answered = true
	page.end()
}

// serveReserved answers `gust wait --serving` and the page that stands in for the program; all else
// that pages ask for is gust's.
func (h *gust__handler) serveReserved(w gust__http.ResponseWriter, r *gust__http.Request, label []string) {
	if r.URL.Path != gust__reserved+"build" && gust__desk != "" {
		h.ask(w, r)
		return
	}
	if r.URL.Path != gust__reserved+"build" || len(label) == 0 {
		gust__http.NotFound(w, r)
		return
	}
	w.Header()["X-Gust-Build"] = label
	w.Header()["Cache-Control"] = []string{"no-store"}
	w.Header()["Content-Type"] = []string{"text/plain; charset=utf-8"}
	_, _ = w.Write([]byte(label[0] + "\n"))
}

func gust__sweepHTTP() int {
	moving := 0
	for _, s := range gust__allServers() {
		moving += s.sweep()
	}
	return moving
}

// gust__youngHTTP counts the connections that nothing was asked on yet, where the goodbye of their
// protocol would be heard as a refusal: those with TLS, which may speak HTTP/2.
func gust__youngHTTP() int {
	young := 0
	for _, s := range gust__allServers() {
		gust__mu.Lock()
		for c, asked := range s.encrypted {
			if !asked && !gust__isPlain(c) {
				young++
			}
		}
		gust__mu.Unlock()
	}
	return young
}

// gust__goodbyeHTTP begins the drain of all servers.
func gust__goodbyeHTTP() {
	for _, s := range gust__allServers() {
		gust__goAway(s.server)
		gust__mu.Lock()
		unix := append([]*gust__net.UnixListener(nil), s.unix...)
		gust__mu.Unlock()
		for _, l := range unix {
			gust__keepFile(l)
		}
	}
}

// gust__keepFile keeps a listener from removing its file when it is closed.
func gust__keepFile(l *gust__net.UnixListener) {
	raw, err := l.SyscallConn()
	if err != nil {
		return
	}
	_ = raw.Control(func(fd uintptr) {
		gust__mu.Lock()
		defer gust__mu.Unlock()
		if own := gust__listeners[int(fd)]; own != nil {
			own.kept = true
			l.SetUnlinkOnClose(false)
		}
	})
}

// gust__goAway has the HTTP/2 part of a server send GOAWAY. It registered its function with the
// server, among those of the program, which are none of our business.
func gust__goAway(server *gust__http.Server) {
	value := gust__reflect.ValueOf(server).Elem()
	mu, ok1 := gust__field(value, "mu", gust__reflect.TypeOf(gust__sync.Mutex{}))
	list, ok2 := gust__field(value, "onShutdown", gust__reflect.TypeOf([]func(){}))
	if !ok1 || !ok2 {
		return
	}
	lock := mu.Addr().Interface().(*gust__sync.Mutex)
	lock.Lock()
	functions := append([]func(){}, list.Interface().([]func())...)
	lock.Unlock()
	for _, f := range functions {
		name := gust__runtime.FuncForPC(gust__reflect.ValueOf(f).Pointer()).Name()
		if gust__strings.Contains(name, "startGracefulShutdown") {
			f()
		}
	}
}
