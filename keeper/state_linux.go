package main

import (
	"net/url"
	"os"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"
)

// stateLink is the channel by which a program hands its state over, if it uses the package of
// state/gust; otherwise it never says hello. The descriptors that travel are files whose contents
// nobody looks into here.
type stateLink struct {
	channel *os.File
	tell    func(event stateEvent)
	// ended is closed when nothing more can come.
	ended chan struct{}

	// asking is held from a question to its answer, so that there is one at a time.
	asking sync.Mutex

	mu    sync.Mutex
	hello bool
	kept  []string
	// news is what the program has said since the last event.
	news stateEvent
	// burst runs while the program says what it keeps; at its end that is told.
	burst *time.Timer
	// saves and loads are questions without an answer yet, the newest last: answers come in the same
	// order. Who gave up has nil in his place, because his answer may still come.
	saves []chan int
	loads []chan int
}

// keepBurst is how long after the first value that a program keeps the others are waited for, so
// that one event tells of them all.
const keepBurst = 50 * time.Millisecond

// longestList limits what one event tells. A program that keeps more values is not a usual one.
const longestList = 1000

// newStateLink makes the channel; theirFd is for the program, and to be closed here once it has it.
func newStateLink(tell func(event stateEvent)) (link *stateLink, theirFd int, err error) {
	pair, err := syscall.Socketpair(syscall.AF_UNIX, syscall.SOCK_SEQPACKET|syscall.SOCK_CLOEXEC, 0)
	if err != nil {
		return nil, -1, err
	}
	if err := syscall.SetNonblock(pair[0], true); err != nil {
		closeAll(pair[:])
		return nil, -1, err
	}
	return &stateLink{
		channel: os.NewFile(uintptr(pair[0]), "state"),
		tell:    tell,
		ended:   make(chan struct{}),
	}, pair[1], nil
}

// run reads what the program says, until it has ended. It is called once.
func (l *stateLink) run() {
	if raw, err := l.channel.SyscallConn(); err == nil {
		_ = raw.Read(func(fd uintptr) bool { return l.read(int(fd)) })
	}
	close(l.ended)
}

// read takes all messages that have come, and says whether the channel has ended.
func (l *stateLink) read(fd int) bool {
	return receive(fd, 2048, func(message string, fds []int) { l.hear(wordsOf(message), fds) })
}

// wordsOf splits a message, and undoes what the program did to send any text as one word.
func wordsOf(message string) []string {
	words := strings.Fields(message)
	for i, word := range words {
		if text, err := url.PathUnescape(word); err == nil {
			words[i] = text
		}
	}
	return words
}

func (l *stateLink) hear(words []string, fds []int) {
	// Takes the descriptors that nobody wanted.
	defer func() { closeAll(fds) }()
	switch {
	case len(words) == 2 && words[0] == "hello":
		l.mu.Lock()
		l.hello = true
		l.mu.Unlock()
	case len(words) == 3 && words[0] == "state":
		fd := -1
		if len(fds) > 0 {
			fd, fds = fds[0], fds[1:]
		}
		bytes, _ := strconv.ParseInt(words[2], 10, 64)
		l.answer(&l.saves, "save", bytes, fd)
	case len(words) == 2 && words[0] == "loaded":
		l.answer(&l.loads, "load", 0, -1)
	default:
		l.note(words)
	}
}

// note remembers what an event will tell.
func (l *stateLink) note(words []string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	switch {
	case len(words) == 2 && words[0] == "kept":
		l.kept = limited(l.kept, words[1])
	case len(words) == 2 && words[0] == "restored":
		l.news.Restored = limited(l.news.Restored, words[1])
	case len(words) == 2 && words[0] == "changed":
		l.news.Changed = limited(l.news.Changed, words[1])
	case len(words) == 2 && words[0] == "dropped":
		l.news.Dropped = limited(l.news.Dropped, words[1])
	case len(words) == 3 && words[0] == "lossy":
		l.news.Lossy = limited(l.news.Lossy, stateLoss{Name: words[1], Field: words[2]})
	case len(words) == 3 && words[0] == "unsaved":
		l.news.Unsaved = limited(l.news.Unsaved, stateFailure{Name: words[1], Reason: words[2]})
	default:
		return
	}
	l.tellLater()
}

// tellLater is called with mu held.
func (l *stateLink) tellLater() {
	if l.burst == nil {
		l.burst = time.AfterFunc(keepBurst, l.tellKept)
	}
}

func limited[T any](list []T, item T) []T {
	if len(list) >= longestList {
		return list
	}
	return append(list, item)
}

// tellKept tells what the program said of its own accord, if there is anything but names in it.
// While somebody waits for an answer, what was said belongs to that.
func (l *stateLink) tellKept() {
	l.mu.Lock()
	l.burst = nil
	news := l.news
	said := len(news.Restored) + len(news.Changed) + len(news.Dropped) + len(news.Lossy) + len(news.Unsaved)
	if said == 0 || isAwaited(l.saves) || isAwaited(l.loads) || l.hasEnded() {
		l.mu.Unlock()
		return
	}
	event := l.takeNews("keep", 0)
	l.mu.Unlock()
	l.tell(event)
}

