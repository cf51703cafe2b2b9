package gust__shim

import (
	gust__context "context"
	gust__net "net"
	gust__http "net/http"
	gust__reflect "reflect"
	gust__strings "strings"
	gust__atomic "sync/atomic"
	gust__syscall "syscall"
	gust__time "time"
	gust__unsafe "unsafe"
)

// gust__stream is an answer without an end: server-sent events, or a WebSocket.
type gust__stream struct {
	// ask tells the other side to come again, cut makes it.
	ask, cut func()
	over     func() bool
}

var (
	// gust__streams are in the order in which they began.
	gust__streams []*gust__stream
	// gust__upgrades are the remote addresses of requests for a WebSocket whose handlers run.
	gust__upgrades = map[string]int{}
	// gust__active counts requests that end by themselves.
	gust__active int32
)

func gust__countActive() int { return int(gust__atomic.LoadInt32(&gust__active)) }

func gust__addStream(s *gust__stream) {
	gust__mu.Lock()
	defer gust__mu.Unlock()
	gust__streams = append(gust__streams, s)
}

func gust__removeStream(s *gust__stream) {
	gust__mu.Lock()
	defer gust__mu.Unlock()
	for i, other := range gust__streams {
		if other == s {
			gust__streams = append(gust__streams[:i:i], gust__streams[i+1:]...)
			return
		}
	}
}

func gust__wantsEvents(r *gust__http.Request) bool {
	return r.Method == "GET" && len(r.Header["Accept"]) == 1 &&
		gust__strings.Contains(r.Header["Accept"][0], "text/event-stream")
}

func gust__wantsWebSocket(r *gust__http.Request) bool {
	return len(r.Header["Upgrade"]) == 1 && gust__strings.EqualFold(r.Header["Upgrade"][0], "websocket")
}

// gust__serveEvents runs a handler that is told to end by its context when the time has come.
func gust__serveEvents(theirs gust__http.Handler, w gust__http.ResponseWriter, r *gust__http.Request) {
	ctx, cancel := gust__context.WithCancel(r.Context())
	ended := int32(0)
	s := &gust__stream{
		ask:  cancel,
		cut:  func() { gust__cut(w) },
		over: func() bool { return gust__atomic.LoadInt32(&ended) != 0 },
	}
	gust__addStream(s)
	defer func() {
		gust__atomic.StoreInt32(&ended, 1)
		cancel()
		gust__removeStream(s)
	}()
	theirs.ServeHTTP(w, r.WithContext(ctx))
}

// gust__cut closes the connection of an answer, if it has one of its own.
func gust__cut(w gust__http.ResponseWriter) {
	if at := gust__connOf(w); at.at != nil {
		_ = at.rwc().Close()
	}
}

// gust__serveUpgrade runs a handler that may take the connection over.
func gust__serveUpgrade(theirs gust__http.Handler, w gust__http.ResponseWriter, r *gust__http.Request) {
	gust__mu.Lock()
	gust__upgrades[r.RemoteAddr]++
	gust__mu.Unlock()
	defer func() {
		gust__mu.Lock()
		defer gust__mu.Unlock()
		if gust__upgrades[r.RemoteAddr]--; gust__upgrades[r.RemoteAddr] <= 0 {
			delete(gust__upgrades, r.RemoteAddr)
		}
	}()
	theirs.ServeHTTP(w, r)
}

// gust__hijacked is called when a handler has taken a connection over.
func gust__hijacked(c gust__net.Conn) {
	peer := c.RemoteAddr()
	if peer == nil {
		return
	}
	gust__mu.Lock()
	known := gust__upgrades[peer.String()] > 0
	gust__mu.Unlock()
	if !known {
		return
	}
	s := &gust__stream{}
	s.ask = func() { gust__closeWebSocket(c) }
	s.cut = func() { _ = c.Close() }
	s.over = func() bool { return gust__isClosed(c) }
	gust__mu.Lock()
	var ended []*gust__stream
	if len(gust__streams)%64 == 63 {
		ended = append(ended, gust__streams...)
	}
	gust__streams = append(gust__streams, s)
	gust__mu.Unlock()
	// Nothing tells that a connection has ended which was taken over.
	for _, other := range ended {
		if other.over() {
			gust__removeStream(other)
		}
	}
}

// gust__closeWebSocket sends a Close frame (RFC 6455, 5.5.1) with status 1012, service restart. The
// client answers it, and the program reads the answer as the end of the conversation. The frame
// cannot come in the middle of a Write of the program's, as writes exclude each other.
func gust__closeWebSocket(c gust__net.Conn) {
	const status = 1012
	_ = c.SetWriteDeadline(gust__time.Now().Add(gust__streamGrace))
	_, _ = c.Write([]byte{0x88, 2, status >> 8, status & 0xff})
}

func gust__isClosed(c gust__net.Conn) bool {
	if inner, ok := c.(interface{ NetConn() gust__net.Conn }); ok {
		c = inner.NetConn()
	}
	open := false
	if raw, ok := c.(gust__syscall.Conn); ok {
		if connection, err := raw.SyscallConn(); err == nil {
			open = connection.Control(func(uintptr) {}) == nil
		}
	}
	return !open
}

const (
	// gust__streamStep is how long the next stream waits for the end of the one before it,
	// gust__streamGrace how long a stream may take before it is cut.
	gust__streamStep  = 20 * gust__time.Millisecond
	gust__streamGrace = gust__time.Second
)

// gust__endStreams ends all streams in the order in which they began, and returns their number.
func gust__endStreams() int {
	gust__mu.Lock()
	streams := append([]*gust__stream(nil), gust__streams...)
	gust__mu.Unlock()
	count := 0
	deadline := gust__time.Now().Add(gust__streamGrace)
	for _, s := range streams {
		if s.over() {
			continue
		}
		count++
		s.ask()
		gust__await(s, gust__time.Now().Add(gust__streamStep))
		deadline = gust__time.Now().Add(gust__streamGrace)
	}
	for _, s := range streams {
		gust__await(s, deadline)
		if !s.over() {
			s.cut()
		}
	}
	return count
}

// gust__await waits for an end that makes no event.
func gust__await(s *gust__stream, until gust__time.Time) {
	for !s.over() && gust__time.Now().Before(until) {
		gust__time.Sleep(gust__time.Millisecond)
	}
}

// gust__connOf returns the connection of an answer over HTTP/1, or one that points nowhere.
func gust__connOf(w gust__http.ResponseWriter) gust__conn {
	layout := gust__readLayout()
	if !layout.ok || gust__reflect.TypeOf(w) != layout.response {
		return gust__conn{}
	}
	response := gust__unsafe.Pointer(gust__reflect.ValueOf(w).Pointer())
	return gust__conn{*(*gust__unsafe.Pointer)(gust__unsafe.Pointer(uintptr(response) + layout.conn))}
}
