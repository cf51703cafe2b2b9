package gust__shim

import (
	gust__strconv "strconv"
	gust__syscall "syscall"
	gust__unsafe "unsafe"
)

//go:linkname gust__epoll runtime.epfd
var gust__epoll int32

// gust__bell wakes a goroutine that waits in Accept: an eventfd in the epoll set of the runtime
// that is registered with the same data as the listener, so that an event of the one is taken for
// an event of the other. The data name the listener with a serial number: after it was closed
// they mean nothing to the runtime. Nothing else wakes a waiting Accept without leaving a trace,
// such as a connection of our own.
type gust__bell struct {
	fd int
}

// ring makes the program call accept4 again, if it waits. gust__mu is held.
func (l *gust__listener) ring() {
	if !l.asked {
		// It will see what there is when it asks.
		return
	}
	if l.bell.fd < 0 && !l.bell.hang(l.fd) {
		return
	}
	one := uint64(1)
	_, _ = gust__syscall.Write(l.bell.fd, (*[8]byte)(gust__unsafe.Pointer(&one))[:])
}

func (b *gust__bell) hang(listener int) bool {
	events, data, ok := gust__registration(listener)
	if !ok {
		return false
	}
	const nonblockCloexec = gust__syscall.O_NONBLOCK | gust__syscall.O_CLOEXEC
	fd, _, errno := gust__syscall.RawSyscall(gust__syscall.SYS_EVENTFD2, 0, nonblockCloexec, 0)
	if errno != 0 {
		return false
	}
	event := gust__syscall.EpollEvent{Events: events}
	*(*[8]byte)(gust__unsafe.Pointer(&event.Fd)) = *(*[8]byte)(gust__unsafe.Pointer(&data))
	if err := gust__syscall.EpollCtl(int(gust__epoll), gust__syscall.EPOLL_CTL_ADD, int(fd), &event); err != nil {
		_ = gust__syscall.Close(int(fd))
		return false
	}
	b.fd = int(fd)
	return true
}

func (b *gust__bell) close() {
	if b.fd >= 0 {
		_ = gust__syscall.Close(b.fd)
		b.fd = -1
	}
}

// gust__registration reads with which events and data the runtime registered a descriptor, from
// lines such as `tfd:        5 events: 8000201d data:     7f2a1c0b5e08  pos:0 ino:9c sdev:9`.
func gust__registration(fd int) (events uint32, data uint64, ok bool) {
	text := gust__readFile("/proc/self/fdinfo/" + gust__strconv.Itoa(int(gust__epoll)))
	for _, line := range gust__split(text, '\n') {
		fields := gust__split(line, ' ')
		if len(fields) < 6 || fields[0] != "tfd:" || fields[1] != gust__strconv.Itoa(fd) {
			continue
		}
		mask, err1 := gust__strconv.ParseUint(fields[3], 16, 32)
		data, err2 := gust__strconv.ParseUint(fields[5], 16, 64)
		return uint32(mask), data, err1 == nil && err2 == nil
	}
	return 0, 0, false
}

// gust__readFile does without package os, whose Close is hooked and asks for gust__mu.
func gust__readFile(path string) string {
	fd, err := gust__syscall.Open(path, gust__syscall.O_RDONLY|gust__syscall.O_CLOEXEC, 0)
	if err != nil {
		return ""
	}
	defer gust__syscall.Close(fd)
	text := make([]byte, 0, 4096)
	for {
		if len(text) == cap(text) {
			text = append(text, 0)[:len(text)]
		}
		n, err := gust__syscall.Read(fd, text[len(text):cap(text)])
		if err == gust__syscall.EINTR {
			continue
		}
		if err != nil || n <= 0 {
			return string(text)
		}
		text = text[:len(text)+n]
	}
}
