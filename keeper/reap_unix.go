//go:build linux || darwin || freebsd || netbsd || openbsd || dragonfly

package main

import (
	"os"
	"os/signal"
	"syscall"
)

// reapForever collects every child that ends, and every orphan that was handed to us.
func (k *keeper) reapForever() {
	ended := make(chan os.Signal, 1)
	signal.Notify(ended, syscall.SIGCHLD)
	for {
		if k.reapAll() {
			for _, c := range k.all() {
				c.poke()
			}
		}
		<-ended
	}
}

// reapAll collects all that ended so far, and says whether there was any.
func (k *keeper) reapAll() bool {
	found := false
	for k.reapOne() {
		found = true
	}
	return found
}

func (k *keeper) reapOne() bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	var status syscall.WaitStatus
	pid, err := syscall.Wait4(-1, &status, syscall.WNOHANG, nil)
	if err == syscall.EINTR {
		return true
	}
	k.childless = err == syscall.ECHILD
	if err != nil || pid <= 0 {
		return false
	}
	for _, c := range k.children {
		if c.pid == pid && !c.hasExited() {
			c.onExit(status)
		}
	}
	return true
}

func (k *keeper) isChildless() bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.childless
}
