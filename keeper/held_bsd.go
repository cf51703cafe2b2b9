//go:build darwin || freebsd || netbsd || openbsd || dragonfly

package main

// Sockets are not held here: each process opens its own, after its predecessor has ended.

type heldSockets struct{}

func (h *heldSockets) release([]address) {}
func (h *heldSockets) open([]address)    {}

type holder struct{}

func newHolder(*keeper) *holder   { return &holder{} }
func (h *holder) hold(c *command) {}

type shim struct{}

func (s *shim) run()   {}
func (s *shim) end()   {}
func (s *shim) close() {}
func (s *shim) leave() {}

func (s *shim) catchUp() {}

func (s *shim) isGated() bool { return false }

func (k *keeper) drain(c, to *child, spec *command) {}

func (k *keeper) probe(c *child, id uint32, port uint16) {
	k.events.send(probeEvent{Event: "probe", ID: id})
}

func (c *child) label(string)    {}
func (k *keeper) settleSockets() {}
func (c *child) requestReport()  {}

func (p *plumbing) connectHeld(*command) error { return nil }
