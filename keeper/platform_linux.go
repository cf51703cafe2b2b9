package main

import "syscall"

var platform = capabilities{Sockets: true, TreeProof: true, Terminal: true, ParentDeath: true, Held: true}

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

// beNice adds to the niceness of this thread. Only a negative one can fail, for want of a right.
func beNice(nice int) {
	// The system call returns 20 - niceness, so that it is never negative.
	if current, err := syscall.Getpriority(syscall.PRIO_PROCESS, 0); err == nil {
		_ = syscall.Setpriority(syscall.PRIO_PROCESS, 0, 20-current+nice)
	}
}

// makeNice has nothing to do here: the child inherited it.
func makeNice(int, int) error { return nil }
