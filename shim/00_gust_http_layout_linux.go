package gust__shim

import (
	gust__bufio "bufio"
	gust__net "net"
	gust__http "net/http"
	gust__reflect "reflect"
	gust__sync "sync"
	gust__atomic "sync/atomic"
	gust__unsafe "unsafe"
)

// gust__layout says where in the structures of net/http is what decides whether a connection can be
// moved. It is read from the program itself, by name; if a name or a type is not as known, ok is
// false and nothing is moved.
type gust__layout struct {
	ok bool
	// In http.conn.
	rwc, reader, buffer, state uintptr
	// In http.connReader.
	lock, cond, inRead, aborted, hasByte, remain uintptr
	// In http.response, whose type this is.
	conn     uintptr
	response gust__reflect.Type
}

var (
	gust__layoutOnce  gust__sync.Once
	gust__knownLayout gust__layout
)

func gust__readLayout() *gust__layout {
	gust__layoutOnce.Do(func() {
		l := &gust__knownLayout
		conns, ok := gust__reflect.TypeOf(gust__http.Server{}).FieldByName("activeConn")
		if !ok || conns.Type.Kind() != gust__reflect.Map || conns.Type.Key().Kind() != gust__reflect.Ptr {
			return
		}
		l.ok = true
		conn := conns.Type.Key().Elem()
		l.rwc = l.offset(conn, "rwc", gust__reflect.TypeOf((*gust__net.Conn)(nil)).Elem())
		l.buffer = l.offset(conn, "bufr", gust__reflect.TypeOf((*gust__bufio.Reader)(nil)))
		l.state = l.offset(conn, "curState", gust__reflect.TypeOf(gust__atomic.Uint64{}))
		reader, ok := conn.FieldByName("r")
		if !ok || reader.Type.Kind() != gust__reflect.Ptr {
			l.ok = false
			return
		}
		l.reader = reader.Offset
		l.lock = l.offset(reader.Type.Elem(), "mu", gust__reflect.TypeOf(gust__sync.Mutex{}))
		l.inRead = l.offset(reader.Type.Elem(), "inRead", gust__reflect.TypeOf(false))
		l.hasByte = l.offset(reader.Type.Elem(), "hasByte", gust__reflect.TypeOf(false))
		l.remain = l.offset(reader.Type.Elem(), "remain", gust__reflect.TypeOf(int64(0)))
		l.cond = l.offset(reader.Type.Elem(), "cond", gust__reflect.TypeOf((*gust__sync.Cond)(nil)))
		l.aborted = l.offset(reader.Type.Elem(), "aborted", gust__reflect.TypeOf(false))
		l.readResponse(conn)
	})
	return &gust__knownLayout
}

// readResponse finds the type http.response by a field of http.conn: atomic.Pointer[response], whose
// Load returns a pointer to it.
func (l *gust__layout) readResponse(conn gust__reflect.Type) {
	request, ok := conn.FieldByName("curReq")
	if !ok {
		l.ok = false
		return
	}
	load, ok := gust__reflect.PtrTo(request.Type).MethodByName("Load")
	if !ok || load.Type.NumOut() != 1 || load.Type.Out(0).Kind() != gust__reflect.Ptr {
		l.ok = false
		return
	}
	l.response = load.Type.Out(0)
	l.conn = l.offset(l.response.Elem(), "conn", gust__reflect.PtrTo(conn))
}

func (l *gust__layout) offset(in gust__reflect.Type, name string, want gust__reflect.Type) uintptr {
	if in.Kind() != gust__reflect.Struct {
		l.ok = false
		return 0
	}
	field, ok := in.FieldByName(name)
	if !ok || field.Type != want {
		l.ok = false
	}
	return field.Offset
}

// gust__conn points to an http.conn, gust__reader to an http.connReader.
type (
	gust__conn   struct{ at gust__unsafe.Pointer }
	gust__reader struct{ at gust__unsafe.Pointer }
)

