//go:build darwin || freebsd || netbsd || openbsd || dragonfly

package main

// socketWatch cannot be had here.
type socketWatch struct{}

func newSocketWatch(*child) *socketWatch { return nil }

func (w *socketWatch) run()            {}
func (w *socketWatch) stop()           {}
func (w *socketWatch) remember()       {}
func (w *socketWatch) held() []address { return []address{} }

func portOwner(uint16) (pid int, name string) { return 0, "" }
