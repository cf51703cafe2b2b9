package gust

import (
	"context"
	"errors"
	"fmt"
	"os"
	"reflect"
	"sort"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"
)

// current is the handover of this process, nil without gust. It is a variable and not made in an
// init function, so that the variables of the environment are gone before any other code that
// imports this package can start a process.
var current = connect()

func keep(name string, value reflect.Value, locks []sync.Locker) {
	if current != nil {
		current.keep(name, value, locks)
	}
}

func versionContext() context.Context {
	if current == nil {
		return context.Background()
	}
	current.begin()
	return current.version
}

// handover is the program's end of the channel to gust. A message is a line of words, one in a
// packet (SOCK_SEQPACKET); a descriptor may come with it.
type handover struct {
	channel *os.File
	raw     syscall.RawConn
	// version ends when drain is called.
	version context.Context
	drain   context.CancelFunc

	// begun guards the first use: until then nothing is said and no goroutine runs.
	begun sync.Once
	// inherited is the file with the state of the version before, nil if there is none.
	inherited *os.File
	// jobs are what may wait for locks of the program. The order to drain must not wait with them.
	jobs chan func()

	// mu guards what follows. Nothing waits while it is held.
	mu    sync.Mutex
	names map[string]bool
	kept  []*variable
	// arrived are the values for which nobody has asked yet, by name. missed are those of them of
	// which gust was told.
	arrived map[string]entry
	missed  map[string]bool
}

func connect() *handover {
	channel := takeDescriptor("GUST_STATE_FD", syscall.S_IFSOCK)
	inherited := takeDescriptor("GUST_STATE", syscall.S_IFREG)
	if channel < 0 {
		if inherited >= 0 {
			_ = syscall.Close(inherited)
		}
		return nil
	}
	return newHandover(channel, inherited)
}

// takeDescriptor returns the descriptor that a variable names, or -1. What this program starts is
// not meant: neither the variable nor the descriptor is passed on.
func takeDescriptor(variable string, kind uint32) int {
	text, ok := os.LookupEnv(variable)
	if !ok {
		return -1
	}
	_ = os.Unsetenv(variable)
	fd, err := strconv.Atoi(text)
	var stat syscall.Stat_t
	if err != nil || syscall.Fstat(fd, &stat) != nil || stat.Mode&syscall.S_IFMT != kind {
		return -1
	}
	syscall.CloseOnExec(fd)
	return fd
}

func newHandover(channel, inherited int) *handover {
	// Without waiting inside the kernel, a wait costs no thread.
	_ = syscall.SetNonblock(channel, true)
	file := os.NewFile(uintptr(channel), "gust")
	raw, err := file.SyscallConn()
	if err != nil {
		return nil
	}
	h := &handover{
		channel: file,
		raw:     raw,
		jobs:    make(chan func(), 8),
		names:   map[string]bool{},
		arrived: map[string]entry{},
		missed:  map[string]bool{},
	}
	h.version, h.drain = context.WithCancel(context.Background())
	if inherited >= 0 {
		h.inherited = os.NewFile(uintptr(inherited), "gust state")
	}
	return h
}

// begin says hello, once, and reads the state that came with the start.
func (h *handover) begin() {
	h.begun.Do(func() {
		h.say("hello", "1")
		if h.inherited != nil {
			h.arrive(h.inherited)
			h.inherited = nil
		}
		go h.listen()
		go h.work()
	})
}

func (h *handover) keep(name string, value reflect.Value, locks []sync.Locker) {
	h.begin()
	if !h.takeName(name) {
		panic(fmt.Sprintf("gust.Keep(%q): another value is kept by this name already", name))
	}
	v := newVariable(name, value, locks)
	h.say("kept", name)
	for _, field := range v.lossy {
		h.say("lossy", name, field)
	}
	if err := v.try(); err != nil {
		h.say("unsaved", name, err.Error())
	}
	// The value must not be saved before what belongs into it has come.
	v.busy.Lock()
	defer v.busy.Unlock()
	if e, ok := h.register(v); ok {
		h.restore(v, e)
	}
}

func (h *handover) takeName(name string) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	taken := h.names[name]
	h.names[name] = true
	return !taken
}

// register adds a variable, and returns the value that has come for it.
func (h *handover) register(v *variable) (entry, bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.kept = append(h.kept, v)
	e, ok := h.arrived[v.name]
	delete(h.arrived, v.name)
	return e, ok
}

// restore is called while v.busy is held.
func (h *handover) restore(v *variable, e entry) bool {
	err := v.set(e)
	switch {
	case err == nil:
		h.say("restored", v.name)
	case errors.Is(err, errChanged):
		h.say("changed", v.name)
	default:
		h.say("unsaved", v.name, err.Error())
	}
	return err == nil
}

