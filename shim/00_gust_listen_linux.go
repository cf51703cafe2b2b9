package gust__shim

import (
	gust__strconv "strconv"
	gust__syscall "syscall"
	_ "unsafe" // for go:linkname
)

//go:linkname gust__netSocket net.socketFunc
var gust__netSocket func(family, kind, protocol int) (int, error)

//go:linkname gust__netListen net.listenFunc
var gust__netListen func(fd, backlog int) error

const gust__soReusePort = 0xf

// gust__listener is a socket on which this program listens.
type gust__listener struct {
	// id is what the keeper calls it.
	id  int
	key string
	fd  int
	// path is the file of a unix socket. kept says that the program does not remove it at the end.
	path string
	kept bool
	// asked says that the program has called Accept, so that the poller knows the socket.
	asked bool
	// accepting counts calls of accept4 whose result is not noted yet.
	accepting int
	// waiting are connections that came from the predecessor or the keeper, to be accepted.
	waiting []int
	bell    gust__bell
	// dropped is closed when the keeper has heard that the listener is.
	dropped chan bool
}

// gust__heir is a listening socket that the keeper holds and the program has not asked for yet.
type gust__heir struct {
	key  string
	fd   int
	path string
}

var (
	gust__heirs     []gust__heir
	gust__listeners = map[int]*gust__listener{}
	gust__lastID    int
	// gust__reuses: every socket that may listen has been made with the option to share its port.
	gust__reuses bool
)

func gust__inherit(fd int) {
	gust__syscall.CloseOnExec(fd)
	if name, err := gust__syscall.Getsockname(fd); err == nil {
		gust__heirs = append(gust__heirs, gust__heir{gust__key(fd, name), fd, gust__unixPath(name)})
	}
}

func gust__hookSockets() {
	listen := gust__netListen
	gust__netListen = func(fd, backlog int) error { return gust__listen(listen, fd, backlog) }
	gust__hookAccept()
	if len(gust__heirs) == 0 {
		// A port that another program owns is in use, as without gust.
		return
	}
	gust__reuses = true
	socket := gust__netSocket
	gust__netSocket = func(family, kind, protocol int) (int, error) {
		if family == gust__syscall.AF_UNIX {
			gust__makeWay()
		}
		fd, err := socket(family, kind, protocol)
		if err == nil && kind&0xf == gust__syscall.SOCK_STREAM && gust__isInet(family) {
			// Now it can be bound to an address that the keeper holds.
			gust__reusePort(fd, 1)
		}
		return fd, err
	}
}

func gust__isInet(family int) bool {
	return family == gust__syscall.AF_INET || family == gust__syscall.AF_INET6
}

func gust__reusePort(fd, on int) {
	_ = gust__syscall.SetsockoptInt(fd, gust__syscall.SOL_SOCKET, gust__soReusePort, on)
}

// gust__listen stands for listen(2): the socket is bound and not known to the poller yet. If the
// keeper holds one of the same address, that one takes its place under the same number.
func gust__listen(listen func(int, int) error, fd, backlog int) error {
	name, err := gust__syscall.Getsockname(fd)
	key := ""
	if err == nil {
		key = gust__key(fd, name)
	}
	if key == "" {
		return listen(fd, backlog)
	}
	if heir, ok := gust__takeHeir(key); ok {
		return gust__adopt(listen, heir, fd, backlog)
	}
	if heir, ok := gust__anyPortHeir(listen, name, fd); ok {
		return gust__adopt(listen, heir, fd, backlog)
	}
	if gust__port(name) == 0 {
		gust__wayMade()
	}
	l := gust__register(key, gust__unixPath(name), fd)
	// Told before anybody can see it listen: whoever does may start our successor.
	_ = gust__keeper.tell("listening "+gust__strconv.Itoa(l.id), fd)
	if err := gust__listenAnew(listen, name, fd, backlog); err != nil {
		gust__unregister(l)
		_ = gust__keeper.tell("failed "+gust__strconv.Itoa(l.id), -1)
		return err
	}
	return nil
}

func gust__unregister(l *gust__listener) {
	gust__mu.Lock()
	defer gust__mu.Unlock()
	delete(gust__listeners, l.fd)
}

func gust__takeHeir(key string) (gust__heir, bool) {
	gust__mu.Lock()
	defer gust__mu.Unlock()
	for i, heir := range gust__heirs {
		if heir.key == key {
			gust__heirs = append(gust__heirs[:i:i], gust__heirs[i+1:]...)
			return heir, true
		}
	}
	return gust__heir{}, false
}

// gust__dropHeirs closes the sockets that the program did not ask for: nobody should wait at them.
func gust__dropHeirs() {
	gust__mu.Lock()
	heirs := gust__heirs
	gust__heirs = nil
	gust__mu.Unlock()
	for _, heir := range heirs {
		_ = gust__syscall.Close(heir.fd)
	}
}

func gust__adopt(listen func(int, int) error, heir gust__heir, fd, backlog int) error {
	if err := gust__syscall.Dup3(heir.fd, fd, gust__syscall.O_CLOEXEC); err != nil {
		return err
	}
	_ = gust__syscall.SetNonblock(fd, true)
	// It listens already; this only sets the length of its queue.
	_ = listen(fd, backlog)
	gust__putBack(heir.path)
	gust__wayMade()
	l := gust__register(heir.key, heir.path, fd)
	// Told before the number is free for others.
	_ = gust__keeper.tell("adopted "+gust__strconv.Itoa(l.id)+" "+gust__strconv.Itoa(heir.fd), -1)
	return gust__syscall.Close(heir.fd)
}

// gust__listenAnew opens an address that the predecessor did not have.
func gust__listenAnew(listen func(int, int) error, name gust__syscall.Sockaddr, fd, backlog int) error {
	port := gust__port(name)
	if port != 0 && gust__reuses {
		// Without the option listen(2) checks again whether another program has the address.
		gust__reusePort(fd, 0)
	}
	err := listen(fd, backlog)
	if err == gust__syscall.EADDRINUSE && gust__isOurs(port, fd) {
		// It overlaps one of our own, as 127.0.0.1:80 does with :80.
		gust__reusePort(fd, 1)
		err = listen(fd, backlog)
	}
	if err == nil && port != 0 {
		// So that a successor can bind while this socket is there.
		gust__reusePort(fd, 1)
	}
	return err
}

// gust__isOurs says that the program listens at the port already by another socket than the one that
// asks, or that its predecessor did.
func gust__isOurs(port, asks int) bool {
	gust__mu.Lock()
	defer gust__mu.Unlock()
	var fds []int
	for _, heir := range gust__heirs {
		fds = append(fds, heir.fd)
	}
	for fd := range gust__listeners {
		if fd != asks {
			fds = append(fds, fd)
		}
	}
	for _, fd := range fds {
		if name, err := gust__syscall.Getsockname(fd); err == nil && port != 0 && gust__port(name) == port {
			return true
		}
	}
	return false
}

func gust__register(key, path string, fd int) *gust__listener {
	gust__mu.Lock()
	gust__lastID++
	l := &gust__listener{id: gust__lastID, key: key, path: path, fd: fd, bell: gust__bell{fd: -1}}
	gust__listeners[fd] = l
	gust__claim(l)
	gust__mu.Unlock()
	gust__listenOnce.Do(func() { go gust__obey() })
	return l
}
