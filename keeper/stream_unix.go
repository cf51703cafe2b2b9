//go:build linux || darwin || freebsd || netbsd || openbsd || dragonfly

package main

import (
	"os"
	"sync"
	"syscall"
)

// stream passes one output of a child on as frames.
type stream struct {
	c    *child
	id   byte
	file *os.File

	// mu is held from a read to the frame of what was read, so that frames keep the order.
	mu    sync.Mutex
	ended bool
	buf   []byte
}

func newStream(c *child, id byte, file *os.File) *stream {
	return &stream{c: c, id: id, file: file, buf: make([]byte, headerSize+frameSize)}
}

// run reads until the end of the stream.
func (s *stream) run() {
	raw, err := s.file.SyscallConn()
	if err != nil {
		s.end()
		return
	}
	err = raw.Read(func(fd uintptr) bool { return s.pump(int(fd), -1) })
	if err != nil && !s.hasEnded() {
		// This descriptor cannot be polled (terminals on some systems): wait in the read itself.
		_ = raw.Control(func(fd uintptr) { _ = syscall.SetNonblock(int(fd), false) })
		_ = raw.Control(func(fd uintptr) {
			for !s.pump(int(fd), -1) {
				continue
			}
		})
	}
}

// pump copies until there is nothing to read (false) or the stream ended (true), or about limit
// bytes were copied; a negative limit is none.
func (s *stream) pump(fd, limit int) bool {
	for copied := 0; limit < 0 || copied < limit; {
		s.mu.Lock()
		if s.ended {
			s.mu.Unlock()
			return true
		}
		n, err := syscall.Read(fd, s.buf[headerSize:])
		if n > 0 {
			s.c.k.output.write(s.c.n, s.id, s.buf, n)
			copied += n
		}
		again := err == syscall.EAGAIN
		// A terminal whose other side is closed reads as EIO.
		s.ended = n == 0 || (err != nil && !again && err != syscall.EINTR)
		if again || err == syscall.EINTR {
			s.ended = false
		}
		ended := s.ended
		s.mu.Unlock()
		if ended || again {
			return ended
		}
	}
	return false
}

// drain copies what can be read at once, about limit bytes at most.
func (s *stream) drain(limit int) {
	raw, err := s.file.SyscallConn()
	if err != nil {
		return
	}
	_ = raw.Control(func(fd uintptr) { s.pump(int(fd), limit) })
}

// finish copies the rest and closes. Nobody writes any more, except one whom the descriptor was
// handed to; that one is not waited for.
func (s *stream) finish() {
	s.drain(64 * frameSize)
	s.end()
	_ = s.file.Close()
}

func (s *stream) end() {
	s.mu.Lock()
	s.ended = true
	s.mu.Unlock()
}

func (s *stream) hasEnded() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.ended
}
