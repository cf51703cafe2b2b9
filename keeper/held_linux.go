package main

import (
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
)

// channelDescriptor is the number that the channel has in a child whose sockets are held; the held
// sockets have those that follow. Both are above the lifeline.
const (
	channelDescriptor = lifelineDescriptor + 1
	heldDescriptor    = channelDescriptor + 1
)

// heldSockets are the listening sockets of the program, which go from one of its processes to the
// next. They are kept here so that no connection is refused in between.
type heldSockets struct {
	mu   sync.Mutex
	list []heldSocket
}

type heldSocket struct {
	fd   int
	node string
	at   address
	// path is the file of a unix socket, absolute.
	path string
}

// A unix socket is found by a file, which every process of the program makes anew. So the file
// has a second name while a process starts. What is in shim/ puts it back when it adopts the
// socket; we do, if the process ends before.
func spare(path string) string { return path + ".gust" }

func (h *heldSockets) saveFiles() {
	for _, path := range h.paths() {
		_ = syscall.Unlink(spare(path))
		_ = syscall.Link(path, spare(path))
	}
}

func (h *heldSockets) putBackFiles() {
	for _, path := range h.paths() {
		_ = syscall.Rename(spare(path), path)
		// Nothing is renamed where both are one file.
		_ = syscall.Unlink(spare(path))
	}
}

func (h *heldSockets) paths() []string {
	h.mu.Lock()
	defer h.mu.Unlock()
	var paths []string
	for _, s := range h.list {
		if s.path != "" {
			paths = append(paths, s.path)
		}
	}
	return paths
}

// add takes a descriptor over. The names of files are relative to the directory.
func (h *heldSockets) add(fd int, dir string) {
	at, ok := addressOf(fd)
	node := socketNode(fd)
	h.mu.Lock()
	defer h.mu.Unlock()
	known := slices.ContainsFunc(h.list, func(s heldSocket) bool { return s.node == node })
	if !ok || known {
		_ = syscall.Close(fd)
		return
	}
	path := ""
	if at.Network == "unix" && !strings.HasPrefix(at.Address, "@") {
		path = at.Address
		if !filepath.IsAbs(path) {
			path = filepath.Join(dir, path)
		}
	}
	h.list = append(h.list, heldSocket{fd, node, at, path})
}

// copies returns descriptors of all sockets, to be closed by the caller.
func (h *heldSockets) copies() ([]int, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	var fds []int
	for _, s := range h.list {
		fd, err := duplicate(s.fd)
		if err != nil {
			closeAll(fds)
			return nil, err
		}
		fds = append(fds, fd)
	}
	return fds, nil
}

// release closes all sockets but those of these addresses.
func (h *heldSockets) release(keep []address) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.list = slices.DeleteFunc(h.list, func(s heldSocket) bool {
		if slices.Contains(keep, s.at) {
			return false
		}
		_ = syscall.Close(s.fd)
		return true
	})
}

func (h *heldSockets) all() []heldSocket {
	h.mu.Lock()
	defer h.mu.Unlock()
	return slices.Clone(h.list)
}

func (h *heldSockets) drop(node string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.list = slices.DeleteFunc(h.list, func(s heldSocket) bool {
		if s.node == node {
			_ = syscall.Close(s.fd)
		}
		return s.node == node
	})
}

// nodes are the sockets as /proc/net names them.
func (h *heldSockets) nodes() map[string]bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	nodes := map[string]bool{}
	for _, s := range h.list {
		nodes[s.node] = true
	}
	return nodes
}

func duplicate(fd int) (int, error) {
	copied, _, errno := syscall.Syscall(syscall.SYS_FCNTL, uintptr(fd), syscall.F_DUPFD_CLOEXEC, 0)
	if errno != 0 {
		return -1, errno
	}
	return int(copied), nil
}

func closeAll(fds []int) {
	for _, fd := range fds {
		_ = syscall.Close(fd)
	}
}

func socketNode(fd int) string {
	var stat syscall.Stat_t
	if err := syscall.Fstat(fd, &stat); err != nil {
		return ""
	}
	return strconv.FormatUint(stat.Ino, 10)
}

// addressOf names a socket as the tables of the kernel do; see readListeners.
func addressOf(fd int) (address, bool) {
	name, err := syscall.Getsockname(fd)
	if err != nil {
		return address{}, false
	}
	switch name := name.(type) {
	case *syscall.SockaddrInet4:
		return address{"tcp", netip.AddrPortFrom(netip.AddrFrom4(name.Addr), uint16(name.Port)).String()}, true
	case *syscall.SockaddrInet6:
		return address{"tcp", netip.AddrPortFrom(netip.AddrFrom16(name.Addr).Unmap(), uint16(name.Port)).String()}, true
	case *syscall.SockaddrUnix:
		return address{"unix", name.Name}, true
	}
	return address{}, false
}

// connectHeld gives the child its end of a channel and all held sockets.
func (p *plumbing) connectHeld(spec *command) error {
	if !spec.Held {
		return nil
	}
	k := p.c.k
	pair, err := syscall.Socketpair(syscall.AF_UNIX, syscall.SOCK_SEQPACKET|syscall.SOCK_CLOEXEC, 0)
	if err != nil {
		return err
	}
	p.theirs = append(p.theirs, pair[1])
	if err := syscall.SetNonblock(pair[0], true); err != nil {
		_ = syscall.Close(pair[0])
		return err
	}
	p.c.shim = newShim(p.c, os.NewFile(uintptr(pair[0]), "channel"))
	for _, c := range k.all() {
		c.shim.catchUp()
	}
	sockets, err := k.held.copies()
	if err != nil {
		return err
	}
	k.held.saveFiles()
	p.theirs = append(p.theirs, sockets...)
	p.held = append([]int{pair[1]}, sockets...)
	var names []string
	for i := range sockets {
		names = append(names, strconv.Itoa(heldDescriptor+i))
		p.c.shim.heirs[heldDescriptor+i] = socketNode(sockets[i])
	}
	p.env = append(p.env,
		fmt.Sprintf("GUST_FD=%d", channelDescriptor), "GUST_LISTEN="+strings.Join(names, ";"))
	if k.isServed() {
		p.env = append(p.env, "GUST_GATE=1")
		p.c.shim.gated = true
	}
	return nil
}
