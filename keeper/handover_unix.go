//go:build linux || darwin || freebsd || netbsd || openbsd || dragonfly

package main

import (
	"fmt"
	"os"
	"sync"
	"syscall"
)

// savedState is what the last version has left for the next one, in memory.
type savedState struct {
	mu   sync.Mutex
	file *os.File
}

// keep replaces what was saved before; the descriptor is ours from now on.
func (s *savedState) keep(fd int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.file != nil {
		_ = s.file.Close()
	}
	s.file = os.NewFile(uintptr(fd), "state")
}

// copy returns a descriptor of its own, or -1 where nothing was saved.
func (s *savedState) copy() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.file == nil {
		return -1
	}
	fd, err := syscall.Dup(int(s.file.Fd()))
	if err != nil {
		return -1
	}
	syscall.CloseOnExec(fd)
	return fd
}

// connectState gives the child a channel for what it keeps, and what the version before has left,
// unless that one still lives and will hand it over when its time has come.
func (p *plumbing) connectState(spec *command) error {
	if !spec.State {
		return nil
	}
	c := p.c
	link, theirs, err := newStateLink(func(event stateEvent) {
		event.N = c.n
		c.k.events.send(event)
	})
	if err != nil {
		return err
	}
	if link == nil {
		return nil
	}
	c.state = link
	p.state = theirs
	p.theirs = append(p.theirs, theirs)
	p.env = append(p.env, fmt.Sprintf("GUST_STATE_FD=%d", stateDescriptor))
	if c.shim != nil && c.shim.isGated() {
		return nil
	}
	if saved := c.k.saved.copy(); saved >= 0 {
		p.saved = saved
		p.theirs = append(p.theirs, saved)
		p.env = append(p.env, fmt.Sprintf("GUST_STATE=%d", savedDescriptor))
	}
	return nil
}

// keepsState says that the program has something to hand over, and has not done so.
func (c *child) keepsState() bool {
	if c.state == nil || !c.state.greeted() {
		return false
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	return !c.handedOver && !c.exited
}

// saveState asks the program for its state, within statePatience.
func (c *child) saveState() {
	c.mu.Lock()
	c.handedOver = true
	c.mu.Unlock()
	if fd, ok := c.state.save(statePatience); ok {
		c.k.saved.keep(fd)
	}
}

// loadState gives the child what was saved last.
func (c *child) loadState() {
	if c.state == nil || !c.state.greeted() {
		return
	}
	saved := c.k.saved.copy()
	if saved < 0 {
		return
	}
	defer syscall.Close(saved)
	c.state.load(saved, statePatience)
}
