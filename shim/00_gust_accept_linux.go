package gust__shim

import (
	gust__strconv "strconv"
	gust__syscall "syscall"
	gust__time "time"
	_ "unsafe" // for go:linkname
)

//go:linkname gust__pollAccept internal/poll.Accept4Func
var gust__pollAccept func(fd, flags int) (int, gust__syscall.Sockaddr, error)

//go:linkname gust__pollClose internal/poll.CloseFunc
var gust__pollClose func(fd int) error

var (
	// gust__gated: the predecessor accepts connections, or the successor does; we do not.
	gust__gated bool
	// gust__accepted are the open connections that came in at a listener, by descriptor.
	gust__accepted = map[int]struct{}{}
	// gust__known are those of them that have a server which says goodbye, gust__told those that were
	// told to end though they have none; gust__quieted counts the latter.
	gust__known = map[int]struct{}{}
	// gust__migrants came from another version, where they were idle.
	gust__migrants = map[int]struct{}{}
	gust__told     = map[int]struct{}{}
	gust__quieted  int32
	// gust__closed are listeners that the keeper may hold still, by number.
	gust__closed = map[int]*gust__listener{}
	// gust__unclaimed came before the listener for them was opened.
	gust__unclaimed []int
)

func gust__hookAccept() {
	accept, shut := gust__pollAccept, gust__pollClose
	gust__pollAccept = func(fd, flags int) (int, gust__syscall.Sockaddr, error) {
		return gust__accept(accept, fd, flags)
	}
	gust__pollClose = func(fd int) error {
		gust__closing(fd)
		return shut(fd)
	}
}

// gust__accept hands out connections that were passed on to us, and none of the others while we
// are gated. EAGAIN makes the program wait; its poller wakes it once for each new connection, so
// nothing spins.
func gust__accept(accept func(int, int) (int, gust__syscall.Sockaddr, error), fd, flags int) (int, gust__syscall.Sockaddr, error) {
	gust__mu.Lock()
	l := gust__listeners[fd]
	if l == nil {
		gust__mu.Unlock()
		return accept(fd, flags)
	}
	l.asked = true
	if connection, peer := l.next(); connection >= 0 {
		gust__accepted[connection] = struct{}{}
		gust__migrants[connection] = struct{}{}
		gust__mu.Unlock()
		return connection, peer, nil
	}
	if gust__gated {
		gust__mu.Unlock()
		return -1, nil, gust__syscall.EAGAIN
	}
	l.accepting++
	gust__mu.Unlock()
	connection, peer, err := accept(fd, flags)
	gust__mu.Lock()
	l.accepting--
	if err == nil {
		gust__accepted[connection] = struct{}{}
	}
	gust__mu.Unlock()
	return connection, peer, err
}

// next takes the first waiting connection whose peer is still there.
func (l *gust__listener) next() (int, gust__syscall.Sockaddr) {
	for len(l.waiting) > 0 {
		fd := l.waiting[0]
		l.waiting = l.waiting[1:]
		if peer, err := gust__syscall.Getpeername(fd); err == nil {
			return fd, peer
		}
		_ = gust__syscall.Close(fd)
	}
	return -1, nil
}

// gust__closing is called before any descriptor of the packages net and os is closed.
func gust__closing(fd int) {
	l := gust__forget(fd)
	if gust__isDraining() {
		gust__tellLeft()
	} else if l != nil {
		gust__giveUp(l)
	}
}

// gust__forget returns the listener that had this descriptor, if it was one.
func gust__forget(fd int) *gust__listener {
	gust__mu.Lock()
	defer gust__mu.Unlock()
	delete(gust__accepted, fd)
	delete(gust__known, fd)
	delete(gust__migrants, fd)
	delete(gust__told, fd)
	l := gust__listeners[fd]
	if l == nil {
		return nil
	}
	delete(gust__listeners, fd)
	l.dropped = make(chan bool)
	gust__closed[l.id] = l
	if l.path != "" && !l.kept && gust__isDraining() {
		gust__putBack(l.path)
	}
	for _, connection := range l.waiting {
		_ = gust__syscall.Close(connection)
	}
	l.waiting = nil
	l.bell.close()
	return l
}

// gust__patience is for a keeper that does not answer.
const gust__patience = 2 * gust__time.Second

// gust__giveUp waits until the keeper holds the socket no more, unless it has told this program to
// end: the address of a listener that was closed is free, for others too.
func gust__giveUp(l *gust__listener) {
	if gust__keeper.tell("closed "+gust__strconv.Itoa(l.id), -1) != nil {
		return
	}
	timer := gust__time.NewTimer(gust__patience)
	defer timer.Stop()
	select {
	case <-l.dropped:
	case <-timer.C:
	}
}

// gust__dropped is the keeper's answer.
func gust__dropped(id int) {
	gust__mu.Lock()
	defer gust__mu.Unlock()
	if l := gust__closed[id]; l != nil {
		delete(gust__closed, id)
		close(l.dropped)
	}
}

// gust__open lets the program accept.
func gust__open() {
	gust__mu.Lock()
	defer gust__mu.Unlock()
	gust__gated = false
	for _, l := range gust__listeners {
		l.ring()
	}
}

// gust__unclaimedTime is how long a connection waits for its listener to be opened.
const gust__unclaimedTime = 5 * gust__time.Second

// gust__take hands a connection to the listener of that number, or to the one of its own address.
func gust__take(id, fd int) {
	_ = gust__syscall.SetNonblock(fd, true)
	gust__mu.Lock()
	defer gust__mu.Unlock()
	var l *gust__listener
	if id == 0 {
		l = gust__listenerOf(fd)
	}
	for _, other := range gust__listeners {
		if id != 0 && other.id == id {
			l = other
		}
	}
	if l != nil {
		l.waiting = append(l.waiting, fd)
		l.ring()
		return
	}
	gust__unclaimed = append(gust__unclaimed, fd)
	gust__time.AfterFunc(gust__unclaimedTime, func() { gust__abandon(fd) })
}

// gust__claim gives a new listener the connections that came before it. gust__mu is held.
func gust__claim(l *gust__listener) {
	rest := gust__unclaimed[:0]
	for _, fd := range gust__unclaimed {
		if gust__listenerOf(fd) == l {
			l.waiting = append(l.waiting, fd)
		} else {
			rest = append(rest, fd)
		}
	}
	gust__unclaimed = rest
}

func gust__abandon(fd int) {
	gust__mu.Lock()
	defer gust__mu.Unlock()
	for i, other := range gust__unclaimed {
		if other == fd {
			gust__unclaimed = append(gust__unclaimed[:i:i], gust__unclaimed[i+1:]...)
			_ = gust__syscall.Close(fd)
			return
		}
	}
}
