//go:build linux || darwin || freebsd || netbsd || openbsd || dragonfly

package main

import (
	"errors"
	"fmt"
	"io"
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

// verdictDescriptor is where the trampoline tells why it could not become the program. It is closed by
// becoming it.
const verdictDescriptor = lifelineDescriptor - 3

// firstMark is how gust says that the child is the first of its run.
const firstMark = "GUST_ORIG_PID="

// throughTrampoline says what to execute for a program, given whether it gets listening sockets, and
// whether that is the trampoline.
func throughTrampoline(path string, argv []string, env []string, service bool) (string, []string, bool) {
	first := slices.Contains(env, firstMark)
	word := becomeServiceWord
	switch {
	case first && service:
		word = becomeBothWord
	case first:
		word = becomeFirstWord
	case !service:
		return path, argv, false
	}
	self, ok := ownExecutable()
	if !ok {
		return path, argv, false
	}
	return self, append([]string{"gust-keeper", word, path}, argv...), true
}

// forkTrampoline returns when the trampoline has become the program, or with the error for which it
// could not, as if the program had been executed at once. `attr` has a place for the verdict.
func forkTrampoline(attr *syscall.ProcAttr, fork func() (pid int, err error)) (int, error) {
	ours, theirs, err := makePipe()
	if err != nil {
		return 0, err
	}
	attr.Files[verdictDescriptor] = uintptr(theirs)
	pid, err := fork()
	_ = syscall.Close(theirs)
	verdict := os.NewFile(uintptr(ours), "verdict")
	defer verdict.Close()
	if err != nil {
		return 0, err
	}
	said, _ := io.ReadAll(verdict)
	number, err := strconv.Atoi(string(said))
	if err != nil {
		return pid, nil
	}
	for {
		if _, err := syscall.Wait4(pid, nil, 0, nil); err != syscall.EINTR {
			return 0, syscall.Errno(number)
		}
	}
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
	syscall.CloseOnExec(verdictDescriptor)
	err := syscall.Exec(args[1], args[2:], env)
	number := syscall.EINVAL
	errors.As(err, &number)
	_, _ = syscall.Write(verdictDescriptor, []byte(strconv.Itoa(int(number))))
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
