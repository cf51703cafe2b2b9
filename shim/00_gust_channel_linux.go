package main

import (
	"os"
	"strconv"
	"sync"
	"syscall"
	"time"
)

// gust__channel is one end of a pair of sockets that keep the bounds of messages
// (SOCK_SEQPACKET). A message is a line of words; a descriptor may come with it.
type gust__channel struct {
	fd int
	// file is made when the first goroutine has to wait: until then the program has neither a
	// poller nor a goroutine for our sake.
	once sync.Once
	file *os.File
	raw  syscall.RawConn
}

// gust__keeper is the channel to the keeper of gust, which started this process.
var gust__keeper gust__channel

// gust__listenOnce starts the goroutine that takes the keeper's messages.
var gust__listenOnce sync.Once

func (c *gust__channel) poll() syscall.RawConn {
	c.once.Do(func() {
		c.file = os.NewFile(uintptr(c.fd), "gust")
		c.raw, _ = c.file.SyscallConn()
	})
	return c.raw
}

func (c *gust__channel) close() {
	c.poll()
	_ = c.file.Close()
}

// tell sends a message, with a copy of a descriptor if it is not negative.
func (c *gust__channel) tell(message string, fd int) error {
	var rights []byte
	if fd >= 0 {
		rights = syscall.UnixRights(fd)
	}
	err := gust__send(c.fd, message, rights)
	if err != syscall.EAGAIN && err != syscall.ETOOMANYREFS {
		return err
	}
	// The other side is slow: wait until it has read something.
	for {
		waited := c.poll().Write(func(uintptr) bool {
			err = gust__send(c.fd, message, rights)
			return err != syscall.EAGAIN
		})
		if waited != nil {
			return waited
		}
		if err != syscall.ETOOMANYREFS {
			return err
		}
		// Too many descriptors are under way, for whose arrival there is no event.
		time.Sleep(time.Millisecond)
	}
}

func gust__send(fd int, message string, rights []byte) error {
	for {
		err := syscall.Sendmsg(fd, []byte(message), rights, nil, syscall.MSG_NOSIGNAL)
		if err != syscall.EINTR {
			return err
		}
	}
}

// receive returns the words of the next message and its descriptor, or -1. No words: it has ended.
func (c *gust__channel) receive() (words []string, fd int) {
	buffer := make([]byte, 512)
	rights := make([]byte, 64)
	var n, size int
	var err error
	waited := c.poll().Read(func(number uintptr) bool {
		for {
			n, size, _, _, err = syscall.Recvmsg(int(number), buffer, rights, syscall.MSG_CMSG_CLOEXEC)
			if err != syscall.EINTR {
				return err != syscall.EAGAIN
			}
		}
	})
	if waited != nil || err != nil || n == 0 {
		return nil, -1
	}
	return gust__split(string(buffer[:n]), ' '), gust__descriptor(rights[:size])
}

func gust__descriptor(rights []byte) int {
	found := -1
	messages, _ := syscall.ParseSocketControlMessage(rights)
	for i := range messages {
		fds, _ := syscall.ParseUnixRights(&messages[i])
		for _, fd := range fds {
			if found >= 0 {
				_ = syscall.Close(found)
			}
			found = fd
		}
	}
	return found
}

// gust__obey does what the keeper says until it is gone; then this program has to go too.
func gust__obey() {
	for {
		words, fd := gust__keeper.receive()
		if words == nil {
			break
		}
		number := 0
		if len(words) > 1 {
			number, _ = strconv.Atoi(words[1])
		}
		switch words[0] {
		case "open":
			gust__open()
			_ = gust__keeper.tell("accepting", -1)
		case "take":
			gust__take(number, fd)
			fd = -1
		case "dropped":
			gust__dropped(number)
		case "drain":
			if len(words) > 2 {
				gust__streamsWhen = words[2]
			}
			gust__drain(fd, time.Duration(number)*time.Millisecond, len(words) > 3)
			fd = -1
		case "label":
			gust__setLabel(words[1:])
		case "settled":
			gust__dropHeirs()
		case "report":
			gust__report()
		case "end":
			gust__end()
		}
		if fd >= 0 {
			_ = syscall.Close(fd)
		}
	}
	gust__end()
	time.Sleep(gust__grace)
	os.Exit(1)
}

// gust__grace is how long the program may take to end when its keeper is gone.
const gust__grace = 5 * time.Second

func gust__end() { _ = syscall.Kill(syscall.Getpid(), syscall.SIGTERM) }