func (c gust__conn) rwc() gust__net.Conn {
	return *(*gust__net.Conn)(gust__unsafe.Pointer(uintptr(c.at) + gust__knownLayout.rwc))
}

// state returns the state and since when it is, in seconds.
func (c gust__conn) state() (gust__http.ConnState, int64) {
	packed := (*gust__atomic.Uint64)(gust__unsafe.Pointer(uintptr(c.at) + gust__knownLayout.state)).Load()
	return gust__http.ConnState(packed & 0xff), int64(packed >> 8)
}

// reader is nil until the connection's goroutine runs. For a new connection this is read without any
// order between that goroutine and ours. That does no harm: all that matters is read after the
// reader's lock was taken, whose memory was zero before the pointer to it was made.
//
//go:norace
func (c gust__conn) reader() gust__reader {
	return gust__reader{*(*gust__unsafe.Pointer)(gust__unsafe.Pointer(uintptr(c.at) + gust__knownLayout.reader))}
}

// buffered may be called by the connection's own goroutine, or while it is seen to be in Read.
func (c gust__conn) buffered() int {
	buffer := *(**gust__bufio.Reader)(gust__unsafe.Pointer(uintptr(c.at) + gust__knownLayout.buffer))
	if buffer == nil {
		return 0
	}
	return buffer.Buffered()
}

func (r gust__reader) lock() *gust__sync.Mutex {
	return (*gust__sync.Mutex)(gust__unsafe.Pointer(uintptr(r.at) + gust__knownLayout.lock))
}

func (r gust__reader) inRead() bool {
	return *(*bool)(gust__unsafe.Pointer(uintptr(r.at) + gust__knownLayout.inRead))
}

func (r gust__reader) hasByte() bool {
	return *(*bool)(gust__unsafe.Pointer(uintptr(r.at) + gust__knownLayout.hasByte))
}

// wait returns when no goroutine reads in the background. The lock is held, or nothing is done: the
// Cond is made together with its first use by net/http.
func (r gust__reader) wait() {
	cond := *(**gust__sync.Cond)(gust__unsafe.Pointer(uintptr(r.at) + gust__knownLayout.cond))
	for cond != nil && r.inRead() {
		cond.Wait()
	}
}

// abort says that the coming time-out of a background read is no error of the client.
func (r gust__reader) abort() {
	*(*bool)(gust__unsafe.Pointer(uintptr(r.at) + gust__knownLayout.aborted)) = true
}

// remain is how many bytes may still be read: it falls with each.
func (r gust__reader) remain() int64 {
	return *(*int64)(gust__unsafe.Pointer(uintptr(r.at) + gust__knownLayout.remain))
}

// gust__eachConn calls do for each connection of the server, with the server's lock held, until it
// returns false.
func gust__eachConn(server *gust__http.Server, do func(gust__conn) bool) {
	value := gust__reflect.ValueOf(server).Elem()
	mu, ok := gust__field(value, "mu", gust__reflect.TypeOf(gust__sync.Mutex{}))
	if !ok || !gust__readLayout().ok {
		return
	}
	lock := mu.Addr().Interface().(*gust__sync.Mutex)
	lock.Lock()
	defer lock.Unlock()
	active := value.FieldByName("activeConn")
	for _, key := range active.MapKeys() {
		if !do(gust__conn{gust__unsafe.Pointer(key.Pointer())}) {
			return
		}
	}
}

// gust__field makes an unexported field accessible.
func gust__field(value gust__reflect.Value, name string, want gust__reflect.Type) (gust__reflect.Value, bool) {
	field := value.FieldByName(name)
	if !field.IsValid() || field.Type() != want {
		return gust__reflect.Value{}, false
	}
	return gust__reflect.NewAt(field.Type(), gust__unsafe.Pointer(field.UnsafeAddr())).Elem(), true
}
