//go:build linux || darwin || freebsd || netbsd || openbsd || dragonfly

package main

// processID names a process for ever, where start is known.
type processID struct {
	pid   int
	start uint64
}
