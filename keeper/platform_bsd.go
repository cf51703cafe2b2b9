//go:build darwin || freebsd || netbsd || openbsd || dragonfly

package main

import "syscall"

var platform = capabilities{Terminal: terminals}

// becomeReaper does nothing here: orphans go to the system's first process.
func becomeReaper() {}

func childAttributes(onTerminal bool, terminalFd int) *syscall.SysProcAttr {
	if onTerminal {
		return &syscall.SysProcAttr{Setsid: true, Setctty: true, Ctty: terminalFd}
	}
	return &syscall.SysProcAttr{Setpgid: true}
}

func makePipe() (reading, writing int, err error) {
	var fds [2]int
	// Without pipe2 a fork between the two steps would inherit the pipe.
	syscall.ForkLock.RLock()
	defer syscall.ForkLock.RUnlock()
	if err := syscall.Pipe(fds[:]); err != nil {
		return -1, -1, err
	}
	syscall.CloseOnExec(fds[0])
	syscall.CloseOnExec(fds[1])
	return fds[0], fds[1], nil
}

// beNice would make the whole keeper nice here.
func beNice(int) {}

// makeNice adds to the niceness of a child that runs already.
func makeNice(pid, nice int) error {
	current, err := syscall.Getpriority(syscall.PRIO_PROCESS, 0)
	if err != nil {
		return err
	}
	return syscall.Setpriority(syscall.PRIO_PGRP, pid, current+nice)
}
