package gust__shim

import (
	gust__net "net"
	gust__reflect "reflect"
	gust__strconv "strconv"
	gust__sync "sync"
	gust__atomic "sync/atomic"
	gust__syscall "syscall"
	gust__time "time"
	gust__unsafe "unsafe"
)

// Servers of fasthttp (fiber) keep their connections to themselves, and nothing tells which of them
// are idle but the stacks of their goroutines: an idle one waits in Peek for the first byte of the
// next request. Such a connection is told to end: its server reads the end of what the client
// sends, as if the client had gone, and closes it. The client makes a new one, to the next version.

// gust__idleCall and gust__idleCaller are two calls in a row on the stack of an idle connection.
const (
	gust__idleCall   = "bufio.(*Reader).Peek("
	gust__idleCaller = "github.com/valyala/fasthttp.(*Server).serveConn("
	gust__readCall   = "internal/poll.(*FD).Read(0x"
)

// gust__fasthttpWired is initialised after gust__started, which it asks.
var gust__fasthttpWired = gust__wireFasthttp()

func gust__wireFasthttp() bool {
	if gust__started {
		gust__closeIdle = gust__closeIdleFasthttp
	}
	return gust__started
}

// gust__idleLook is when the stacks were looked at last: the whole program stands still for it.
var gust__idleLook gust__time.Time

const gust__idlePause = 50 * gust__time.Millisecond

func gust__closeIdleFasthttp() {
	if gust__strangers() == 0 || gust__time.Since(gust__idleLook) < gust__idlePause {
		return
	}
	defer func() { gust__idleLook = gust__time.Now() }()
	for _, block := range gust__blocks(gust__dump()) {
		address, ok := gust__idleDescriptor(block)
		if !ok {
			continue
		}
		fd, ok := gust__numberAt(address)
		if !ok {
			continue
		}
		gust__mu.Lock()
		_, open := gust__accepted[fd]
		_, told := gust__told[fd]
		if open && !told && gust__syscall.Shutdown(fd, gust__syscall.SHUT_RD) == nil {
			gust__told[fd] = struct{}{}
			gust__atomic.AddInt32(&gust__quieted, 1)
		}
		gust__mu.Unlock()
	}
}

// gust__strangers counts the connections that nobody has told to end.
func gust__strangers() int {
	gust__mu.Lock()
	defer gust__mu.Unlock()
	count := 0
	for fd := range gust__accepted {
		_, known := gust__known[fd]
		_, told := gust__told[fd]
		if !known && !told {
			count++
		}
	}
	return count
}

// gust__idleDescriptor finds in the stack of a goroutine where the descriptor (poll.FD) is on which
// it waits, if it waits for the next request.
func gust__idleDescriptor(block string) (uintptr, bool) {
	lines := gust__split(block, '\n')
	address, idle := uintptr(0), false
	for i, line := range lines {
		if gust__hasPrefix(line, gust__readCall) {
			end := len(gust__readCall)
			for end < len(line) && line[end] != ',' && line[end] != '?' && line[end] != ')' {
				end++
			}
			// A value with a question mark behind it may be an old one.
			if end < len(line) && line[end] == ',' {
				number, err := gust__strconv.ParseUint(line[len(gust__readCall):end], 16, 64)
				if err == nil {
					address = uintptr(number)
				}
			}
		}
		if gust__hasPrefix(line, gust__idleCall) && i+2 < len(lines) {
			idle = gust__hasPrefix(lines[i+2], gust__idleCaller)
		}
	}
	return address, idle && address != 0
}

var (
	gust__numberOnce   gust__sync.Once
	gust__numberOffset uintptr
	gust__numberKnown  bool
)

// gust__numberAt reads the number of a descriptor, whose place in poll.FD is asked of the program
// itself. The goroutine that waits on it keeps it where it is.
//
//go:nocheckptr
func gust__numberAt(address uintptr) (int, bool) {
	gust__numberOnce.Do(func() {
		conn, ok := gust__reflect.TypeOf(gust__net.TCPConn{}).FieldByName("fd")
		if !ok || conn.Type.Kind() != gust__reflect.Ptr {
			return
		}
		descriptor, ok := conn.Type.Elem().FieldByName("pfd")
		if !ok || descriptor.Type.Kind() != gust__reflect.Struct {
			return
		}
		number, ok := descriptor.Type.FieldByName("Sysfd")
		if !ok || number.Type.Kind() != gust__reflect.Int {
			return
		}
		gust__numberOffset, gust__numberKnown = number.Offset, true
	})
	if !gust__numberKnown {
		return 0, false
	}
	at := *(*gust__unsafe.Pointer)(gust__unsafe.Pointer(&address))
	return *(*int)(gust__unsafe.Pointer(uintptr(at) + gust__numberOffset)), true
}
