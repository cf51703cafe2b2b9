package main

import (
	"os"
	"strconv"
	"syscall"
	"unsafe"
)

// openTerminal makes a pseudo-terminal that passes output on unchanged.
func openTerminal(spec *terminalSpec) (master, slave int, err error) {
	const flags = syscall.O_RDWR | syscall.O_NOCTTY | syscall.O_CLOEXEC
	master, err = syscall.Open("/dev/ptmx", flags|syscall.O_NONBLOCK, 0)
	if err != nil {
		return -1, -1, os.NewSyscallError("open /dev/ptmx", err)
	}
	var unlock int32
	var number uint32
	err = ioctl(master, syscall.TIOCSPTLCK, unsafe.Pointer(&unlock))
	if err == nil {
		err = ioctl(master, syscall.TIOCGPTN, unsafe.Pointer(&number))
	}
	if err == nil {
		slave, err = syscall.Open("/dev/pts/"+strconv.FormatUint(uint64(number), 10), flags, 0)
	}
	if err == nil {
		if err = prepareTerminal(slave, spec); err != nil {
			_ = syscall.Close(slave)
		}
	}
	if err != nil {
		_ = syscall.Close(master)
		return -1, -1, err
	}
	return master, slave, nil
}

const (
	getAttributes = syscall.TCGETS
	setAttributes = syscall.TCSETS
)
