package main

import (
	"os"
	"reflect"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// keeping is a program that keeps values, as seen from the keeper.
type keeping struct {
	t      *testing.T
	link   *stateLink
	events chan stateEvent
	// channel is the program's end.
	channel int
	closed  sync.Once
}

func newKeeping(t *testing.T) *keeping {
	t.Helper()
	events := make(chan stateEvent, 10)
	link, theirs, err := newStateLink(func(event stateEvent) { events <- event })
	if err != nil {
		t.Fatal(err)
	}
	go link.run()
	p := &keeping{t: t, link: link, events: events, channel: theirs}
	t.Cleanup(func() {
		p.end()
		link.close()
		<-link.ended
	})
	return p
}

func (p *keeping) end() { p.closed.Do(func() { _ = syscall.Close(p.channel) }) }

func (p *keeping) say(message string, fd int) {
	p.t.Helper()
	var rights []byte
	if fd >= 0 {
		rights = syscall.UnixRights(fd)
	}
	if err := syscall.Sendmsg(p.channel, []byte(message), rights, nil, 0); err != nil {
		p.t.Fatal(err)
	}
}

// greet says hello, and returns when that was heard.
func (p *keeping) greet(more ...string) {
	p.t.Helper()
	p.say("hello 1", -1)
	for _, message := range more {
		p.say(message, -1)
	}
	p.say("lossy a b", -1)
	p.event()
}

// hear returns the next message and its descriptor.
func (p *keeping) hear() (string, int) {
	p.t.Helper()
	buffer, rights := make([]byte, 100), make([]byte, 64)
	n, size, _, _, err := syscall.Recvmsg(p.channel, buffer, rights, syscall.MSG_CMSG_CLOEXEC)
	if err != nil {
		p.t.Fatal(err)
	}
	for _, fd := range descriptors(rights[:size]) {
		return string(buffer[:n]), fd
	}
	return string(buffer[:n]), -1
}

func (p *keeping) event() stateEvent {
	p.t.Helper()
	select {
	case event := <-p.events:
		return event
	case <-time.After(20 * time.Second):
		p.t.Fatal("no event")
	}
	return stateEvent{}
}

func (p *keeping) check(phase string, fill func(want *stateEvent)) {
	p.t.Helper()
	want := stateEvent{
		Event: "state", Phase: phase, Kept: []string{}, Restored: []string{}, Changed: []string{},
		Dropped: []string{}, Lossy: []stateLoss{}, Unsaved: []stateFailure{},
	}
	fill(&want)
	if got := p.event(); !reflect.DeepEqual(got, want) {
		p.t.Errorf("got %+v, want %+v", got, want)
	}
}

// stateFile returns a descriptor of a file with this text.
func stateFile(t *testing.T, text string) int {
	t.Helper()
	file, err := os.CreateTemp(t.TempDir(), "state")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = file.Close() })
	if _, err := file.WriteString(text); err != nil {
		t.Fatal(err)
	}
	return int(file.Fd())
}

func contents(t *testing.T, fd int) string {
	t.Helper()
	buffer := make([]byte, 100)
	n, err := syscall.Pread(fd, buffer, 0)
	if err != nil {
		t.Fatal(err)
	}
	return string(buffer[:n])
}

// long is a time that no test waits for.
const long = time.Minute

func TestAProgramWithoutThePackageIsNotAsked(t *testing.T) {
	p := newKeeping(t)
	if _, ok := p.link.save(long); ok || p.link.greeted() {
		t.Error("it has answered")
	}
	if p.link.load(0, long) {
		t.Error("it has loaded")
	}
}

func TestWhatIsKeptIsToldOnce(t *testing.T) {
	p := newKeeping(t)
	p.say("hello 1", -1)
	p.say("kept my%20counter", -1)
	p.say("restored my%20counter", -1)
	p.say("kept sessions", -1)
	p.say("lossy sessions [].token", -1)
	p.say("changed sessions", -1)
	p.say("unsaved * some%20reason", -1)
	p.say("nonsense", -1)
	p.check("keep", func(want *stateEvent) {
		want.Kept = []string{"my counter", "sessions"}
		want.Restored = []string{"my counter"}
		want.Lossy = []stateLoss{{"sessions", "[].token"}}
		want.Changed = []string{"sessions"}
		want.Unsaved = []stateFailure{{"*", "some reason"}}
	})
	if !p.link.greeted() {
		t.Error("not greeted")
	}
}

