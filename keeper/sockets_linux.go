package main

import (
	"slices"
	"sync"
	"time"
)

// socketWatch looks for the sockets that a tree listens on, often at first and then ever less.
type socketWatch struct {
	c       *child
	stopped chan struct{}
	once    sync.Once

	mu sync.Mutex
	// known are sockets that were found to listen; others are looked up until they are old.
	known map[string]address
	tries map[string]int
	looks int
	// seen are all addresses that were ever found, for the question who holds them at the end.
	seen map[address]bool
	last []address
}

func newSocketWatch(c *child) *socketWatch {
	return &socketWatch{
		c: c, stopped: make(chan struct{}),
		known: map[string]address{}, tries: map[string]int{}, seen: map[address]bool{},
	}
}

func (w *socketWatch) run() {
	began := time.Now()
	for {
		select {
		case <-w.stopped:
			return
		case <-time.After(pauseAfter(time.Since(began), w.found())):
		}
		w.look(true)
	}
}

func (w *socketWatch) found() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return len(w.seen) > 0
}

// pauseAfter is short while a start is watched, because readiness waits for it.
func pauseAfter(age time.Duration, found bool) time.Duration {
	switch {
	case age < time.Second && !found:
		return 3 * time.Millisecond
	case age < 5*time.Second:
		return 20 * time.Millisecond
	case age < time.Minute:
		return 100 * time.Millisecond
	}
	return time.Second
}

func (w *socketWatch) stop() { w.once.Do(func() { close(w.stopped) }) }

// remember looks once more before processes are signalled, so that held is asked for all.
func (w *socketWatch) remember() { w.look(false) }

func (w *socketWatch) look(report bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	current := w.addresses(w.c.k.tree.quickMembers(w.c))
	for _, a := range current {
		w.seen[a] = true
	}
	if !report || slices.Equal(current, w.last) {
		return
	}
	select {
	case <-w.stopped:
		return
	default:
	}
	w.last = current
	w.c.shim.catchUp()
	w.c.k.events.send(listeningEvent{
		Event: "listening", N: w.c.n, Addresses: current, Unheld: w.unheld(current),
	})
}

// unheld returns the addresses of which we have no socket.
func (w *socketWatch) unheld(current []address) []address {
	unheld := []address{}
	for _, a := range current {
		if !w.c.k.held.has(a) && !w.c.k.passed.has(a) {
			unheld = append(unheld, a)
		}
	}
	return unheld
}

// Sockets are looked up this many times, then only at every so many looks: connections and
// netlink sockets would otherwise have the tables read for ever.
const (
	eagerTries = 40
	lazyLooks  = 16
)

func (w *socketWatch) addresses(pids []int) []address {
	w.looks++
	present := map[string]bool{}
	unused := w.c.shim.unused()
	unknown := false
	for _, pid := range pids {
		for _, inode := range socketsOf(pid, unused) {
			if present[inode] {
				continue
			}
			present[inode] = true
			if _, ok := w.known[inode]; !ok && (w.tries[inode] < eagerTries || w.looks%lazyLooks == 0) {
				unknown = true
			}
		}
	}
	if unknown {
		w.lookUp(present)
	}
	return w.collect(present)
}

func (w *socketWatch) lookUp(present map[string]bool) {
	table := readListeners()
	for inode := range present {
		if a, ok := table[inode]; ok {
			w.known[inode] = a
		} else {
			w.tries[inode]++
		}
	}
}

// collect forgets sockets that were closed, and returns the addresses of the others in order.
func (w *socketWatch) collect(present map[string]bool) []address {
	for inode := range w.tries {
		if !present[inode] {
			delete(w.tries, inode)
		}
	}
	unique := map[address]bool{}
	for inode, a := range w.known {
		if present[inode] {
			unique[a] = true
		} else {
			delete(w.known, inode)
		}
	}
	list := make([]address, 0, len(unique))
	for a := range unique {
		list = append(list, a)
	}
	slices.SortFunc(list, func(a, b address) int {
		return compare(a.Network+" "+a.Address, b.Network+" "+b.Address)
	})
	return list
}

func compare(a, b string) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}

// held lists the addresses of the tree that somebody listens on now.
func (w *socketWatch) held() []address {
	w.mu.Lock()
	defer w.mu.Unlock()
	held := []address{}
	if len(w.seen) == 0 {
		return held
	}
	// That we hold a socket for its successor is no news.
	ours := w.c.k.held.nodes()
	for node, a := range readListeners() {
		if w.seen[a] && !ours[node] && !w.c.k.passed.nodes[node] && !slices.Contains(held, a) {
			held = append(held, a)
		}
	}
	return held
}
