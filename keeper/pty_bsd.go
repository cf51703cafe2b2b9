//go:build freebsd || netbsd || openbsd || dragonfly

package main

import (
	"os"
	"syscall"
)

const terminals = false

func openTerminal(*terminalSpec) (master, slave int, err error) { return -1, -1, syscall.ENOSYS }

func setTerminalEcho(*os.File, bool) error { return syscall.ENOSYS }

func setTerminalSize(*os.File, uint16, uint16) error { return syscall.ENOSYS }
