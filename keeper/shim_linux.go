package main

import (
	"fmt"
	"maps"
	"os"
	"strconv"
	"strings"
	"sync"
	"syscall"
)

// shim is what gust added to a program when it built it, as seen from here: the other side of the
// channel. A program without it never says hello.
type shim struct {
	c *child

	// reading is held from the receipt of a message until it was acted upon.
	reading sync.Mutex

	mu sync.Mutex
	// greeted: it has said hello. gated: it does not accept connections because another one does.
	greeted, gated, draining, ended bool
	// heirs are the held sockets on which the child does not listen yet, by its descriptor. own
	// are those on which it does, by its number.
	heirs map[int]string
	own   map[string]string
	// opened are those of own that it has opened itself.
	opened map[string]string
	// heir is who accepts connections once this one has stopped.
	heir *child
	// leaving: it was told to end, and closes its sockets because of that.
	leaving bool
	outbox
	// frames are where its goroutines are, as told since the last report; main is the first one.
	frames []frame
	main   *frame
}

func newShim(c *child, channel *os.File) *shim {
	return &shim{c: c, outbox: outbox{channel: channel}, heirs: map[int]string{}, own: map[string]string{}, opened: map[string]string{}}
}

// run reads what the program says, until it has ended.
func (s *shim) run() {
	if raw, err := s.channel.SyscallConn(); err == nil {
		_ = raw.Read(func(fd uintptr) bool { return s.read(int(fd)) })
	}
	s.desert()
}

// desert is called when the channel has ended. A process that lives on has replaced itself (exec), or
// has closed what it did not know: it takes part no more, and has to have its addresses for itself.
func (s *shim) desert() {
	if s.c.hasExited() || isExiting(s.c.pid) {
		return
	}
	s.mu.Lock()
	s.greeted, s.ended = false, true
	var own []string
	for _, node := range s.own {
		own = append(own, node)
	}
	s.mu.Unlock()
	for _, node := range own {
		s.c.k.held.drop(node)
	}
	s.c.k.holder.vacate(s)
}

// catchUp reads what the program has said so far. It tells of a socket before it listens on it, so
// that each socket that is seen to listen is held after this.
func (s *shim) catchUp() {
	if s == nil {
		return
	}
	if raw, err := s.channel.SyscallConn(); err == nil {
		_ = raw.Control(func(fd uintptr) { s.read(int(fd)) })
	}
}

// read takes all messages that have come, and says whether the channel has ended.
func (s *shim) read(fd int) bool {
	s.reading.Lock()
	defer s.reading.Unlock()
	return receive(fd, 4096, func(message string, fds []int) { s.hear(strings.Fields(message), fds) })
}

// receive hands out all messages that have come, of up to limit bytes each, and says whether the
// channel has ended.
func receive(fd, limit int, hear func(message string, fds []int)) (ended bool) {
	buffer, rights := make([]byte, limit), make([]byte, 64)
	for {
		n, size, _, _, err := syscall.Recvmsg(fd, buffer, rights, syscall.MSG_CMSG_CLOEXEC)
		switch {
		case err == syscall.EINTR:
		case err == syscall.EAGAIN:
			return false
		case err != nil || n == 0:
			return true
		default:
			hear(string(buffer[:n]), descriptors(rights[:size]))
		}
	}
}

func descriptors(rights []byte) []int {
	var all []int
	messages, _ := syscall.ParseSocketControlMessage(rights)
	for i := range messages {
		fds, _ := syscall.ParseUnixRights(&messages[i])
		all = append(all, fds...)
	}
	return all
}

func (s *shim) hear(words []string, fds []int) {
	switch {
	case len(words) == 0:
	case words[0] == "hello":
		s.mu.Lock()
		s.greeted = true
		s.mu.Unlock()
		s.c.k.events.send(shimEvent{Event: "shim", N: s.c.n})
	case words[0] == "listening" && len(words) == 2 && len(fds) == 1:
		s.mu.Lock()
		s.own[words[1]] = socketNode(fds[0])
		s.opened[words[1]] = s.own[words[1]]
		s.mu.Unlock()
		dir, _ := os.Readlink(fmt.Sprintf("/proc/%d/cwd", s.c.pid))
		s.c.k.held.add(fds[0], dir)
		fds = nil
		s.accepts()
		s.lookAtSockets()
	case words[0] == "adopted" && len(words) == 3:
		fd, _ := strconv.Atoi(words[2])
		s.mu.Lock()
		s.own[words[1]] = s.heirs[fd]
		delete(s.heirs, fd)
		s.mu.Unlock()
		s.accepts()
		s.lookAtSockets()
	case words[0] == "failed" && len(words) == 2:
		s.mu.Lock()
		node := s.opened[words[1]]
		delete(s.opened, words[1])
		s.mu.Unlock()
		s.c.k.held.drop(node)
	case words[0] == "closed" && len(words) == 2:
		if node, ok := s.drops(words[1]); ok {
			s.c.k.held.drop(node)
		}
		s.tell("dropped "+words[1], -1)
	case words[0] == "gated":
		s.crown()
	case words[0] == "accepting":
		s.accepts()
		s.c.k.events.send(acceptingEvent{Event: "accepting", N: s.c.n})
	default:
		s.hearReport(words)
	}
	closeAll(fds)
}

