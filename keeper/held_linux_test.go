package main

import (
	"net"
	"os"
	"path/filepath"
	"syscall"
	"testing"
)

// listener returns a descriptor of its own of a new listening socket, and its address.
func listener(t *testing.T, network, at string) (int, address) {
	t.Helper()
	l, err := net.Listen(network, at)
	if err != nil {
		t.Fatal(err)
	}
	if unix, ok := l.(*net.UnixListener); ok {
		unix.SetUnlinkOnClose(false)
	}
	defer l.Close()
	raw, err := l.(syscall.Conn).SyscallConn()
	if err != nil {
		t.Fatal(err)
	}
	fd := -1
	_ = raw.Control(func(number uintptr) { fd, err = duplicate(int(number)) })
	if err != nil {
		t.Fatal(err)
	}
	return fd, address{network, l.Addr().String()}
}

func (h *heldSockets) addresses() map[address]bool {
	all := map[address]bool{}
	for _, s := range h.list {
		all[s.at] = true
	}
	return all
}

func accepts(at address) bool {
	c, err := net.Dial(at.Network, at.Address)
	if err == nil {
		_ = c.Close()
	}
	return err == nil
}

func TestHeldSocketsTakeConnectionsUntilTheyAreReleased(t *testing.T) {
	var held heldSockets
	fd1, at1 := listener(t, "tcp", "127.0.0.1:0")
	fd2, at2 := listener(t, "tcp", "127.0.0.1:0")
	fd3, at3 := listener(t, "unix", filepath.Join(t.TempDir(), "s"))
	again, err := duplicate(fd1)
	if err != nil {
		t.Fatal(err)
	}
	for _, fd := range []int{fd1, fd2, fd3, again} {
		held.add(fd, "/")
	}
	if len(held.list) != 3 || !accepts(at1) || !accepts(at2) || !accepts(at3) {
		t.Fatalf("held: %v", held.addresses())
	}
	copies, err := held.copies()
	if err != nil || len(copies) != 3 {
		t.Fatalf("copies: %v %v", copies, err)
	}
	closeAll(copies)
	held.release([]address{at2, {"tcp", "127.0.0.1:1"}})
	if all := held.addresses(); len(all) != 1 || !all[at2] {
		t.Errorf("held after the release: %v", all)
	}
	if accepts(at1) || !accepts(at2) || accepts(at3) {
		t.Error("the wrong ones were closed")
	}
	held.release(nil)
}

func TestAFileThatWasReplacedIsPutBack(t *testing.T) {
	var held heldSockets
	path := filepath.Join(t.TempDir(), "s")
	fd, at := listener(t, "unix", path)
	held.add(fd, "/")
	defer held.release(nil)
	check := func(what string, spoil func()) {
		t.Helper()
		held.saveFiles()
		spoil()
		held.putBackFiles()
		if _, err := os.Lstat(spare(path)); !accepts(at) || err == nil {
			t.Errorf("%s: accepts %v, spare %v", what, accepts(at), err)
		}
	}
	check("untouched", func() {})
	check("removed", func() { _ = os.Remove(path) })
	check("replaced", func() {
		_ = os.Remove(path)
		other, _ := listener(t, "unix", path)
		_ = syscall.Close(other)
	})
}
