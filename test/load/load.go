package main

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// target is where the program listens.
type target struct{ port, tlsPort int }

func (t target) plain(path string) string {
	return fmt.Sprintf("http://127.0.0.1:%d%s", t.port, path)
}

func (t target) secure(path string) string {
	return fmt.Sprintf("https://127.0.0.1:%d%s", t.tlsPort, path)
}

// load is what all clients share.
type load struct {
	target target
	// least is the number that answers to what is asked now must have at least.
	least atomic.Int64
	// over is done when no client shall begin anything more.
	over     context.Context
	stop     context.CancelFunc
	tallies  []*tally
	printing sync.Mutex
}

func newLoad(target target) *load {
	over, stop := context.WithCancel(context.Background())
	return &load{target: target, over: over, stop: stop}
}

// A step is one thing that a client does: an exchange, or the whole life of a stream.
type step func()

// makers make the clients of each kind; index counts the clients of a kind.
var makers = map[string]func(l *load, t *tally, index int) step{
	"fresh":    newFresh,
	"kept":     newKept,
	"rare":     newKept,
	"slow":     newSlow,
	"tls":      newTLS,
	"h2":       newHTTP2,
	"sse":      newEvents,
	"ws":       newSocket,
	"upload":   newUpload,
	"download": newDownload,
}

type kind struct {
	name    string
	clients int
	rate    float64
}

type kindFlags []kind

func (k *kindFlags) String() string { return fmt.Sprint(*k) }

func (k *kindFlags) Set(text string) error {
	parts := strings.Split(text, ":")
	if len(parts) != 3 || makers[parts[0]] == nil {
		return fmt.Errorf("expected name:clients:rate with a known name")
	}
	clients, err := strconv.Atoi(parts[1])
	if err != nil || clients < 1 {
		return fmt.Errorf("no count of clients: %s", parts[1])
	}
	rate, err := strconv.ParseFloat(parts[2], 64)
	if err != nil || rate <= 0 {
		return fmt.Errorf("no rate: %s", parts[2])
	}
	*k = append(*k, kind{name: parts[0], clients: clients, rate: rate})
	return nil
}

// start lets the clients of a kind work until the load is over. They begin one after the other, so
// that they are spread over time.
func (l *load) start(kind kind, clients *sync.WaitGroup) {
	tally := newTally(l, kind)
	l.tallies = append(l.tallies, tally)
	every := time.Duration(float64(kind.clients) / kind.rate * float64(time.Second))
	for index := 0; index < kind.clients; index++ {
		step := heeded(makers[kind.name](l, tally, index), tally, index)
		begin := time.NewTimer(every * time.Duration(index) / time.Duration(kind.clients))
		clients.Add(1)
		go func() {
			defer clients.Done()
			l.repeat(step, begin, every)
		}()
	}
}

// heeded lets the silence of the kind know when a client waits for something.
func heeded(step step, t *tally, client int) step {
	return func() {
		t.silence.began(client)
		defer t.silence.finished(client)
		step()
	}
}

// repeat takes a step whenever it is time for one; one that takes longer delays the next.
func (l *load) repeat(step step, begin *time.Timer, every time.Duration) {
	defer begin.Stop()
	select {
	case <-begin.C:
	case <-l.over.Done():
		return
	}
	pace := time.NewTicker(every)
	defer pace.Stop()
	for {
		step()
		select {
		case <-pace.C:
		case <-l.over.Done():
		}
		if l.over.Err() != nil {
			return
		}
	}
}
