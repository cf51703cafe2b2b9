package gust__shim

import (
	gust__strconv "strconv"
	gust__syscall "syscall"
)

// gust__key names an address so that two sockets with one key can stand for each other. It is
// empty for sockets that are not passed on.
func gust__key(fd int, name gust__syscall.Sockaddr) string {
	kind, err := gust__syscall.GetsockoptInt(fd, gust__syscall.SOL_SOCKET, gust__syscall.SO_TYPE)
	if err != nil || kind != gust__syscall.SOCK_STREAM {
		return ""
	}
	switch name := name.(type) {
	case *gust__syscall.SockaddrInet4:
		return "4 " + string(name.Addr[:]) + " " + gust__strconv.Itoa(name.Port)
	case *gust__syscall.SockaddrInet6:
		family := "6 "
		only, err := gust__syscall.GetsockoptInt(fd, gust__syscall.IPPROTO_IPV6, gust__syscall.IPV6_V6ONLY)
		if err == nil && only == 0 {
			family = "46 "
		}
		return family + string(name.Addr[:]) + "%" + gust__strconv.Itoa(int(name.ZoneId)) + " " + gust__strconv.Itoa(name.Port)
	case *gust__syscall.SockaddrUnix:
		if name.Name != "" {
			return "unix " + name.Name
		}
	}
	return ""
}

// gust__port is 0 for other families.
func gust__port(name gust__syscall.Sockaddr) int {
	switch name := name.(type) {
	case *gust__syscall.SockaddrInet4:
		return name.Port
	case *gust__syscall.SockaddrInet6:
		return name.Port
	}
	return 0
}

// gust__listenerOf finds the listener at which a connection came in, by its local address: the
// exact one, or else one of all addresses. Called with gust__mu held.
func gust__listenerOf(connection int) *gust__listener {
	name, err := gust__syscall.Getsockname(connection)
	if err != nil {
		return nil
	}
	var wide *gust__listener
	for _, l := range gust__listeners {
		own, err := gust__syscall.Getsockname(l.fd)
		if err != nil {
			continue
		}
		switch gust__match(own, name) {
		case gust__exact:
			return l
		case gust__wide:
			wide = l
		}
	}
	return wide
}

const (
	gust__other = iota
	gust__wide
	gust__exact
)

// gust__match compares the address of a listener with the local one of a connection. Both have the
// family of the listener: an IPv4 connection to [::] has an IPv6 address with IPv4 inside.
func gust__match(listener, connection gust__syscall.Sockaddr) int {
	switch l := listener.(type) {
	case *gust__syscall.SockaddrInet4:
		if c, ok := connection.(*gust__syscall.SockaddrInet4); ok && c.Port == l.Port {
			return gust__grade(l.Addr == c.Addr, l.Addr == [4]byte{})
		}
	case *gust__syscall.SockaddrInet6:
		if c, ok := connection.(*gust__syscall.SockaddrInet6); ok && c.Port == l.Port {
			return gust__grade(l.Addr == c.Addr, l.Addr == [16]byte{})
		}
	case *gust__syscall.SockaddrUnix:
		if c, ok := connection.(*gust__syscall.SockaddrUnix); ok {
			return gust__grade(l.Name == c.Name, false)
		}
	}
	return gust__other
}

func gust__grade(same, all bool) int {
	switch {
	case same:
		return gust__exact
	case all:
		return gust__wide
	}
	return gust__other
}
