package main

import (
	"bufio"
	"net"
	"net/http"
	"reflect"
	"sync"
	"sync/atomic"
	"unsafe"
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
	response reflect.Type
}

var (
	gust__layoutOnce  sync.Once
	gust__knownLayout gust__layout
)

func gust__readLayout() *gust__layout {
	gust__layoutOnce.Do(func() {
		l := &gust__knownLayout
		conns, ok := reflect.TypeOf(http.Server{}).FieldByName("activeConn")
		if !ok || conns.Type.Kind() != reflect.Map || conns.Type.Key().Kind() != reflect.Ptr {
			return
		}
		l.ok = true
		conn := conns.Type.Key().Elem()
		l.rwc = l.offset(conn, "rwc", reflect.TypeOf((*net.Conn)(nil)).Elem())
		l.buffer = l.offset(conn, "bufr", reflect.TypeOf((*bufio.Reader)(nil)))
		l.state = l.offset(conn, "curState", reflect.TypeOf(atomic.Uint64{}))
		reader, ok := conn.FieldByName("r")
		if !ok || reader.Type.Kind() != reflect.Ptr {
			l.ok = false
			return
		}
		l.reader = reader.Offset
		l.lock = l.offset(reader.Type.Elem(), "mu", reflect.TypeOf(sync.Mutex{}))
		l.inRead = l.offset(reader.Type.Elem(), "inRead", reflect.TypeOf(false))
		l.hasByte = l.offset(reader.Type.Elem(), "hasByte", reflect.TypeOf(false))
		l.remain = l.offset(reader.Type.Elem(), "remain", reflect.TypeOf(int64(0)))
		l.cond = l.offset(reader.Type.Elem(), "cond", reflect.TypeOf((*sync.Cond)(nil)))
		l.aborted = l.offset(reader.Type.Elem(), "aborted", reflect.TypeOf(false))
		l.readResponse(conn)
	})
	return &gust__knownLayout
}

// readResponse finds the type http.response by a field of http.conn: atomic.Pointer[response], whose
// Load returns a pointer to it.
func (l *gust__layout) readResponse(conn reflect.Type) {
	request, ok := conn.FieldByName("curReq")
	if !ok {
		l.ok = false
		return
	}
	load, ok := reflect.PtrTo(request.Type).MethodByName("Load")
	if !ok || load.Type.NumOut() != 1 || load.Type.Out(0).Kind() != reflect.Ptr {
		l.ok = false
		return
	}
	l.response = load.Type.Out(0)
	l.conn = l.offset(l.response.Elem(), "conn", reflect.PtrTo(conn))
}

func (l *gust__layout) offset(in reflect.Type, name string, want reflect.Type) uintptr {
	if in.Kind() != reflect.Struct {
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
	gust__conn   struct{ at unsafe.Pointer }
	gust__reader struct{ at unsafe.Pointer }
)

func (c gust__conn) rwc() net.Conn {
	return *(*net.Conn)(unsafe.Pointer(uintptr(c.at) + gust__knownLayout.rwc))
}

// state returns the state and since when it is, in seconds.
func (c gust__conn) state() (http.ConnState, int64) {
	packed := (*atomic.Uint64)(unsafe.Pointer(uintptr(c.at) + gust__knownLayout.state)).Load()
	return http.ConnState(packed & 0xff), int64(packed >> 8)
}

// reader is nil until the connection's goroutine runs. For a new connection this is read without any
// order between that goroutine and ours. That does no harm: all that matters is read after the
// reader's lock was taken, whose memory was zero before the pointer to it was made.
//
//go:norace
func (c gust__conn) reader() gust__reader {
	return gust__reader{*(*unsafe.Pointer)(unsafe.Pointer(uintptr(c.at) + gust__knownLayout.reader))}
}

// buffered may be called by the connection's own goroutine, or while it is seen to be in Read.
func (c gust__conn) buffered() int {
	buffer := *(**bufio.Reader)(unsafe.Pointer(uintptr(c.at) + gust__knownLayout.buffer))
	if buffer == nil {
		return 0
	}
	return buffer.Buffered()
}

func (r gust__reader) lock() *sync.Mutex {
	return (*sync.Mutex)(unsafe.Pointer(uintptr(r.at) + gust__knownLayout.lock))
}

func (r gust__reader) inRead() bool {
	return *(*bool)(unsafe.Pointer(uintptr(r.at) + gust__knownLayout.inRead))
}

func (r gust__reader) hasByte() bool {
	return *(*bool)(unsafe.Pointer(uintptr(r.at) + gust__knownLayout.hasByte))
}

// wait returns when no goroutine reads in the background. The lock is held, or nothing is done: the
// Cond is made together with its first use by net/http.
func (r gust__reader) wait() {
	cond := *(**sync.Cond)(unsafe.Pointer(uintptr(r.at) + gust__knownLayout.cond))
	for cond != nil && r.inRead() {
		cond.Wait()
	}
}

// abort says that the coming time-out of a background read is no error of the client.
func (r gust__reader) abort() {
	*(*bool)(unsafe.Pointer(uintptr(r.at) + gust__knownLayout.aborted)) = true
}

// remain is how many bytes may still be read: it falls with each.
func (r gust__reader) remain() int64 {
	return *(*int64)(unsafe.Pointer(uintptr(r.at) + gust__knownLayout.remain))
}

// gust__eachConn calls do for each connection of the server, with the server's lock held, until it
// returns false.
func gust__eachConn(server *http.Server, do func(gust__conn) bool) {
	value := reflect.ValueOf(server).Elem()
	mu, ok := gust__field(value, "mu", reflect.TypeOf(sync.Mutex{}))
	if !ok || !gust__readLayout().ok {
		return
	}
	lock := mu.Addr().Interface().(*sync.Mutex)
	lock.Lock()
	defer lock.Unlock()
	active := value.FieldByName("activeConn")
	for _, key := range active.MapKeys() {
		if !do(gust__conn{unsafe.Pointer(key.Pointer())}) {
			return
		}
	}
}

// gust__field makes an unexported field accessible.
func gust__field(value reflect.Value, name string, want reflect.Type) (reflect.Value, bool) {
	field := value.FieldByName(name)
	if !field.IsValid() || field.Type() != want {
		return reflect.Value{}, false
	}
	return reflect.NewAt(field.Type(), unsafe.Pointer(field.UnsafeAddr())).Elem(), true
}
