//go:build darwin || freebsd || netbsd || openbsd || dragonfly

package main

import "syscall"

// process is known here only as a member of a group.
type process struct{ pid int }

func (p process) id() processID { return processID{pid: p.pid} }

// tree knows groups only: who left the group of the main process is seen by the lifeline alone.
type tree struct{}

func newTree(string) *tree { return &tree{} }

func (t *tree) forget(uint32)            {}
func (t *tree) kill(process) bool        { return false }
func (t *tree) killStrays()              {}
func (t *tree) members(*child) []process { return nil }

// add forks a child.
func (t *tree) add(c *child, fork func() (pid int, err error)) (err error) {
	c.pid, err = fork()
	return err
}

// hasGroup tells by the null signal; where zombies count, that errs on the side of waiting.
func (t *tree) hasGroup(c *child) bool { return syscall.Kill(-c.pid, 0) == nil }

// isEmpty trusts the lifeline, and after SIGKILL also the end of the group: who left it and holds
// the lifeline cannot be found here.
func (t *tree) isEmpty(c *child, lifelineEnded, killing bool) bool {
	return lifelineEnded || (killing && !t.hasGroup(c))
}
