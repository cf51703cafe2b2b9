package main

import "syscall"

var platform = capabilities{Sockets: true, TreeProof: true, Terminal: true, ParentDeath: true}

// becomeReaper makes orphans of our children children of ours, so that none can hide.
func becomeReaper() {
	const setChildSubreaper = 36
	_, _, _ = syscall.RawSyscall(syscall.SYS_PRCTL, setChildSubreaper, 1, 0)
}

func childAttributes(onTerminal bool, terminalFd int) *syscall.SysProcAttr {
	attr := &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	if onTerminal {
		attr.Setsid, attr.Setctty, attr.Ctty = true, true, terminalFd
	} else {
		attr.Setpgid = true
	}
	return attr
}

func makePipe() (reading, writing int, err error) {
	var fds [2]int
	err = syscall.Pipe2(fds[:], syscall.O_CLOEXEC)
	return fds[0], fds[1], err
}

// lowerPriority adds to the niceness of the group: on Linux niceness is one of threads, and the
// program may have started some already.
func lowerPriority(pgid, nice int) error {
	// The system call returns 20 - niceness, so that it is never negative.
	current, err := syscall.Getpriority(syscall.PRIO_PROCESS, 0)
	if err != nil {
		return err
	}
	return syscall.Setpriority(syscall.PRIO_PGRP, pgid, 20-current+nice)
}
