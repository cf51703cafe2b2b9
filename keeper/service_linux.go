package main

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"slices"
	"strings"
	"syscall"
	"time"
)

// What systemd does for a service is done here for each version of a served program: it gets
// listening sockets as descriptors 3 and on (sd_listen_fds(3)), and a socket to tell how it is
// (sd_notify(3)).

// mostPassed keeps them below the descriptors of our own.
const mostPassed = savedDescriptor - firstPassed

// passedSockets are given to every version. They are never closed while we live, so that clients
// find them open whatever becomes of the program.
type passedSockets struct {
	fds   []int
	names []string
	nodes map[string]bool
	at    []address
	// files are those of unix sockets that we have made.
	files []string
}

// take brings together what gust has inherited, from this descriptor on, and what is to be opened.
func (p *passedSockets) take(first int, inherited, listen []string) error {
	p.nodes = map[string]bool{}
	for i, name := range inherited {
		syscall.CloseOnExec(first + i)
		p.add(first+i, name)
	}
	for _, wanted := range listen {
		name, text := "listen", wanted
		if before, after, ok := strings.Cut(wanted, "="); ok {
			name, text = before, after
		}
		fd, err := p.open(text)
		if err != nil {
			return fmt.Errorf("cannot listen on %s: %w", text, err)
		}
		p.add(fd, name)
	}
	if len(p.fds) > mostPassed {
		return fmt.Errorf("%d listening sockets are more than the %d that can be passed on", len(p.fds), mostPassed)
	}
	return nil
}

func (p *passedSockets) add(fd int, name string) {
	p.fds = append(p.fds, fd)
	p.names = append(p.names, name)
	p.nodes[socketNode(fd)] = true
	if at, ok := addressOf(fd); ok {
		p.at = append(p.at, at)
	}
}

func (p *passedSockets) has(a address) bool { return slices.Contains(p.at, a) }

// close removes the files of sockets that we have opened.
func (p *passedSockets) close() {
	for _, file := range p.files {
		_ = os.Remove(file)
	}
}

func (p *passedSockets) open(text string) (int, error) {
	if path, ok := strings.CutPrefix(text, "unix:"); ok {
		return p.openUnix(path)
	}
	if !strings.Contains(text, ":") {
		text = ":" + text
	}
	l, err := net.Listen("tcp", text)
	if err != nil {
		return -1, err
	}
	defer l.Close()
	return blocking(l.(*net.TCPListener))
}

func (p *passedSockets) openUnix(path string) (int, error) {
	if isAbandoned(path) {
		_ = os.Remove(path)
	}
	l, err := net.ListenUnix("unix", &net.UnixAddr{Name: path, Net: "unix"})
	if err != nil {
		return -1, err
	}
	l.SetUnlinkOnClose(false)
	defer l.Close()
	if !strings.HasPrefix(path, "@") {
		p.files = append(p.files, path)
	}
	return blocking(l)
}

// isAbandoned says whether a socket was left behind by somebody who was killed.
func isAbandoned(path string) bool {
	if info, err := os.Lstat(path); err != nil || info.Mode().Type() != fs.ModeSocket {
		return false
	}
	c, err := net.DialTimeout("unix", path, time.Second)
	if err == nil {
		_ = c.Close()
	}
	return errors.Is(err, syscall.ECONNREFUSED)
}

// blocking returns a descriptor as systemd passes it: a program may count on it that accept waits.
func blocking(l syscall.Conn) (int, error) {
	raw, err := l.SyscallConn()
	if err != nil {
		return -1, err
	}
	fd := -1
	if failed := raw.Control(func(own uintptr) { fd, err = duplicate(int(own)) }); failed != nil {
		return -1, failed
	}
	if err != nil {
		return -1, err
	}
	return fd, syscall.SetNonblock(fd, false)
}

// connectService gives the child the listening sockets, and a way to tell how it is.
func (p *plumbing) connectService(spec *command) error {
	if !spec.Service {
		return nil
	}
	told, name, err := listenForNews(p.c.k.run, spec.N)
	if err != nil {
		return err
	}
	p.c.told = told
	p.env = append(p.env, "NOTIFY_SOCKET="+name)
	passed := &p.c.k.passed
	if len(passed.fds) == 0 {
		return nil
	}
	p.passed = passed.fds
	p.env = append(p.env,
		fmt.Sprintf("LISTEN_FDS=%d", len(passed.fds)), "LISTEN_FDNAMES="+strings.Join(passed.names, ":"))
	return nil
}

// ownExecutable names it in the forked process, also when its file has been replaced.
func ownExecutable() (string, bool) { return "/proc/self/exe", true }

