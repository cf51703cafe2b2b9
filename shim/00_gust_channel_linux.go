package gust__shim

import (
	gust__os "os"
	gust__strconv "strconv"
	gust__sync "sync"
	gust__syscall "syscall"
	gust__time "time"
)

// gust__channel is one end of a pair of sockets that keep the bounds of messages
// (SOCK_SEQPACKET). A message is a line of words; a descriptor may come with it.
type gust__channel struct {
	fd int
	// file is made when the first goroutine has to wait: until then the program has neither a
	// poller nor a goroutine for our sake.
	once gust__sync.Once
	file *gust__os.File
	raw  gust__syscall.RawConn
}

// gust__keeper is the channel to the keeper of gust, which started this process.
var gust__keeper gust__channel

// gust__listenOnce starts the goroutine that takes the keeper's messages.
var gust__listenOnce gust__sync.Once

func (c *gust__channel) poll() gust__syscall.RawConn {
	c.once.Do(func() {
		c.file = gust__os.NewFile(uintptr(c.fd), "gust")
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
		rights = gust__syscall.UnixRights(fd)
	}
	err := gust__send(c.fd, message, rights)
	if err != gust__syscall.EAGAIN && err != gust__syscall.ETOOMANYREFS {
		return err
	}
	// The other side is slow: wait until it has read something.
	for {
		waited := c.poll().Write(func(uintptr) bool {
			err = gust__send(c.fd, message, rights)
			return err != gust__syscall.EAGAIN
		})
		if waited != nil {
			return waited
		}
		if err != gust__syscall.ETOOMANYREFS {
			return err
		}
		// Too many descriptors are under way, for whose arrival there is no event.
		gust__time.Sleep(gust__time.Millisecond)
	}
}

func gust__send(fd int, message string, rights []byte) error {
	for {
		err := gust__syscall.Sendmsg(fd, []byte(message), rights, nil, gust__syscall.MSG_NOSIGNAL)
		if err != gust__syscall.EINTR {
			return err
		}
	}
}

// receive returns the words of the next message and its descriptor, or -1. No words: it has ended, or,
// as lost says, the program has closed the descriptor itself, as those do that become daemons.
func (c *gust__channel) receive() (words []string, fd int, lost bool) {
	buffer := make([]byte, 512)
	rights := make([]byte, 64)
	var n, size int
	var err error
	waited := c.poll().Read(func(number uintptr) bool {
		for {
			n, size, _, _, err = gust__syscall.Recvmsg(int(number), buffer, rights, gust__syscall.MSG_CMSG_CLOEXEC)
			if err != gust__syscall.EINTR {
				return err != gust__syscall.EAGAIN
			}
		}
	})
	if err == gust__syscall.EBADF || err == gust__syscall.ENOTSOCK {
		return nil, -1, true
	}
	if waited != nil || err != nil || n == 0 {
		return nil, -1, false
	}
	return gust__split(string(buffer[:n]), ' '), gust__descriptor(rights[:size]), false
}

func gust__descriptor(rights []byte) int {
	found := -1
	messages, _ := gust__syscall.ParseSocketControlMessage(rights)
	for i := range messages {
		fds, _ := gust__syscall.ParseUnixRights(&messages[i])
		for _, fd := range fds {
			if found >= 0 {
				_ = gust__syscall.Close(found)
			}
			found = fd
		}
	}
	return found
}

// gust__obey does what the keeper says until it is gone; then this program has to go too.
func gust__obey() {
	for {
		words, fd, lost := gust__keeper.receive()
		if lost {
			// It goes on as without gust.
			gust__open()
			return
		}
		if words == nil {
			break
		}
		number := 0
		if len(words) > 1 {
			number, _ = gust__strconv.Atoi(words[1])
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
			gust__drain(fd, gust__time.Duration(number)*gust__time.Millisecond, len(words) > 3)
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
			_ = gust__syscall.Close(fd)
		}
	}
	gust__end()
	gust__time.Sleep(gust__grace)
	gust__os.Exit(1)
}

// gust__grace is how long the program may take to end when its keeper is gone.
const gust__grace = 5 * gust__time.Second

func gust__end() { _ = gust__syscall.Kill(gust__syscall.Getpid(), gust__syscall.SIGTERM) }
