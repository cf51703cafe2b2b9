package main

import (
	"fmt"
	"strconv"
	"sync"
	"time"
)

// printedMax is how many troubles of one kind are told: after so many there is nothing to learn.
const printedMax = 20_000

// counts is what the clients of a kind have seen.
type counts struct {
	Requests int `json:"requests"`
	Failures int `json:"failures"`
	Stale    int `json:"stale"`
	// Connections that each client has opened.
	Opened []int `json:"opened"`
	// Events of streams, and echoes of WebSockets.
	Messages int `json:"messages"`
	// Streams that ended as their protocol says: the last chunk, a close frame.
	Ended int `json:"ended"`
	// Streams whose connection just ended, between two messages.
	Cut int `json:"cut"`
}

// A trouble is something that a client should not have seen. Times are in Unix milliseconds.
type trouble struct {
	Line string `json:"line"`
	// failure: no answer, or a wrong one; stale: an answer that is too old; closed: a connection
	// that is kept alive was closed; cut: a stream ended without a goodbye; last: an answer that is
	// too old, with which the server has said goodbye to its connection.
	Trouble string `json:"trouble"`
	Kind    string `json:"kind"`
	Client  int    `json:"client"`
	Text    string `json:"text"`
	Began   int64  `json:"began"`
	Ended   int64  `json:"ended"`
}

type tally struct {
	load    *load
	kind    string
	mutex   sync.Mutex
	counts  counts
	printed int
	silence silence
}

func newTally(load *load, kind kind) *tally {
	return &tally{
		load:    load,
		kind:    kind.name,
		counts:  counts{Opened: make([]int, kind.clients)},
		silence: newSilence(kind.clients),
	}
}

func (t *tally) copied() counts {
	t.mutex.Lock()
	defer t.mutex.Unlock()
	copied := t.counts
	copied.Opened = append([]int(nil), t.counts.Opened...)
	return copied
}

func (t *tally) count(change func(counts *counts)) {
	t.mutex.Lock()
	defer t.mutex.Unlock()
	change(&t.counts)
}

// asked is what is known when something is asked for.
type asked struct {
	tally  *tally
	client int
	began  time.Time
	least  int64
}

func (t *tally) ask(client int) asked {
	return asked{tally: t, client: client, began: time.Now(), least: t.load.least.Load()}
}

// answered compares the number of an answer with what was live when it was asked for. After a
// rollback an older version is live again: then its answers are right too.
func (a asked) answered(number string) (stale bool) {
	return a.compared("stale", number)
}

func (a asked) compared(trouble, number string) (stale bool) {
	got, err := strconv.ParseInt(number, 10, 64)
	if err != nil {
		a.failed(fmt.Errorf("no number: %.80q", number))
		return false
	}
	a.tally.silence.broken(a.client)
	if got >= a.least || got >= a.tally.load.least.Load() {
		return false
	}
	a.tally.count(func(counts *counts) { counts.Stale++ })
	a.report(trouble, fmt.Sprintf("%d, though %d was live", got, a.least))
	return true
}

func (a asked) failed(err error) {
	a.tally.count(func(counts *counts) { counts.Failures++ })
	a.report("failure", err.Error())
}

// report writes a trouble with the time in which it came about.
func (a asked) report(what, text string) {
	many := false
	a.tally.count(func(*counts) {
		a.tally.printed++
		many = a.tally.printed > printedMax
	})
	if many {
		return
	}
	a.tally.load.print(trouble{
		Line: "trouble", Trouble: what, Kind: a.tally.kind, Client: a.client, Text: text,
		Began: a.began.UnixMilli(), Ended: time.Now().UnixMilli(),
	})
}
