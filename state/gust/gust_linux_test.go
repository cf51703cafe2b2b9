package gust

import (
	"reflect"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// keeper is the other end of the channel, as gust's keeper has it.
type keeper struct {
	t *testing.T
	h *handover
}

// newKeeper returns both ends; the second has the descriptor of the program's end.
func newKeeper(t *testing.T) (*keeper, int) {
	t.Helper()
	pair, err := syscall.Socketpair(syscall.AF_UNIX, syscall.SOCK_SEQPACKET|syscall.SOCK_CLOEXEC, 0)
	if err != nil {
		t.Fatal(err)
	}
	// The code that sends and receives messages is the same for both sides.
	k := &keeper{t, newHandover(pair[0], -1)}
	t.Cleanup(func() { _ = k.h.channel.Close() })
	return k, pair[1]
}

// expect reads messages, which have to be these, and returns the descriptor of the last.
func (k *keeper) expect(want ...string) int {
	k.t.Helper()
	last := -1
	for _, message := range want {
		_ = k.h.channel.SetReadDeadline(time.Now().Add(20 * time.Second))
		words, fd := k.h.receive()
		got := strings.Join(words, " ")
		if strings.HasSuffix(message, " …") {
			if message = strings.TrimSuffix(message, "…"); strings.HasPrefix(got, message) {
				got = message
			}
		}
		if got != message {
			k.t.Fatalf("got %q, want %q", got, message)
		}
		last = fd
	}
	return last
}

func (k *keeper) send(message string, fd int) { k.h.tell(message, fd) }

// save asks for the state and returns its descriptor.
func (k *keeper) save(want ...string) int {
	k.t.Helper()
	k.send("save", -1)
	fd := k.expect(want...)
	if fd < 0 {
		k.t.Fatal("no state has come")
	}
	k.t.Cleanup(func() { _ = syscall.Close(fd) })
	return fd
}

// program returns a handover in this process.
func program(t *testing.T, inherited int) (*keeper, *handover) {
	t.Helper()
	k, fd := newKeeper(t)
	if inherited >= 0 {
		var err error
		if inherited, err = syscall.Dup(inherited); err != nil {
			t.Fatal(err)
		}
	}
	h := newHandover(fd, inherited)
	t.Cleanup(func() { _ = h.channel.Close() })
	return k, h
}

func (h *handover) keepFor(name string, to any, locks ...sync.Locker) {
	h.keep(name, reflect.ValueOf(to).Elem(), locks)
}

func TestStateIsThereWhenKeepReturns(t *testing.T) {
	k, old := program(t, -1)
	n, text, gone := 5, "five", true
	old.keepFor("n", &n)
	old.keepFor("a text", &text)
	old.keepFor("gone", &gone)
	k.expect("hello 1", "kept n", "kept a%20text", "kept gone")
	state := k.save("state 3 …")

	k, next := program(t, state)
	var m int
	var other []byte
	next.keepFor("n", &m)
	next.keepFor("a text", &other)
	k.expect("hello 1", "kept n", "restored n", "kept a%20text", "changed a%20text")
	if m != 5 || other != nil {
		t.Errorf("got %d %q", m, other)
	}
	// What nobody asks for goes no further.
	k.save("dropped gone", "state 2 …")
	k.save("state 2 …")
}

func TestStateCanComeLater(t *testing.T) {
	k, old := program(t, -1)
	old.keepFor("n", point(5))
	old.keepFor("late", point(6))
	old.keepFor("bad", point(7))
	k.expect("hello 1", "kept n", "kept late", "kept bad")
	state := k.save("state 3 …")

	k, next := program(t, -1)
	var mu sync.Mutex
	n, late := 0, 0
	next.keepFor("n", &n, &mu)
	next.keepFor("bad", point("x"))
	k.expect("hello 1", "kept n", "kept bad")
	k.send("load", state)
	k.expect("restored n", "changed bad", "dropped late", "loaded 1")
	mu.Lock()
	if n != 5 {
		t.Errorf("got %d", n)
	}
	mu.Unlock()
	next.keepFor("late", &late, &mu)
	k.expect("kept late", "restored late")
	mu.Lock()
	if late != 6 {
		t.Errorf("got %d", late)
	}
	mu.Unlock()
	k.send("load", state)
	k.expect("restored n", "changed bad", "restored late", "loaded 2")
}

func TestLossesAreTold(t *testing.T) {
	k, h := program(t, -1)
	value := struct {
		Name   string
		secret int
	}{}
	var callback func()
	var something any = stranger{}
	h.keepFor("value", &value)
	h.keepFor("callback", &callback)
	h.keepFor("something", &something)
	k.expect("hello 1", "kept value", "lossy value secret",
		"kept callback", "unsaved callback gob%20cannot%20encode%20functions%20and%20channels",
		"kept something")
	k.save("unsaved callback …", "unsaved something …", "state 1 …")
}

func TestANameIsUsedOnce(t *testing.T) {
	_, h := program(t, -1)
	h.keepFor("n", point(1))
	defer func() {
		if want := `gust.Keep("n"): another value is kept by this name already`; recover() != want {
			t.Error("no panic, or another one")
		}
	}()
	h.keepFor("n", point(2))
}

func TestForeignStateIsTold(t *testing.T) {
	file, err := namelessFile()
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	if _, err := file.WriteString("something else, of another format"); err != nil {
		t.Fatal(err)
	}
	k, h := program(t, int(file.Fd()))
	n := 3
	h.keepFor("n", &n)
	k.expect("hello 1", "unsaved * …", "kept n")
	if n != 3 {
		t.Errorf("got %d", n)
	}
}

func TestALockThatIsHeldDelaysNothingButTheState(t *testing.T) {
	k, h := program(t, -1)
	h.begin()
	var mu sync.Mutex
	n := 1
	h.keepFor("n", &n, &mu)
	k.expect("hello 1", "kept n")
	mu.Lock()
	k.send("save", -1)
	k.send("drain", -1)
	<-h.version.Done()
	mu.Unlock()
	k.expect("state 1 …")
}

func TestTheEndOfGustIsHarmless(t *testing.T) {
	k, h := program(t, -1)
	n := 1
	h.keepFor("n", &n)
	_ = k.h.channel.Close()
	h.keepFor("m", &n)
	if h.version.Err() != nil {
		t.Error("the context has ended")
	}
}

func TestLongWordsAreCutBetweenEscapes(t *testing.T) {
	for spaces := 195; spaces < 205; spaces++ {
		word := shorten(strings.Repeat("a", spaces) + "%20%20%20")
		if len(word) > longestWord || strings.Contains(strings.ReplaceAll(word, "%20", ""), "%") {
			t.Errorf("got %q", word)
		}
	}
}

func TestStateIsWholeWhileTheProgramWorks(t *testing.T) {
	k, h := program(t, -1)
	var mu sync.Mutex
	pairs := map[int]int{}
	h.keepFor("pairs", &pairs, &mu)
	k.expect("hello 1", "kept pairs")
	stop := make(chan struct{})
	var workers sync.WaitGroup
	for w := 0; w < 4; w++ {
		workers.Add(1)
		go func(w int) {
			defer workers.Done()
			for i := w; ; i += 4 {
				select {
				case <-stop:
					return
				default:
				}
				mu.Lock()
				pairs[i%1000] = i
				pairs[-(i%1000)-1] = i
				mu.Unlock()
			}
		}(w)
	}
	for round := 0; round < 20; round++ {
		state := k.save("state 1 …")
		k2, next := program(t, state)
		var seen map[int]int
		next.keepFor("pairs", &seen)
		k2.expect("hello 1", "kept pairs", "restored pairs")
		for key, value := range seen {
			if key >= 0 && seen[-key-1] != value {
				t.Fatalf("half of a change: %d is %d, %d is %d", key, value, -key-1, seen[-key-1])
			}
		}
		k.send("load", state)
		k.expect("restored pairs", "loaded 1")
	}
	close(stop)
	workers.Wait()
}