// accepts is called when the program accepts connections: it gets those that have waited.
func (s *shim) accepts() {
	if s.serves() {
		s.c.k.holder.deliver(s)
	}
}

// lookAtSockets reports at once what would be found a little later.
func (s *shim) lookAtSockets() {
	if s.c.sockets != nil {
		// It may have to read the channel itself.
		go s.c.sockets.look(true)
	}
}

// drops says which socket the program closed of its own accord, so that nobody expects it back.
func (s *shim) drops(id string) (node string, ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	node, ok = s.own[id]
	delete(s.own, id)
	return node, ok && !s.leaving && !s.gated && !s.draining
}

// leave is called before the program is told to end.
func (s *shim) leave() {
	if s == nil {
		return
	}
	s.mu.Lock()
	s.leaving = true
	s.mu.Unlock()
}

// unused are the descriptors that the child merely inherited. There are none without a shim.
func (s *shim) unused() map[int]string {
	if s == nil {
		return nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return maps.Clone(s.heirs)
}

// drain tells the child to accept nothing more and to pass its connections on. They come here, and
// go to whoever accepts: the successor may itself have been replaced when a long request ends.
func (k *keeper) drain(c, to *child, spec *command) {
	if c.shim == nil || !c.shim.isGreeted() {
		// It knows nothing of this, and there is nothing to wait for.
		k.events.send(drainedEvent{Event: "drained", N: c.n, Goroutines: []frame{}})
		k.open(to)
		return
	}
	c.shim.catchUp()
	if !c.shim.begins(to) {
		// It accepts nothing since it was told so first, and its successor need not wait.
		k.open(to)
		return
	}
	k.holder.vacate(c.shim)
	message := fmt.Sprintf("drain %d %s", spec.Ms, spec.Streams)
	if c.keepsState() {
		// Requests under way may change the state: they end before it is handed over.
		message += " quiet"
		_ = c.state.drain()
	}
	pair, err := syscall.Socketpair(syscall.AF_UNIX, syscall.SOCK_SEQPACKET|syscall.SOCK_CLOEXEC, 0)
	if err != nil {
		c.report("drain", err)
		return
	}
	go k.holder.receive(pair[1])
	c.shim.tell(message, pair[0])
}

// crown lets the successor accept, now that nobody else does.
func (s *shim) crown() {
	s.mu.Lock()
	heir := s.heir
	s.heir = nil
	s.mu.Unlock()
	if heir == nil {
		return
	}
	if !s.c.keepsState() {
		s.c.k.open(heir)
		return
	}
	go func() {
		s.c.saveState()
		heir.loadState()
		s.c.k.open(heir)
	}()
}

// open lets a child accept.
func (k *keeper) open(c *child) {
	if c == nil {
		return
	}
	if c.shim == nil || !c.shim.isGreeted() {
		k.events.send(acceptingEvent{Event: "accepting", N: c.n})
		return
	}
	c.shim.mu.Lock()
	c.shim.gated = false
	c.shim.mu.Unlock()
	c.shim.tell("open", -1)
}

// begins marks the shim as draining, for the sake of another child. False: it does so already.
func (s *shim) begins(to *child) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	was := s.draining
	s.draining = true
	if !was {
		s.heir = to
	}
	return !was
}

func (s *shim) isGreeted() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.greeted
}

func (s *shim) isGated() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.gated
}

// serves says that the program accepts connections, if it listens at all.
func (s *shim) serves() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.greeted && !s.gated && !s.draining && !s.ended
}

// isServed says that some process accepts connections at the held sockets.
func (k *keeper) isServed() bool {
	for _, c := range k.all() {
		if c.shim != nil && c.shim.serves() {
			return true
		}
	}
	return false
}

// openGates lets those that were started beside another process accept, when nobody else does.
func (k *keeper) openGates() {
	if k.isServed() {
		return
	}
	for _, c := range k.all() {
		if c.shim != nil && c.shim.ungate() {
			c.shim.tell("open", -1)
		}
	}
}

func (s *shim) ungate() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	was := s.gated && !s.ended
	s.gated = false
	return was
}

// close ends the channel, when nothing is left of the child.
func (s *shim) close() { s.outbox.close() }

// end is called when the main process has ended. The channel is closed with the tree.
func (s *shim) end() {
	s.c.k.holder.vacate(s)
	s.mu.Lock()
	s.ended = true
	var unused []string
	if s.gated {
		// Nobody was served at the addresses that were new with it.
		for _, node := range s.opened {
			unused = append(unused, node)
		}
	}
	s.mu.Unlock()
	for _, node := range unused {
		s.c.k.held.drop(node)
	}
	// It may have ended between the removal of its predecessor's file and its own listening.
	s.c.k.held.putBackFiles()
	s.crown()
	s.c.k.openGates()
}

// settleSockets has the program that serves close what it has inherited and not listened on.
func (k *keeper) settleSockets() {
	for _, c := range k.all() {
		if c.shim != nil && c.shim.serves() {
			c.shim.tell("settled", -1)
		}
	}
}
