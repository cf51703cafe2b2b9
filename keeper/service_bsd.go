//go:build darwin || freebsd || netbsd || openbsd || dragonfly

package main

import (
	"errors"
	"os"
)

// Programs are not served here: nothing would see to it that a descriptor is the program's alone.

type passedSockets struct{}

func (p *passedSockets) take(_ int, inherited, listen []string) error {
	if len(inherited)+len(listen) == 0 {
		return nil
	}
	return errors.New("listening sockets cannot be passed on, on this system")
}

func (p *passedSockets) close() {}

type newsSocket struct{}

func (s *newsSocket) run(*child) {}
func (s *newsSocket) close()     {}

func (p *plumbing) connectService(*command) error { return nil }

func ownExecutable() (string, bool) {
	path, err := os.Executable()
	return path, err == nil
}

func notify(string) error { return nil }

func (c *child) accepted([]uint16, uint16) []uint16 { return []uint16{} }
