package main

import (
	"sync"
	"time"
)

// A silence is the time in which clients of a kind ask and none of them gets an answer, nor a
// message of a stream. What they leave between requests is none, unless the one before was in vain.
type silence struct {
	mutex sync.Mutex
	// answered tells of each client whether its step has brought anything.
	answered []bool
	working  int
	// waiting: since then somebody waits, or has waited in vain.
	waiting bool
	since   time.Time
	longest time.Duration
}

func newSilence(clients int) silence {
	return silence{answered: make([]bool, clients)}
}

func (s *silence) began(client int) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	s.answered[client] = false
	s.working++
	if !s.waiting {
		s.waiting, s.since = true, time.Now()
	}
}

func (s *silence) broken(client int) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	now := time.Now()
	s.longest = max(s.longest, now.Sub(s.since))
	s.answered[client] = true
	s.since = now
}

func (s *silence) finished(client int) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	s.working--
	s.waiting = s.working > 0 || !s.answered[client]
}

// until is the longest silence up to then, with one that still lasts.
func (s *silence) until(then time.Time) time.Duration {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	if !s.waiting {
		return s.longest
	}
	return max(s.longest, then.Sub(s.since))
}
