package gust__shim

import (
	gust__os "os"
	gust__strconv "strconv"
	gust__sync "sync"
	gust__syscall "syscall"
)

// This file and its siblings were added by gust (see docs/keeper.md there). Without the variable
// GUST_FD, which only gust sets, they do nothing.

// gust__started is a variable, not an init function, to be first.
var gust__started = gust__start()

// gust__mu guards everything that is not said to be guarded otherwise. It is the last in the order
// of locks: http.Server.mu, connReader.mu, gust__mu. Under it nothing may wait, and nothing may be
// closed by the packages os and net, as that asks for it again.
var gust__mu gust__sync.Mutex

func gust__start() bool {
	text, ok := gust__os.LookupEnv("GUST_FD")
	if !ok {
		return false
	}
	inherited := gust__os.Getenv("GUST_LISTEN")
	gated := gust__os.Getenv("GUST_GATE") != ""
	gust__setLabel(gust__split(gust__os.Getenv("GUST_LABEL"), ' '))
	gust__own = gust__split(gust__os.Getenv("GUST_OWN"), ';')
	gust__desk = gust__os.Getenv("GUST_PAGES")
	gust__run = gust__short(gust__os.Getenv("GUST_RUN"))
	// What this program starts is not meant.
	for _, name := range []string{"GUST_FD", "GUST_LISTEN", "GUST_GATE", "GUST_LABEL", "GUST_OWN", "GUST_PAGES"} {
		_ = gust__os.Unsetenv(name)
	}
	fd, err := gust__strconv.Atoi(text)
	if err != nil || !gust__isSocket(fd) {
		return false
	}
	gust__syscall.CloseOnExec(fd)
	_ = gust__syscall.SetNonblock(fd, true)
	gust__keeper.fd = fd
	gust__gated = gated
	for _, field := range gust__split(inherited, ';') {
		if fd, err := gust__strconv.Atoi(field); err == nil {
			gust__inherit(fd)
		}
	}
	gust__hookSockets()
	_ = gust__keeper.tell(gust__hello, -1)
	return true
}

// gust__hello is also what gust looks for in a binary that it has not built itself.
const gust__hello = "hello 1 gust-shim-is-in"

// gust__short is enough of a name, and nothing but letters and digits.
func gust__short(name string) string {
	const length = 8
	if len(name) > length {
		name = name[:length]
	}
	for i := 0; i < len(name); i++ {
		if c := name[i]; (c < 'a' || c > 'z') && (c < '0' || c > '9') {
			return ""
		}
	}
	return name
}

func gust__isSocket(fd int) bool {
	var stat gust__syscall.Stat_t
	return gust__syscall.Fstat(fd, &stat) == nil && stat.Mode&gust__syscall.S_IFMT == gust__syscall.S_IFSOCK
}

// gust__split returns the parts of a text that are not empty. (The package net does without the
// package strings, and so do we.)
func gust__split(text string, separator byte) []string {
	var parts []string
	begin := 0
	for i := 0; i <= len(text); i++ {
		if i < len(text) && text[i] != separator {
			continue
		}
		if i > begin {
			parts = append(parts, text[begin:i])
		}
		begin = i + 1
	}
	return parts
}

// These are set where net/http is linked. gust__young counts connections whose first request is under
// way; gust__goodbye tells the clients of connections that cannot be moved to come again; gust__sweep
// moves what can be moved now, and says how much that was; gust__busy counts the requests that end
// by themselves; gust__closeStreams ends the others and says how many they were.
var (
	gust__young        func() int
	gust__goodbye      func()
	gust__sweep        func() int
	gust__busy         func() int
	gust__closeStreams func() int
)

// gust__closeIdle is set where fasthttp is linked: it ends idle connections.
var gust__closeIdle func()
