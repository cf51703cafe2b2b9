//go:build darwin || freebsd || netbsd || openbsd || dragonfly

package main

import "time"

// State is not handed over here: the program's package does nothing on this system.

type stateLink struct{}

func newStateLink(func(event stateEvent)) (link *stateLink, theirFd int, err error) {
	return nil, -1, nil
}

func (l *stateLink) run() {}

func (l *stateLink) greeted() bool { return false }

func (l *stateLink) save(time.Duration) (fd int, ok bool) { return -1, false }

func (l *stateLink) load(int, time.Duration) (ok bool) { return false }

func (l *stateLink) drain() error { return nil }

func (l *stateLink) close() {}
