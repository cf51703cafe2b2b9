package main

import (
	"net"
	"strconv"
	"syscall"
	"time"
)

// probePatience is how long a door for one connection stays open.
const probePatience = 5 * time.Second

// probe opens a door by which one connection comes to the program, also while another version
// accepts at its address. Port 0 is the first address of the program.
func (k *keeper) probe(c *child, id uint32, port uint16) {
	listener, ok := "", false
	if c.shim != nil {
		c.shim.catchUp()
		listener, ok = c.shim.listenerAt(port)
	}
	if !ok {
		k.events.send(probeEvent{Event: "probe", ID: id})
		return
	}
	door, err := net.ListenTCP("tcp4", &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		k.events.send(probeEvent{Event: "probe", ID: id})
		return
	}
	go func() {
		defer door.Close()
		_ = door.SetDeadline(time.Now().Add(probePatience))
		connection, err := door.AcceptTCP()
		if err != nil {
			return
		}
		defer connection.Close()
		raw, err := connection.SyscallConn()
		if err != nil {
			return
		}
		_ = raw.Control(func(fd uintptr) {
			if own, err := duplicate(int(fd)); err == nil {
				c.shim.tell("take "+listener, own)
			}
		})
	}()
	k.events.send(probeEvent{Event: "probe", ID: id, Port: door.Addr().(*net.TCPAddr).Port})
}

// listenerAt returns what the program calls its listener at a port.
func (s *shim) listenerAt(port uint16) (id string, ok bool) {
	at := map[string]address{}
	for _, held := range s.c.k.held.all() {
		at[held.node] = held.at
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	lowest := 0
	for own, node := range s.own {
		a, known := at[node]
		number, _ := strconv.Atoi(own)
		if !known || a.Network != "tcp" || (port != 0 && portOf(a) != port) {
			continue
		}
		if !ok || number < lowest {
			id, ok, lowest = own, true, number
		}
	}
	return id, ok
}

func portOf(a address) uint16 {
	_, text, _ := net.SplitHostPort(a.Address)
	number, _ := strconv.ParseUint(text, 10, 16)
	return uint16(number)
}

// open listens at addresses before any version of the program does, so that clients can wait. An
// address that somebody else has is left to the program to complain of.
func (h *heldSockets) open(addresses []address) {
	for _, a := range addresses {
		if a.Network != "tcp" || h.has(a) {
			continue
		}
		if fd, err := listenAt(a); err == nil {
			h.add(fd, "")
		}
	}
}

func (h *heldSockets) has(a address) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, s := range h.list {
		if s.at == a {
			return true
		}
	}
	return false
}

func listenAt(a address) (int, error) {
	at, err := net.ResolveTCPAddr("tcp", a.Address)
	if err != nil {
		return -1, err
	}
	network := "tcp4"
	if at.IP.To4() == nil {
		// Package net listens at [::] for both families.
		network = "tcp"
	}
	l, err := net.ListenTCP(network, at)
	if err != nil {
		return -1, err
	}
	defer l.Close()
	raw, err := l.SyscallConn()
	if err != nil {
		return -1, err
	}
	fd := -1
	failed := raw.Control(func(number uintptr) {
		if fd, err = duplicate(int(number)); err == nil {
			const reusePort = 0xf
			err = syscall.SetsockoptInt(fd, syscall.SOL_SOCKET, reusePort, 1)
		}
	})
	if failed != nil {
		return -1, failed
	}
	return fd, err
}
