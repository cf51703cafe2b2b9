package main

import (
	"bytes"
	"os"
	"syscall"
	"unsafe"
)

const terminals = true

// openTerminal makes a pseudo-terminal that passes output on unchanged.
func openTerminal(spec *terminalSpec) (master, slave int, err error) {
	const flags = syscall.O_RDWR | syscall.O_NOCTTY | syscall.O_CLOEXEC
	master, err = syscall.Open("/dev/ptmx", flags|syscall.O_NONBLOCK, 0)
	if err != nil {
		return -1, -1, os.NewSyscallError("open /dev/ptmx", err)
	}
	var name [128]byte
	err = ioctl(master, syscall.TIOCPTYGRANT, nil)
	if err == nil {
		err = ioctl(master, syscall.TIOCPTYUNLK, nil)
	}
	if err == nil {
		err = ioctl(master, syscall.TIOCPTYGNAME, unsafe.Pointer(&name[0]))
	}
	if err == nil {
		path, _, _ := bytes.Cut(name[:], []byte{0})
		slave, err = syscall.Open(string(path), flags, 0)
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
	getAttributes = syscall.TIOCGETA
	setAttributes = syscall.TIOCSETA
)
