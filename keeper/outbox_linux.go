package main

import (
	"os"
	"sync"
	"syscall"
)

// outbox is what a program is to be told, in order, by a goroutine that runs while there is any.
type outbox struct {
	channel *os.File

	mu      sync.Mutex
	letters []letter
	sending bool
	closed  bool
}

// tell sends a message with a descriptor, if it is not negative, which it closes. It does not wait:
// a program that is stopped, by a debugger for example, must not stop the keeper.
func (o *outbox) tell(message string, fd int) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.closed {
		closeOptional(fd)
		return
	}
	o.letters = append(o.letters, letter{message, fd})
	if !o.sending {
		o.sending = true
		go o.send()
	}
}

// letter is a message on its way.
type letter struct {
	message string
	fd      int
}

func closeOptional(fd int) {
	if fd >= 0 {
		_ = syscall.Close(fd)
	}
}

// send sends what there is in order, and ends when nothing is left.
func (o *outbox) send() {
	for {
		o.mu.Lock()
		if len(o.letters) == 0 {
			o.sending = false
			o.mu.Unlock()
			return
		}
		next := o.letters[0]
		o.letters = o.letters[1:]
		o.mu.Unlock()
		// Who has ended hears nothing, which is reported by its end.
		_ = o.write(next)
		closeOptional(next.fd)
	}
}

func (o *outbox) write(l letter) error {
	raw, err := o.channel.SyscallConn()
	if err != nil {
		return err
	}
	var rights []byte
	if l.fd >= 0 {
		rights = syscall.UnixRights(l.fd)
	}
	var failed error
	err = raw.Write(func(channel uintptr) bool {
		failed = syscall.Sendmsg(int(channel), []byte(l.message), rights, nil, syscall.MSG_NOSIGNAL)
		return failed != syscall.EAGAIN
	})
	if err != nil {
		return err
	}
	return failed
}

// close drops what was not sent, and ends the channel.
func (o *outbox) close() {
	o.mu.Lock()
	o.closed = true
	for _, l := range o.letters {
		closeOptional(l.fd)
	}
	o.letters = nil
	o.mu.Unlock()
	_ = o.channel.Close()
}