// newsSocket is what one version of the program tells us by.
type newsSocket struct {
	file *os.File
}

// listenForNews opens a socket without a file: it goes away with the last descriptor.
func listenForNews(run string, n uint32) (*newsSocket, string, error) {
	fd, err := syscall.Socket(syscall.AF_UNIX, syscall.SOCK_DGRAM|syscall.SOCK_CLOEXEC|syscall.SOCK_NONBLOCK, 0)
	if err != nil {
		return nil, "", err
	}
	name := fmt.Sprintf("@gust/%s/%d", run, n)
	err = syscall.SetsockoptInt(fd, syscall.SOL_SOCKET, syscall.SO_PASSCRED, 1)
	if err == nil {
		err = syscall.Bind(fd, &syscall.SockaddrUnix{Name: name})
	}
	if err != nil {
		_ = syscall.Close(fd)
		return nil, "", err
	}
	return &newsSocket{os.NewFile(uintptr(fd), "news")}, name, nil
}

func (s *newsSocket) run(c *child) {
	raw, err := s.file.SyscallConn()
	if err != nil {
		return
	}
	text, control := make([]byte, 4096), make([]byte, 4096)
	for {
		var n, oobn int
		var failed error
		err := raw.Read(func(fd uintptr) bool {
			n, oobn, _, _, failed = syscall.Recvmsg(int(fd), text, control, syscall.MSG_CMSG_CLOEXEC)
			return failed != syscall.EAGAIN
		})
		if failed == syscall.EINTR {
			continue
		}
		if err != nil || failed != nil {
			return
		}
		if isOurs(control[:oobn]) {
			c.tellNews(text[:n])
		}
	}
}

func (s *newsSocket) close() {
	if s != nil {
		_ = s.file.Close()
	}
}

// isOurs says whether a message is of a process of our user or of root: anybody may send to a
// socket without a file. Descriptors that came along are closed, which is what a barrier waits for.
func isOurs(control []byte) bool {
	ours := false
	messages, err := syscall.ParseSocketControlMessage(control)
	if err != nil {
		return false
	}
	for i := range messages {
		if sender, err := syscall.ParseUnixCredentials(&messages[i]); err == nil {
			ours = sender.Uid == 0 || int(sender.Uid) == os.Getuid()
		}
		if fds, err := syscall.ParseUnixRights(&messages[i]); err == nil {
			closeAll(fds)
		}
	}
	return ours
}

func (c *child) tellNews(text []byte) {
	event := toldEvent{Event: "told", N: c.n}
	for _, line := range bytes.Split(text, []byte("\n")) {
		name, value, _ := strings.Cut(string(line), "=")
		switch name {
		case "READY":
			event.Ready = event.Ready || value == "1"
		case "STOPPING":
			event.Stopping = event.Stopping || value == "1"
		case "STATUS":
			event.Status = &value
		}
	}
	if event.Ready || event.Stopping || event.Status != nil {
		c.k.events.send(event)
	}
}

// notify tells the service manager that has started gust.
func notify(text string) error {
	name := os.Getenv("NOTIFY_SOCKET")
	if name == "" {
		return nil
	}
	fd, err := syscall.Socket(syscall.AF_UNIX, syscall.SOCK_DGRAM|syscall.SOCK_CLOEXEC, 0)
	if err != nil {
		return err
	}
	defer syscall.Close(fd)
	return syscall.Sendto(fd, []byte(text), syscall.MSG_NOSIGNAL, &syscall.SockaddrUnix{Name: name})
}

// accepted returns those ports of this machine whose connections to another port the program has:
// where two versions accept, nothing else tells who would answer.
func (c *child) accepted(from []uint16, port uint16) []uint16 {
	at := map[string]uint16{}
	for _, table := range []string{"tcp", "tcp6"} {
		eachLine("/proc/net/"+table, func(line string) bool {
			fields := strings.Fields(line)
			if len(fields) < 10 || fields[3] == stateListen {
				return true
			}
			local, known := parseEndpoint(fields[1])
			remote, alsoKnown := parseEndpoint(fields[2])
			if known && alsoKnown && local.Port() == port && remote.Addr().IsLoopback() &&
				slices.Contains(from, remote.Port()) {
				at[fields[9]] = remote.Port()
			}
			return true
		})
	}
	own := []uint16{}
	for _, pid := range c.k.tree.quickMembers(c) {
		for _, inode := range socketsOf(pid, nil) {
			if port, ok := at[inode]; ok {
				own = append(own, port)
			}
		}
	}
	return own
}