// arrive takes the values of a file, which is closed.
func (h *handover) arrive(file *os.File) {
	defer file.Close()
	entries, err := readState(file)
	if err != nil {
		h.say("unsaved", everything, err.Error())
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, e := range entries {
		h.arrived[e.Name] = e
		delete(h.missed, e.Name)
	}
}

// everything stands for the name of a value where all are meant.
const everything = "*"

// listen obeys gust until the channel ends.
func (h *handover) listen() {
	for {
		words, fd := h.receive()
		if words == nil {
			return
		}
		switch words[0] {
		case "save":
			h.later(h.save)
		case "load":
			if fd >= 0 {
				file := os.NewFile(uintptr(fd), "gust state")
				fd = -1
				h.later(func() { h.load(file) })
			}
		case "drain":
			h.drain()
		}
		if fd >= 0 {
			_ = syscall.Close(fd)
		}
	}
}

// later queues a job. gust waits for the answer to one before it asks for the next, so that the
// queue is full only when the program holds a lock for ever.
func (h *handover) later(job func()) {
	select {
	case h.jobs <- job:
	default:
	}
}

func (h *handover) work() {
	for job := range h.jobs {
		job()
	}
}

// save sends all values, each as it is at one moment.
func (h *handover) save() {
	var entries []entry
	for _, v := range h.variables() {
		e, lossy, err := v.get()
		for _, field := range lossy {
			h.say("lossy", v.name, field)
		}
		if err != nil {
			h.say("unsaved", v.name, err.Error())
			continue
		}
		entries = append(entries, e)
	}
	h.tellMissed()
	file, size, err := writeState(entries)
	if err != nil {
		h.say("unsaved", everything, err.Error())
		h.tell("state 0 0", -1)
		return
	}
	defer file.Close()
	h.tell(fmt.Sprintf("state %d %d", len(entries), size), int(file.Fd()))
}

// load puts the values of a file into the variables that are kept so far. Those that are kept later
// get theirs then.
func (h *handover) load(file *os.File) {
	h.arrive(file)
	count := 0
	for _, v := range h.variables() {
		v.busy.Lock()
		h.mu.Lock()
		e, ok := h.arrived[v.name]
		delete(h.arrived, v.name)
		h.mu.Unlock()
		if ok && h.restore(v, e) {
			count++
		}
		v.busy.Unlock()
	}
	h.tellMissed()
	h.say("loaded", strconv.Itoa(count))
}

func (h *handover) variables() []*variable {
	h.mu.Lock()
	defer h.mu.Unlock()
	return append([]*variable(nil), h.kept...)
}

// tellMissed names the values for which nobody has asked, each once.
func (h *handover) tellMissed() {
	h.mu.Lock()
	var missed []string
	for name := range h.arrived {
		if !h.missed[name] {
			h.missed[name] = true
			missed = append(missed, name)
		}
	}
	h.mu.Unlock()
	sort.Strings(missed)
	for _, name := range missed {
		h.say("dropped", name)
	}
}

// say sends words, of which all but the first are escaped.
func (h *handover) say(verb string, words ...string) {
	message := verb
	for _, word := range words {
		message += " " + shorten(escape(word))
	}
	h.tell(message, -1)
}

// shorten cuts an escaped word, but not within an escape.
func shorten(word string) string {
	if len(word) <= longestWord {
		return word
	}
	word = word[:longestWord]
	if i := strings.LastIndexByte(word, '%'); i > longestWord-3 {
		word = word[:i]
	}
	return word
}

// patience is how long a message may wait for gust to take it. It takes them at once; but whatever
// happens to it, the program goes on.
const patience = 5 * time.Second

// tell sends a message, with a copy of a descriptor if it is not negative. When gust is gone nobody
// is left to be told that it failed.
func (h *handover) tell(message string, fd int) {
	var rights []byte
	if fd >= 0 {
		rights = syscall.UnixRights(fd)
	}
	_ = h.channel.SetWriteDeadline(time.Now().Add(patience))
	_ = h.raw.Write(func(channel uintptr) bool {
		for {
			err := syscall.Sendmsg(int(channel), []byte(message), rights, nil, syscall.MSG_NOSIGNAL)
			if err != syscall.EINTR {
				return err != syscall.EAGAIN
			}
		}
	})
}

// receive returns the words of the next message and its descriptor, or -1. No words: the channel
// has ended.
func (h *handover) receive() (words []string, fd int) {
	buffer, rights := make([]byte, 256), make([]byte, 64)
	var n, size int
	var err error
	waited := h.raw.Read(func(channel uintptr) bool {
		for {
			n, size, _, _, err = syscall.Recvmsg(int(channel), buffer, rights, syscall.MSG_CMSG_CLOEXEC)
			if err != syscall.EINTR {
				return err != syscall.EAGAIN
			}
		}
	})
	if waited != nil || err != nil || n == 0 {
		return nil, -1
	}
	fd = firstDescriptor(rights[:size])
	words = strings.Fields(string(buffer[:n]))
	if len(words) == 0 {
		words = []string{""}
	}
	return words, fd
}

// firstDescriptor returns the first one that came with a message, or -1, and closes the others.
func firstDescriptor(rights []byte) int {
	first := -1
	messages, _ := syscall.ParseSocketControlMessage(rights)
	for i := range messages {
		fds, _ := syscall.ParseUnixRights(&messages[i])
		for _, fd := range fds {
			if first < 0 {
				first = fd
				continue
			}
			_ = syscall.Close(fd)
		}
	}
	return first
}
