//go:build linux || darwin || freebsd || netbsd || openbsd || dragonfly

package main

import (
	"sync"
	"syscall"
	"time"
)

// keeper holds every child that is not gone yet.
type keeper struct {
	run    string
	events *eventWriter
	output *frameWriter

	tree   *tree
	held   heldSockets
	passed passedSockets
	holder *holder
	saved  savedState

	// mu is held over a fork with its registration, and over each wait4 with its bookkeeping: so
	// a child is known before its end is, and no pid is signalled after it was reaped.
	mu sync.Mutex
	// spawners are by niceness: it is given to a thread and cannot be taken back.
	spawners map[int]*spawner
	children map[uint32]*child
	// childless is true while the kernel says that nothing descends from us.
	childless bool
	live      sync.WaitGroup
}

func newKeeper(run string, events *eventWriter, output *frameWriter) *keeper {
	k := &keeper{
		run:       run,
		events:    events,
		output:    output,
		spawners:  map[int]*spawner{},
		tree:      newTree(run),
		children:  map[uint32]*child{},
		childless: true,
	}
	k.holder = newHolder(k)
	return k
}

func (k *keeper) obey(c *command) {
	switch c.Do {
	case "spawn":
		k.spawn(c)
		return
	case "port-owner":
		go k.answerPortOwner(c.ID, c.Port)
		return
	case "release":
		k.held.release(c.Keep)
		k.settleSockets()
		return
	case "notify":
		if err := notify(c.Text); err != nil {
			k.events.trouble("the service manager cannot be told: %v", err)
		}
		return
	case "hold":
		k.holder.hold(c)
		return
	case "listen":
		k.held.open(c.Keep)
		return
	}
	k.mu.Lock()
	child := k.children[c.N]
	k.mu.Unlock()
	if child == nil {
		// It ended while the command was under way, which is nobody's fault.
		if c.Do == "probe" {
			k.events.send(probeEvent{Event: "probe", ID: c.ID})
		}
		if c.Do == "accepted" {
			k.events.send(acceptedEvent{Event: "accepted", ID: c.ID, From: []uint16{}})
		}
		return
	}
	switch c.Do {
	case "signal":
		number, ok := signalNumber(c.Signal)
		if !ok {
			k.events.trouble("unknown signal %q", c.Signal)
			return
		}
		child.tellToEnd(number)
	case "kill":
		child.requestKill()
	case "write":
		child.input.write(c.Data)
	case "close-input":
		child.input.close()
	case "resize":
		child.resize(c.Columns, c.Rows)
	case "echo":
		child.setEcho(c.On)
	case "settle":
		child.settle()
	case "drain":
		k.mu.Lock()
		to := k.children[c.To]
		k.mu.Unlock()
		k.drain(child, to, c)
	case "probe":
		k.probe(child, c.ID, c.Port)
	case "accepted":
		go func() {
			k.events.send(acceptedEvent{Event: "accepted", ID: c.ID, From: child.accepted(c.From, c.Port)})
		}()
	case "label":
		child.label(c.Text)
	case "report":
		child.requestReport()
	default:
		k.events.trouble("unknown command %q", c.Do)
	}
}

func (k *keeper) answerPortOwner(id uint32, port uint16) {
	pid, name := portOwner(port)
	k.events.send(portOwnerEvent{Event: "port-owner", ID: id, Pid: pid, Name: name})
}

func (k *keeper) forget(c *child) {
	k.mu.Lock()
	delete(k.children, c.n)
	k.mu.Unlock()
	k.tree.forget(c.n)
	k.live.Done()
}

func (k *keeper) all() []*child {
	k.mu.Lock()
	defer k.mu.Unlock()
	list := make([]*child, 0, len(k.children))
	for _, c := range k.children {
		list = append(list, c)
	}
	return list
}

// unkillable is how long the keeper waits for processes that do not even obey SIGKILL (they hang
// in a system call) before it ends without them.
const unkillable = 5 * time.Second

// end asks every process to end, and makes them when the grace is over.
func (k *keeper) end(grace time.Duration) {
	gone := make(chan struct{})
	go func() {
		k.live.Wait()
		close(gone)
	}()
	for _, c := range k.all() {
		c.signalGroup(syscall.SIGTERM)
	}
	timer := time.NewTimer(grace)
	defer timer.Stop()
	select {
	case <-gone:
	case <-timer.C:
	}
	for _, c := range k.all() {
		c.requestKill()
	}
	last := time.NewTimer(unkillable)
	defer last.Stop()
	select {
	case <-gone:
	case <-last.C:
	}
	k.tree.killStrays()
	k.passed.close()
}
