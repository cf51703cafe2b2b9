package gust__shim

import (
	gust__strconv "strconv"
	gust__syscall "syscall"
)

// A program that listens on port 0 gets another port each time. Its clients would have to be told,
// so a successor that asks for port 0 gets the port of its predecessor. Nothing says that a port
// was asked for by 0; but such a port, and no other, is given back when listening is ended.

// gust__anyPortHeir returns the held socket for one that was bound to port 0, which this may find
// out. The socket is bound and may be left with another port if it was.
func gust__anyPortHeir(listen func(int, int) error, name gust__syscall.Sockaddr, fd int) (gust__heir, bool) {
	heir, ok := gust__heirLike(name)
	if !ok || !gust__isAnyPort(listen, name, fd) {
		return gust__heir{}, false
	}
	return gust__takeHeir(heir.key)
}

// gust__heirLike finds a held socket that differs in its port, both being of those that the system
// chooses from.
func gust__heirLike(name gust__syscall.Sockaddr) (gust__heir, bool) {
	port := gust__port(name)
	if port == 0 {
		return gust__heir{}, false
	}
	low, high := gust__portRange()
	gust__mu.Lock()
	defer gust__mu.Unlock()
	for _, heir := range gust__heirs {
		other, err := gust__syscall.Getsockname(heir.fd)
		if err != nil {
			continue
		}
		theirs := gust__port(other)
		if gust__withPort(other, port) == gust__withPort(name, port) &&
			low <= port && port <= high && low <= theirs && theirs <= high {
			return heir, true
		}
	}
	return gust__heir{}, false
}

// gust__withPort makes addresses comparable.
func gust__withPort(name gust__syscall.Sockaddr, port int) string {
	switch name := name.(type) {
	case *gust__syscall.SockaddrInet4:
		return "4 " + string(name.Addr[:]) + gust__strconv.Itoa(port)
	case *gust__syscall.SockaddrInet6:
		return "6 " + string(name.Addr[:]) + "%" + gust__strconv.Itoa(int(name.ZoneId)) + " " + gust__strconv.Itoa(port)
	}
	return ""
}

func gust__isAnyPort(listen func(int, int) error, name gust__syscall.Sockaddr, fd int) bool {
	if listen(fd, 1) != nil || gust__syscall.Shutdown(fd, gust__syscall.SHUT_RD) != nil {
		return false
	}
	switch name := name.(type) {
	case *gust__syscall.SockaddrInet4:
		return gust__syscall.Bind(fd, &gust__syscall.SockaddrInet4{Addr: name.Addr}) == nil
	case *gust__syscall.SockaddrInet6:
		return gust__syscall.Bind(fd, &gust__syscall.SockaddrInet6{Addr: name.Addr, ZoneId: name.ZoneId}) == nil
	}
	return false
}

func gust__portRange() (low, high int) {
	fields := gust__split(gust__readFile("/proc/sys/net/ipv4/ip_local_port_range"), '\t')
	if len(fields) != 2 {
		return 32768, 60999
	}
	low, _ = gust__strconv.Atoi(fields[0])
	high, _ = gust__strconv.Atoi(fields[1][:len(fields[1])-1])
	return low, high
}
