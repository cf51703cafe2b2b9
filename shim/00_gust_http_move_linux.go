package gust__shim

import (
	gust__net "net"
	gust__http "net/http"
	gust__atomic "sync/atomic"
	gust__syscall "syscall"
	gust__time "time"
)

// gust__parting is a connection that was told to leave, with a copy of its descriptor made when no
// byte of a next request had been read.
type gust__parting struct {
	// fd is negative for a connection that cannot be moved and is just closed.
	fd int
	// reader and its count at that time; none where the connection left by itself.
	reader gust__reader
	remain int64
}

var gust__partings = map[gust__net.Conn]gust__parting{}

// sweep tells connections that wait for a request to leave. Their goroutines are in Read; a
// deadline in the past, set while the reader's lock is held, gets them out: either without having
// read a byte, or, if they had read one already, they go on, and the copy is dropped.
func (s *gust__server) sweep() int {
	moving := 0
	gust__eachConn(s.server, func(c gust__conn) bool {
		state, since := c.state()
		if state != gust__http.StateIdle && (state != gust__http.StateNew || gust__raceDetector) {
			return true
		}
		reader := c.reader()
		if reader.at == nil {
			return true
		}
		rwc := c.rwc()
		movable := gust__isMovable(rwc)
		if !movable && gust__isPlain(rwc) {
			gust__atomic.StoreInt32(&s.stays, 1)
		}
		reader.lock().Lock()
		defer reader.lock().Unlock()
		if !s.waits(c, reader, state) {
			return true
		}
		if movable {
			if fd := gust__copy(rwc); fd >= 0 {
				moving++
				gust__part(rwc, fd, reader)
			}
		} else if state == gust__http.StateIdle && gust__time.Now().Unix()-since >= gust__quietSeconds {
			// Its client would hear of the end only with its next answer, and has none to wait for.
			gust__part(rwc, -1, reader)
		}
		return true
	})
	return moving
}

// gust__quietSeconds is how long a connection that cannot be moved may be idle in a drain.
const gust__quietSeconds = 2

// waits says that no byte of a request was read, not even one that was used up already: while a
// header is read, the limit of its size is less than at its begin, and between requests there is
// none. The reader's lock is held.
func (s *gust__server) waits(c gust__conn, r gust__reader, state gust__http.ConnState) bool {
	if !r.inRead() || r.hasByte() || c.buffered() != 0 {
		return false
	}
	limit := int64(s.server.MaxHeaderBytes)
	if limit <= 0 {
		limit = gust__http.DefaultMaxHeaderBytes
	}
	// As http.Server.initialReadLimitSize has it.
	limit += 4096
	if state == gust__http.StateNew {
		return r.remain() == limit
	}
	return r.remain() > limit
}

// leave makes ready a connection that has just answered a request, in its own goroutine.
func (s *gust__server) leave(c gust__net.Conn) bool {
	if !gust__isMovable(c) {
		return false
	}
	clean := false
	gust__eachConn(s.server, func(conn gust__conn) bool {
		if conn.rwc() != c {
			return true
		}
		// HTTP/2 without encryption reports its idleness too, but is not in this state.
		state, _ := conn.state()
		reader := conn.reader()
		if state == gust__http.StateIdle && reader.at != nil {
			reader.lock().Lock()
			clean = !reader.inRead() && !reader.hasByte() && conn.buffered() == 0
			reader.lock().Unlock()
		}
		return false
	})
	if !clean {
		return false
	}
	fd := gust__copy(c)
	if fd < 0 {
		return false
	}
	gust__mu.Lock()
	gust__partings[c] = gust__parting{fd: fd}
	gust__atomic.AddInt32(&gust__leaving, 1)
	gust__mu.Unlock()
	return true
}

