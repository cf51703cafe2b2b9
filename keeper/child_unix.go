//go:build linux || darwin || freebsd || netbsd || openbsd || dragonfly

package main

import (
	"os"
	"sync"
	"syscall"
	"time"
)

// child is one started process with all that descends from it.
type child struct {
	k        *keeper
	n        uint32
	pid      int
	streams  []*stream
	input    *input
	terminal *os.File
	lifeline *os.File
	// lifelineNode identifies the lifeline pipe among the descriptors of other processes.
	lifelineNode string
	sockets      *socketWatch
	// shim is there if the child's sockets are held.
	shim *shim
	// state is the way to what the program keeps for its next version; nil without one.
	state *stateLink
	// told is what a served program tells us by; nil where it is none.
	told *newsSocket

	mu sync.Mutex
	// handedOver: its state has been asked for, and what it changes from now on is lost.
	handedOver    bool
	exited        bool
	killing       bool
	lifelineEnded bool

	// doomed are the processes that got a SIGKILL, outlived the number of those among them that
	// outlived the main one. Both belong to supervise.
	doomed   map[processID]bool
	outlived int

	wake       chan struct{}
	exitMarked chan struct{}
}

// begin starts everything that follows a successful spawn. Called with k.mu held.
func (c *child) begin() {
	for _, s := range c.streams {
		go s.run()
	}
	go c.watchLifeline()
	go c.supervise()
	if c.sockets != nil {
		go c.sockets.run()
	}
	if c.shim != nil {
		go c.shim.run()
	}
	if c.state != nil {
		go c.state.run()
	}
	if c.told != nil {
		go c.told.run(c)
	}
}

// poke makes supervise look again.
func (c *child) poke() {
	select {
	case c.wake <- struct{}{}:
	default:
	}
}

func (c *child) watchLifeline() {
	// Nobody writes: the read ends when the last holder of the other end is gone.
	_, _ = c.lifeline.Read(make([]byte, 1))
	c.mu.Lock()
	c.lifelineEnded = true
	c.mu.Unlock()
	c.poke()
}

// onExit is called by the reaper, once, with k.mu held.
func (c *child) onExit(status syscall.WaitStatus) {
	event := exitedEvent{Event: "exited", N: c.n}
	if status.Signaled() {
		name := signalName(status.Signal())
		event.Signal = &name
	} else {
		code := status.ExitStatus()
		event.Code = &code
	}
	c.mu.Lock()
	c.exited = true
	c.mu.Unlock()
	if c.sockets != nil {
		c.sockets.stop()
	}
	c.k.events.send(event)
	if c.shim != nil {
		// It asks for k.mu, which is held here.
		go c.shim.end()
	}
	go c.markExit()
	c.poke()
}

func (c *child) hasExited() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.exited
}

// markExit passes on what the main process had written before it ended, then marks the place. It
// is bounded: others of the tree may write without end.
func (c *child) markExit() {
	for _, s := range c.streams {
		s.drain(2 * frameSize)
	}
	c.k.output.mark(c.n, markExited)
	close(c.exitMarked)
}

// supervise kills when it is told to, and reports the end of the tree.
func (c *child) supervise() {
	const first, last = 2 * time.Millisecond, 100 * time.Millisecond
	pause := first
	timer := time.NewTimer(time.Hour)
	defer timer.Stop()
	for {
		killing, empty := c.look()
		if empty {
			break
		}
		if killing {
			// Events wake us; the timer is for processes whose end sends none.
			timer.Reset(pause)
			pause = min(2*pause, last)
		}
		select {
		case <-c.wake:
		case <-timer.C:
		}
	}
	c.finish()
}

// look does one round of killing, if killing is wanted, and says whether nothing is left.
func (c *child) look() (killing, empty bool) {
	c.mu.Lock()
	exited, ended := c.exited, c.lifelineEnded
	killing = c.killing
	c.mu.Unlock()
	if killing {
		c.killRound(exited)
	}
	if !exited {
		return killing, false
	}
	if ended && c.k.isChildless() {
		return killing, true
	}
	return killing, c.k.tree.isEmpty(c, ended, killing)
}

// killRound signals everybody. Who is found alive after the main process ended, and was not already
// signalled together with it, outlived it.
func (c *child) killRound(exited bool) {
	for _, p := range c.k.tree.members(c) {
		if c.k.tree.kill(p) && !c.doomed[p.id()] {
			c.doomed[p.id()] = true
			if exited && p.pid != c.pid {
				c.outlived++
			}
		}
	}
	// Those that came into the group since.
	c.killGroup(syscall.SIGKILL)
}

// finish says that all are gone, after the last byte of output.
func (c *child) finish() {
	<-c.exitMarked
	for _, s := range c.streams {
		s.finish()
	}
	c.k.output.mark(c.n, markGone)
	c.input.abandon()
	_ = c.lifeline.Close()
	if c.shim != nil {
		c.shim.close()
	}
	if c.state != nil {
		c.state.close()
	}
	c.told.close()
	held := []address{}
	if c.sockets != nil {
		held = c.sockets.held()
	}
	c.k.forget(c)
	c.k.events.send(goneEvent{Event: "gone", N: c.n, Killed: c.outlived, Held: held})
}

// tellToEnd sends a signal once to the process group, when the program has handed its state over.
func (c *child) tellToEnd(number syscall.Signal) {
	if !c.keepsState() {
		c.signalGroup(number)
		return
	}
	go func() {
		_ = c.state.drain()
		c.saveState()
		c.signalGroup(number)
	}()
}

// signalGroup sends a signal once to the process group.
func (c *child) signalGroup(number syscall.Signal) {
	if c.sockets != nil {
		c.sockets.remember()
	}
	if number == syscall.SIGTERM || number == syscall.SIGINT || number == syscall.SIGQUIT {
		c.shim.leave()
	}
	c.killGroup(number)
	if number == syscall.SIGKILL {
		c.poke()
	}
}

// killGroup signals the group while its number cannot have been given to another: as long as the
// main process is not reaped, or while processes of ours are found in it.
func (c *child) killGroup(number syscall.Signal) {
	c.k.mu.Lock()
	defer c.k.mu.Unlock()
	if !c.hasExited() || c.k.tree.hasGroup(c) {
		_ = syscall.Kill(-c.pid, number)
	}
}

func (c *child) requestKill() {
	if c.sockets != nil {
		c.sockets.remember()
	}
	c.mu.Lock()
	c.killing = true
	c.mu.Unlock()
	c.poke()
}

func (c *child) settle() {
	if c.sockets != nil {
		c.sockets.stop()
	}
}

func (c *child) resize(columns, rows uint16) {
	if c.terminal != nil {
		c.report("resize", setTerminalSize(c.terminal, columns, rows))
	}
}

func (c *child) setEcho(on bool) {
	if c.terminal != nil {
		c.report("echo", setTerminalEcho(c.terminal, on))
	}
}

func (c *child) report(what string, err error) {
	if err != nil {
		c.k.events.trouble("%s of process %d: %v", what, c.n, err)
	}
}