func TestStateGoesFromOneToTheOther(t *testing.T) {
	p := newKeeping(t)
	p.greet("kept a")
	file := stateFile(t, "state")
	go func() {
		_, _ = p.hear()
		p.say("unsaved b reason", -1)
		p.say("state 1 5", file)
	}()
	fd, ok := p.link.save(long)
	if !ok {
		t.Fatal("nothing saved")
	}
	defer syscall.Close(fd)
	p.check("save", func(want *stateEvent) {
		want.Kept = []string{"a"}
		want.Unsaved = []stateFailure{{"b", "reason"}}
		want.Bytes = 5
	})

	next := newKeeping(t)
	next.greet("kept a")
	loaded := make(chan bool)
	go func() { loaded <- next.link.load(fd, long) }()
	message, came := next.hear()
	if message != "load" || contents(t, came) != "state" {
		t.Errorf("got %q", message)
	}
	_ = syscall.Close(came)
	next.say("restored a", -1)
	next.say("dropped c", -1)
	next.say("loaded 1", -1)
	if !<-loaded {
		t.Error("not loaded")
	}
	next.check("load", func(want *stateEvent) {
		want.Kept = []string{"a"}
		want.Restored = []string{"a"}
		want.Dropped = []string{"c"}
	})
	// It can be loaded again, by a version that is built later.
	if contents(t, fd) != "state" {
		t.Error("the descriptor is spoiled")
	}
}

func TestALateAnswerIsNotThatOfTheNextQuestion(t *testing.T) {
	p := newKeeping(t)
	p.greet()
	if _, ok := p.link.save(time.Millisecond); ok {
		t.Error("answered before it was asked")
	}
	before, after := stateFile(t, "old"), stateFile(t, "new")
	go func() {
		_, _ = p.hear()
		p.say("unsaved a late", -1)
		p.say("state 1 3", before)
		_, _ = p.hear()
		p.say("state 1 3", after)
	}()
	fd, ok := p.link.save(long)
	if !ok || contents(t, fd) != "new" {
		t.Error("the wrong answer")
	}
	_ = syscall.Close(fd)
}

func TestASaveThatFailedHasNoDescriptor(t *testing.T) {
	p := newKeeping(t)
	p.greet()
	go func() {
		_, _ = p.hear()
		p.say("state 0 0", -1)
	}()
	if _, ok := p.link.save(long); ok {
		t.Error("it is ok")
	}
}

func TestTheEndOfTheProgramEndsTheWaiting(t *testing.T) {
	p := newKeeping(t)
	p.greet()
	go func() {
		_, _ = p.hear()
		p.end()
	}()
	if _, ok := p.link.save(long); ok {
		t.Error("saved after its end")
	}
	if p.link.load(0, long) {
		t.Error("loaded after its end")
	}
}

func TestTheProgramIsToldToDrain(t *testing.T) {
	p := newKeeping(t)
	if err := p.link.drain(); err != nil {
		t.Fatal(err)
	}
	if message, _ := p.hear(); message != "drain" {
		t.Errorf("got %q", message)
	}
}

func TestDescriptorsThatNobodyWantsAreClosed(t *testing.T) {
	p := newKeeping(t)
	pipe := make([]int, 2)
	if err := syscall.Pipe(pipe); err != nil {
		t.Fatal(err)
	}
	p.say("state 1 1", pipe[1])
	p.say("kept a", pipe[1])
	_ = syscall.Close(pipe[1])
	// The read returns when the last writing end is closed.
	if n, err := syscall.Read(pipe[0], make([]byte, 1)); n != 0 || err != nil {
		t.Errorf("got %d %v", n, err)
	}
	_ = syscall.Close(pipe[0])
}

func TestListsOfAnEventAreLimited(t *testing.T) {
	p := newKeeping(t)
	p.say("hello 1", -1)
	for i := 0; i < longestList+10; i++ {
		p.say("lossy a "+strings.Repeat("x", 200), -1)
	}
	total := 0
	for total < longestList {
		lossy := len(p.event().Lossy)
		if lossy > longestList {
			t.Fatalf("%d in one event", lossy)
		}
		total += lossy
	}
}