// gust__readNoMore is called after the handler, before the last of the answer is sent. While a
// handler runs, net/http tries to read one byte of the next request, to see whether the client is
// gone; a client that is quick would have that byte read here, and could not be moved. So this
// does early what net/http does after the answer.
func gust__readNoMore(w gust__http.ResponseWriter) {
	c := gust__connOf(w)
	if c.at == nil {
		return
	}
	rwc, reader := c.rwc(), c.reader()
	if !gust__isMovable(rwc) || reader.at == nil {
		return
	}
	reader.lock().Lock()
	defer reader.lock().Unlock()
	if reader.inRead() {
		reader.abort()
		_ = rwc.SetReadDeadline(gust__time.Unix(1, 0))
		reader.wait()
		_ = rwc.SetReadDeadline(gust__time.Time{})
	}
}

// gust__part begins the departure of a connection whose goroutine is in Read.
func gust__part(c gust__net.Conn, fd int, reader gust__reader) {
	gust__mu.Lock()
	_, known := gust__partings[c]
	if !known {
		gust__partings[c] = gust__parting{fd, reader, reader.remain()}
		gust__atomic.AddInt32(&gust__leaving, 1)
	}
	gust__mu.Unlock()
	if known {
		if fd >= 0 {
			_ = gust__syscall.Close(fd)
		}
		return
	}
	_ = c.SetReadDeadline(gust__time.Unix(1, 0))
}

// gust__stay ends a departure: a request came in time.
func gust__stay(c gust__net.Conn, server *gust__http.Server) {
	p, ok := gust__endParting(c)
	if !ok {
		return
	}
	if p.fd >= 0 {
		_ = gust__syscall.Close(p.fd)
	}
	// Between requests net/http does this itself, at the first request it does not.
	deadline := gust__time.Time{}
	if server.ReadTimeout > 0 {
		deadline = gust__time.Now().Add(server.ReadTimeout)
	}
	_ = c.SetReadDeadline(deadline)
	gust__atomic.AddInt32(&gust__leaving, -1)
}

// gust__depart sends the copy of a connection that has been closed here.
func gust__depart(c gust__net.Conn) {
	p, ok := gust__endParting(c)
	if !ok {
		return
	}
	if p.fd >= 0 {
		if p.isWhole() && gust__successor.tell("conn", p.fd) == nil {
			gust__atomic.AddInt32(&gust__moved, 1)
		}
		_ = gust__syscall.Close(p.fd)
	}
	gust__atomic.AddInt32(&gust__leaving, -1)
}

func gust__endParting(c gust__net.Conn) (gust__parting, bool) {
	gust__mu.Lock()
	defer gust__mu.Unlock()
	p, ok := gust__partings[c]
	delete(gust__partings, c)
	return p, ok
}

// isWhole says that nothing was read since. A piece of a request that was read cannot follow.
func (p gust__parting) isWhole() bool {
	if p.reader.at == nil {
		return true
	}
	p.reader.lock().Lock()
	defer p.reader.lock().Unlock()
	return p.reader.remain() == p.remain
}

// gust__isMovable: all that belongs to the connection is in the kernel.
func gust__isMovable(c gust__net.Conn) bool {
	if gust__successor == nil || !gust__readLayout().ok {
		return false
	}
	switch c.(type) {
	case *gust__net.TCPConn, *gust__net.UnixConn:
		return true
	}
	return false
}

// gust__isPlain: not encrypted, as far as can be seen.
func gust__isPlain(c gust__net.Conn) bool {
	_, encrypted := c.(interface{ NetConn() gust__net.Conn })
	return !encrypted
}

// gust__copy returns another descriptor of the connection, or -1.
func gust__copy(c gust__net.Conn) int {
	fd := -1
	raw, err := c.(gust__syscall.Conn).SyscallConn()
	if err != nil {
		return -1
	}
	_ = raw.Control(func(number uintptr) {
		copied, _, errno := gust__syscall.Syscall(gust__syscall.SYS_FCNTL, number, gust__syscall.F_DUPFD_CLOEXEC, 0)
		if errno == 0 {
			fd = int(copied)
		}
	})
	return fd
}
