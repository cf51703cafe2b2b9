//go:build linux || darwin || freebsd || netbsd || openbsd || dragonfly

package main

import (
	"runtime"
	"syscall"
)

// spawner forks from one thread that never ends: the kernel sends the parent-death signal when the
// forking thread ends, not when the process does.
type spawner struct {
	requests chan forkRequest
}

type forkRequest struct {
	path  string
	argv  []string
	attr  *syscall.ProcAttr
	reply chan forkReply
}

type forkReply struct {
	pid int
	err error
}

// startSpawner starts a thread of this additional niceness, which its children inherit where
// niceness is one of threads.
func startSpawner(nice int) *spawner {
	s := &spawner{requests: make(chan forkRequest)}
	go func() {
		runtime.LockOSThread()
		if nice != 0 {
			beNice(nice)
		}
		for r := range s.requests {
			pid, err := syscall.ForkExec(r.path, r.argv, r.attr)
			r.reply <- forkReply{pid, err}
		}
	}()
	return s
}

func (s *spawner) fork(path string, argv []string, attr *syscall.ProcAttr) (int, error) {
	reply := make(chan forkReply)
	s.requests <- forkRequest{path, argv, attr, reply}
	r := <-reply
	return r.pid, r.err
}
