package gust__shim

import (
	gust__net "net"
	gust__http "net/http"
	gust__atomic "sync/atomic"
	gust__time "time"
)

// A connection that has moved is a new one to net/http, which gives it ReadHeaderTimeout for its first
// request. It was idle, though, and may be for as long as IdleTimeout says.

// gust__idleLooks are when the deadline is set again: net/http sets its own a moment after it is told
// of the connection, which makes no event.
var gust__idleLooks = []gust__time.Duration{5 * gust__time.Millisecond, 50 * gust__time.Millisecond, 500 * gust__time.Millisecond}

// welcome gives a connection the time that an idle one has.
func (s *gust__server) welcome(c gust__net.Conn) {
	if s.server.ReadHeaderTimeout <= 0 && s.server.ReadTimeout <= 0 {
		return
	}
	gust__mu.Lock()
	s.idle[c] = struct{}{}
	gust__atomic.StoreInt32(&s.idling, int32(len(s.idle)))
	gust__mu.Unlock()
	until := gust__time.Time{}
	if idle := s.server.IdleTimeout; idle > 0 {
		until = gust__time.Now().Add(idle)
	} else if s.server.ReadTimeout > 0 {
		until = gust__time.Now().Add(s.server.ReadTimeout)
	}
	for _, after := range gust__idleLooks {
		gust__time.AfterFunc(after, func() {
			gust__mu.Lock()
			_, waits := s.idle[c]
			gust__mu.Unlock()
			if waits && !gust__isDraining() {
				_ = c.SetReadDeadline(until)
			}
		})
	}
}

// settle is called when a request has come, or the connection has ended.
func (s *gust__server) settle(c gust__net.Conn, state gust__http.ConnState) {
	// Every request comes here, and few programs have such connections.
	if gust__atomic.LoadInt32(&s.idling) == 0 {
		return
	}
	gust__mu.Lock()
	_, waits := s.idle[c]
	delete(s.idle, c)
	gust__atomic.StoreInt32(&s.idling, int32(len(s.idle)))
	gust__mu.Unlock()
	if !waits || state != gust__http.StateActive {
		return
	}
	// net/http counts the time of the whole request from the moment at which it began to wait.
	deadline := gust__time.Time{}
	if s.server.ReadTimeout > 0 {
		deadline = gust__time.Now().Add(s.server.ReadTimeout)
	}
	_ = c.SetReadDeadline(deadline)
}
