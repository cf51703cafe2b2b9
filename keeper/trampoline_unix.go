//go:build linux || darwin || freebsd || netbsd || openbsd || dragonfly

package main

import (
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"syscall"
)

// A program that has to find its own process number in its environment is started by our own
// executable, which becomes the program: only the process itself knows the number in time. It stays
// the same process, so that group, session, parent-death signal and descriptors are the program's.

// The first arguments by which this executable becomes a program: one that gets listening sockets
// (LISTEN_PID), and the first one of a run (GUST_ORIG_PID), which may be both.
const (
	becomeServiceWord = "become-service"
	becomeFirstWord   = "become-first"
	becomeBothWord    = "become-first-service"
)

// firstMark is how gust says that the child is the first of its run.
const firstMark = "GUST_ORIG_PID="

// throughTrampoline says what to execute for a program, given whether it gets listening sockets.
func throughTrampoline(path string, argv []string, env []string, service bool) (string, []string) {
	first := slices.Contains(env, firstMark)
	word := becomeServiceWord
	switch {
	case first && service:
		word = becomeBothWord
	case first:
		word = becomeFirstWord
	case !service:
		return path, argv
	}
	self, ok := ownExecutable()
	if !ok {
		return path, argv
	}
	return self, append([]string{"gust-keeper", word, path}, argv...)
}

// becomeProgram is what the trampoline does; it returns where this process is none.
func becomeProgram(args []string) {
	if len(args) < 3 {
		return
	}
	env := os.Environ()
	switch args[0] {
	case becomeServiceWord:
		env = withListenPid(env, os.Getpid())
	case becomeFirstWord:
		env = withOrigPid(env, os.Getpid())
	case becomeBothWord:
		env = withListenPid(withOrigPid(env, os.Getpid()), os.Getpid())
	default:
		return
	}
	err := syscall.Exec(args[1], args[2:], env)
	fmt.Fprintf(os.Stderr, "%s could not be started: %v\n", args[1], err)
	os.Exit(126)
}

func withListenPid(env []string, pid int) []string {
	env = slices.DeleteFunc(env, func(one string) bool { return strings.HasPrefix(one, "LISTEN_PID=") })
	return append(env, fmt.Sprintf("LISTEN_PID=%d", pid))
}

// withOrigPid fills in what gust has left open: the variable, and the end of the attributes.
func withOrigPid(env []string, pid int) []string {
	number := strconv.Itoa(pid)
	for i, one := range env {
		if one == firstMark || strings.HasPrefix(one, "OTEL_RESOURCE_ATTRIBUTES=") && strings.HasSuffix(one, "gust.orig_pid=") {
			env[i] = one + number
		}
	}
	return env
}
