package gust__shim

import (
	gust__runtime "runtime"
	gust__syscall "syscall"
)

// A unix socket is found by a file. Programs remove that of their predecessor before they listen,
// or rely on it to be removed by him; either way a successor makes a new file. So there is a
// second name for the file of a held socket, which is put back when the socket was adopted.

// gust__spare is the second name of the file of a held socket. The keeper knows it too.
func gust__spare(path string) string { return path + ".gust" }

// gust__unixPath returns the file of a socket, or nothing.
func gust__unixPath(name gust__syscall.Sockaddr) string {
	if unix, ok := name.(*gust__syscall.SockaddrUnix); ok && unix.Name != "" && unix.Name[0] != '@' {
		return unix.Name
	}
	return ""
}

// gust__putBack gives a held socket its name again.
func gust__putBack(path string) {
	if path == "" {
		return
	}
	_ = gust__syscall.Rename(gust__spare(path), path)
	// Nothing is renamed where both are one file already.
	_ = gust__syscall.Unlink(gust__spare(path))
}

// gust__makeWay removes the files that the program is about to make. Which they are is not known
// yet, so all held ones go; gust__wayMade puts the others back.
func gust__makeWay() {
	if !gust__isListening() {
		return
	}
	gust__mu.Lock()
	defer gust__mu.Unlock()
	for _, heir := range gust__heirs {
		var spare gust__syscall.Stat_t
		if heir.path != "" && gust__syscall.Stat(gust__spare(heir.path), &spare) == nil {
			_ = gust__syscall.Unlink(heir.path)
		}
	}
}

func gust__wayMade() {
	gust__mu.Lock()
	defer gust__mu.Unlock()
	for _, heir := range gust__heirs {
		if heir.path != "" {
			// Fails where the file is still there.
			_ = gust__syscall.Link(gust__spare(heir.path), heir.path)
		}
	}
}

// gust__isListening tells a socket for listening from one for dialing.
func gust__isListening() bool {
	callers := make([]uintptr, 16)
	frames := gust__runtime.CallersFrames(callers[:gust__runtime.Callers(3, callers)])
	for {
		frame, more := frames.Next()
		switch frame.Function {
		case "net.(*sysListener).listenUnix":
			return true
		}
		if !more {
			return false
		}
	}
}

// gust__keepFiles is called when the drain begins: from now on the files are our successor's. A
// listener removes its file when it is closed; what cannot be kept from it is put back at once.
func gust__keepFiles() {
	gust__mu.Lock()
	defer gust__mu.Unlock()
	for _, l := range gust__listeners {
		if l.path != "" && !l.kept {
			_ = gust__syscall.Link(l.path, gust__spare(l.path))
		}
	}
}
