//go:build linux || darwin || freebsd || netbsd || openbsd || dragonfly

package main

import (
	"os"
	"sync"
)

// input feeds a child's stdin from a queue, so that a child that does not read holds up nobody.
type input struct {
	mu       sync.Mutex
	changed  *sync.Cond
	queue    [][]byte
	closing  bool
	dropped  bool
	file     *os.File
	terminal bool
}

// endOfTransmission is what a terminal takes for the end of its input.
const endOfTransmission = 4

func newInput() *input {
	i := &input{}
	i.changed = sync.NewCond(&i.mu)
	return i
}

// start begins to feed file. A terminal is shared with the output and not closed.
func (i *input) start(file *os.File, terminal bool) {
	i.file, i.terminal = file, terminal
	go i.feed()
}

func (i *input) write(data []byte) {
	i.mu.Lock()
	defer i.mu.Unlock()
	if i.file == nil || i.closing || i.dropped {
		return
	}
	i.queue = append(i.queue, data)
	i.changed.Signal()
}

// close ends the input after all that was written.
func (i *input) close() {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.closing = true
	i.changed.Signal()
}

// abandon ends the input now: the child is gone.
func (i *input) abandon() {
	i.mu.Lock()
	i.dropped = true
	i.queue = nil
	i.changed.Signal()
	file := i.file
	i.mu.Unlock()
	if file != nil && !i.terminal {
		_ = file.Close()
	}
}

func (i *input) feed() {
	for {
		data, more := i.next()
		if !more {
			break
		}
		if _, err := i.file.Write(data); err != nil {
			// The child closed its stdin, or ended; what was meant for it has no reader.
			i.abandon()
			return
		}
	}
	if i.terminal {
		_, _ = i.file.Write([]byte{endOfTransmission})
		return
	}
	_ = i.file.Close()
}

func (i *input) next() ([]byte, bool) {
	i.mu.Lock()
	defer i.mu.Unlock()
	for len(i.queue) == 0 && !i.closing && !i.dropped {
		i.changed.Wait()
	}
	if len(i.queue) == 0 || i.dropped {
		return nil, false
	}
	data := i.queue[0]
	i.queue = i.queue[1:]
	return data, true
}
