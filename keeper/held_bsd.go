//go:build darwin || freebsd || netbsd || openbsd || dragonfly

package main

// Sockets are not held here: each process opens its own, after its predecessor has ended.

type heldSockets struct{}

func (h *heldSockets) release([]address) {}

type shim struct{}

func (s *shim) run()   {}
func (s *shim) end()   {}
func (s *shim) close() {}
func (s *shim) leave() {}

func (s *shim) catchUp() {}

func (k *keeper) drain(c, to *child, milliseconds int) {}

func (p *plumbing) connectHeld(*command) error { return nil }