func isAwaited(asked []chan int) bool {
	for _, question := range asked {
		if question != nil {
			return true
		}
	}
	return false
}

// takeNews is called with mu held. Lists are never nil, because they become JSON.
func (l *stateLink) takeNews(phase string, bytes int64) stateEvent {
	news := l.news
	l.news = stateEvent{}
	return stateEvent{
		Event: "state", Phase: phase, Bytes: bytes,
		Kept:     append([]string{}, l.kept...),
		Restored: append([]string{}, news.Restored...),
		Changed:  append([]string{}, news.Changed...),
		Dropped:  append([]string{}, news.Dropped...),
		Lossy:    append([]stateLoss{}, news.Lossy...),
		Unsaved:  append([]stateFailure{}, news.Unsaved...),
	}
}

// answer gives the oldest question its answer, after the event. What nobody waits for is closed.
func (l *stateLink) answer(asked *[]chan int, phase string, bytes int64, fd int) {
	l.mu.Lock()
	var to chan int
	if len(*asked) > 0 {
		to = (*asked)[0]
		*asked = (*asked)[1:]
	}
	if to == nil {
		l.tellLater()
		l.mu.Unlock()
		closeDescriptor(fd)
		return
	}
	event := l.takeNews(phase, bytes)
	l.mu.Unlock()
	l.tell(event)
	// It has room for one, and gets one.
	to <- fd
}

func closeDescriptor(fd int) {
	if fd >= 0 {
		_ = syscall.Close(fd)
	}
}

// greeted says whether the program uses the package.
func (l *stateLink) greeted() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.hello
}

func (l *stateLink) hasEnded() bool {
	select {
	case <-l.ended:
		return true
	default:
		return false
	}
}

// save asks for the state, and returns a descriptor of it that is the caller's. It waits no longer
// than the timeout; not ok: the program has none, or it did not come in time.
func (l *stateLink) save(timeout time.Duration) (fd int, ok bool) {
	fd, answered := l.ask(&l.saves, "save", -1, timeout)
	return fd, answered && fd >= 0
}

// load sends a state, of which the descriptor stays the caller's, and waits until the program has
// taken it, but no longer than the timeout.
func (l *stateLink) load(fd int, timeout time.Duration) (ok bool) {
	_, answered := l.ask(&l.loads, "load", fd, timeout)
	return answered
}

func (l *stateLink) ask(asked *[]chan int, message string, fd int, timeout time.Duration) (answer int, ok bool) {
	l.asking.Lock()
	defer l.asking.Unlock()
	if !l.greeted() || l.hasEnded() {
		return -1, false
	}
	mine := make(chan int, 1)
	l.mu.Lock()
	*asked = append(*asked, mine)
	l.mu.Unlock()
	timer := time.NewTimer(timeout)
	defer timer.Stop()
	_ = l.channel.SetWriteDeadline(time.Now().Add(timeout))
	if err := l.send(message, fd); err != nil {
		// Nobody will answer what was not asked.
		l.mu.Lock()
		*asked = (*asked)[:len(*asked)-1]
		l.mu.Unlock()
		return -1, false
	}
	select {
	case answer := <-mine:
		return answer, true
	case <-l.ended:
	case <-timer.C:
	}
	return l.giveUp(asked, mine)
}

// giveUp leaves a question, unless its answer is just being given.
func (l *stateLink) giveUp(asked *[]chan int, mine chan int) (answer int, ok bool) {
	l.mu.Lock()
	for i, question := range *asked {
		if question == mine {
			(*asked)[i] = nil
			l.tellLater()
			l.mu.Unlock()
			return -1, false
		}
	}
	l.mu.Unlock()
	return <-mine, true
}

// drain says that another version takes the program's place.
func (l *stateLink) drain() error {
	_ = l.channel.SetWriteDeadline(time.Now().Add(drainPatience))
	return l.send("drain", -1)
}

// drainPatience is for a program that reads no messages any more.
const drainPatience = time.Second

// send sends a message with a descriptor, if it is not negative.
func (l *stateLink) send(message string, fd int) error {
	raw, err := l.channel.SyscallConn()
	if err != nil {
		return err
	}
	var rights []byte
	if fd >= 0 {
		rights = syscall.UnixRights(fd)
	}
	var failed error
	err = raw.Write(func(channel uintptr) bool {
		failed = syscall.Sendmsg(int(channel), []byte(message), rights, nil, syscall.MSG_NOSIGNAL)
		return failed != syscall.EAGAIN
	})
	if err != nil {
		return err
	}
	return failed
}

// close ends the channel, and run with it.
func (l *stateLink) close() { _ = l.channel.Close() }
