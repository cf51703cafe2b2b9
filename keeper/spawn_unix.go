//go:build linux || darwin || freebsd || netbsd || openbsd || dragonfly

package main

import (
	"errors"
	"fmt"
	"os"
	"strconv"
	"syscall"
)

// lifelineDescriptor is the number that the lifeline has in every child: above those that shell
// scripts use (3 to 9, and 10 on for their own ends) and those that are passed on as sockets.
const lifelineDescriptor = 60

// stateDescriptor is the channel for values that the program keeps for its next version (state/gust),
// savedDescriptor what the version before has left.
const (
	stateDescriptor = lifelineDescriptor - 1
	savedDescriptor = lifelineDescriptor - 2
)

// firstPassed is the number that the first listening socket has in a program that is served.
const firstPassed = 3

const closedDescriptor = ^uintptr(0)

// plumbing is what connects a child with us; theirs is closed here once the child runs.
type plumbing struct {
	c      *child
	files  [3]int
	theirs []int
	onTerm bool
	// terminalFd is where among the child's descriptors the terminal is.
	terminalFd int
	// held are the child's end of the channel and the held sockets, env the variables that say so.
	held []int
	env  []string
	// passed are the listening sockets of a served program, from descriptor 3 on.
	passed []int
	// state and saved are the child's ends of the channel for its state and the state itself, or -1.
	state, saved int
}

func (k *keeper) spawn(spec *command) {
	fail := func(stage string, err error) {
		k.events.send(failedEvent{Event: "failed", N: spec.N, Stage: stage, Errno: errnoName(err), Message: err.Error()})
	}
	if info, err := os.Stat(spec.Dir); err != nil {
		fail("directory", err)
		return
	} else if !info.IsDir() {
		fail("directory", syscall.ENOTDIR)
		return
	}
	env := marked(spec.Env, k.run, strconv.FormatUint(uint64(spec.N), 10))
	path, ok := "", false
	if len(spec.Argv) > 0 {
		path, ok = lookup(spec.Argv[0], spec.Dir, env)
	}
	if !ok {
		fail("lookup", syscall.ENOENT)
		return
	}
	p, stage, err := k.connect(spec)
	if err != nil {
		p.abandon()
		fail(stage, err)
		return
	}
	if err := k.launch(p, path, spec, append(env, p.env...)); err != nil {
		p.abandon()
		fail("exec", err)
	}
}

// launch forks and registers in one step as seen from the reaper.
func (k *keeper) launch(p *plumbing, path string, spec *command, env []string) error {
	path, argv, trampoline := throughTrampoline(path, spec.Argv, env, len(p.passed) > 0)
	files := make([]uintptr, lifelineDescriptor+1+len(p.held))
	for i := range files {
		files[i] = closedDescriptor
	}
	for i, fd := range p.files {
		files[i] = uintptr(fd)
	}
	for i, fd := range p.passed {
		files[firstPassed+i] = uintptr(fd)
	}
	files[lifelineDescriptor] = uintptr(p.theirs[0])
	if p.state >= 0 {
		files[stateDescriptor] = uintptr(p.state)
	}
	if p.saved >= 0 {
		files[savedDescriptor] = uintptr(p.saved)
	}
	for i, fd := range p.held {
		files[lifelineDescriptor+1+i] = uintptr(fd)
	}
	attr := &syscall.ProcAttr{Dir: spec.Dir, Env: env, Files: files, Sys: childAttributes(p.onTerm, p.terminalFd)}

	k.mu.Lock()
	defer k.mu.Unlock()
	if k.spawners[spec.Nice] == nil {
		k.spawners[spec.Nice] = startSpawner(spec.Nice)
	}
	c := p.c
	fork := func() (int, error) { return k.spawners[spec.Nice].fork(path, argv, attr) }
	err := k.tree.add(c, func() (int, error) {
		if trampoline {
			return forkTrampoline(attr, fork)
		}
		return fork()
	})
	if err != nil {
		return err
	}
	pid := c.pid
	p.closeTheirs()
	k.childless = false
	k.children[c.n] = c
	k.live.Add(1)
	if spec.Nice != 0 {
		c.report("niceness", makeNice(pid, spec.Nice))
	}
	k.events.send(startedEvent{Event: "started", N: c.n, Pid: pid})
	if spec.Sockets {
		c.sockets = newSocketWatch(c)
	}
	c.begin()
	return nil
}

// connect makes the pipes and the terminal. On an error the plumbing so far is returned with it.
func (k *keeper) connect(spec *command) (*plumbing, string, error) {
	c := &child{
		k: k, n: spec.N, input: newInput(), doomed: map[processID]bool{},
		wake: make(chan struct{}, 1), exitMarked: make(chan struct{}),
	}
	p := &plumbing{c: c, state: -1, saved: -1}
	// The lifeline is the first of theirs: launch puts it in its place.
	ours, theirs, err := openPipe()
	if err != nil {
		return p, "pipe", err
	}
	p.theirs = append(p.theirs, theirs)
	c.lifelineNode = nodeOf(ours)
	c.lifeline = os.NewFile(uintptr(ours), "lifeline")
	slave, err := p.openTerminal(spec.Terminal)
	if err != nil {
		return p, "terminal", err
	}
	if err := p.connectOutput(spec.Terminal, slave); err != nil {
		return p, "pipe", err
	}
	if err := p.connectInput(spec, slave); err != nil {
		return p, "pipe", err
	}
	if err := p.connectHeld(spec); err != nil {
		return p, "pipe", err
	}
	if err := p.connectService(spec); err != nil {
		return p, "pipe", err
	}
	if err := p.connectState(spec); err != nil {
		return p, "pipe", err
	}
	return p, "", nil
}

// openTerminal returns the child's side, or -1 when none is wanted or can be had.
func (p *plumbing) openTerminal(spec *terminalSpec) (int, error) {
	if spec == nil || !platform.Terminal || !(spec.Stdout || spec.Stderr || spec.Stdin) {
		return -1, nil
	}
	master, slave, err := openTerminal(spec)
	if err != nil {
		return -1, err
	}
	p.theirs = append(p.theirs, slave)
	p.c.terminal = os.NewFile(uintptr(master), "terminal")
	p.onTerm = true
	return slave, nil
}

func (p *plumbing) connectOutput(spec *terminalSpec, slave int) error {
	onTerminal := [2]bool{}
	if p.onTerm {
		onTerminal = [2]bool{spec.Stdout, spec.Stderr}
		id := byte(streamStdout)
		if !spec.Stdout && spec.Stderr {
			id = streamStderr
		}
		p.c.streams = append(p.c.streams, newStream(p.c, id, p.c.terminal))
	}
	for i := 0; i < 2; i++ {
		if onTerminal[i] {
			p.files[i+1] = slave
			p.terminalFd = i + 1
			continue
		}
		ours, theirs, err := openPipe()
		if err != nil {
			return err
		}
		p.theirs = append(p.theirs, theirs)
		p.files[i+1] = theirs
		p.c.streams = append(p.c.streams, newStream(p.c, byte(streamStdout+i), os.NewFile(uintptr(ours), "output")))
	}
	return nil
}

func (p *plumbing) connectInput(spec *command, slave int) error {
	if p.onTerm && spec.Terminal.Stdin {
		p.files[0] = slave
		p.terminalFd = 0
		p.c.input.start(p.c.terminal, true)
		return nil
	}
	if spec.Stdin != "pipe" {
		null, err := syscall.Open(os.DevNull, syscall.O_RDONLY|syscall.O_CLOEXEC, 0)
		p.theirs = append(p.theirs, null)
		p.files[0] = null
		return err
	}
	theirs, ours, err := makePipe()
	if err != nil {
		return err
	}
	p.theirs = append(p.theirs, theirs)
	p.files[0] = theirs
	if err := syscall.SetNonblock(ours, true); err != nil {
		return err
	}
	p.c.input.start(os.NewFile(uintptr(ours), "input"), false)
	return nil
}

func (p *plumbing) closeTheirs() {
	for _, fd := range p.theirs {
		_ = syscall.Close(fd)
	}
	p.theirs = nil
}

// abandon closes everything after a start that failed.
func (p *plumbing) abandon() {
	p.closeTheirs()
	p.c.input.abandon()
	for _, s := range p.c.streams {
		_ = s.file.Close()
	}
	if p.c.lifeline != nil {
		_ = p.c.lifeline.Close()
	}
	if p.c.terminal != nil {
		_ = p.c.terminal.Close()
	}
	if p.c.shim != nil {
		p.c.shim.close()
	}
	if p.c.state != nil {
		p.c.state.close()
	}
	p.c.told.close()
}

// openPipe returns a reading end for us, which does not block, and a writing end for the child.
func openPipe() (ours, theirs int, err error) {
	ours, theirs, err = makePipe()
	if err == nil {
		err = syscall.SetNonblock(ours, true)
	}
	return ours, theirs, err
}

// nodeOf names a pipe the way /proc/PID/fd does.
func nodeOf(fd int) string {
	var stat syscall.Stat_t
	if err := syscall.Fstat(fd, &stat); err != nil {
		return ""
	}
	return fmt.Sprintf("pipe:[%d]", stat.Ino)
}

func errnoName(err error) string {
	var number syscall.Errno
	if !errors.As(err, &number) {
		return ""
	}
	if name, ok := errnoNames[number]; ok {
		return name
	}
	return fmt.Sprintf("errno %d", int(number))
}

var errnoNames = map[syscall.Errno]string{
	syscall.E2BIG:   "E2BIG",
	syscall.EACCES:  "EACCES",
	syscall.EAGAIN:  "EAGAIN",
	syscall.EINVAL:  "EINVAL",
	syscall.ELOOP:   "ELOOP",
	syscall.EMFILE:  "EMFILE",
	syscall.ENFILE:  "ENFILE",
	syscall.ENOENT:  "ENOENT",
	syscall.ENOEXEC: "ENOEXEC",
	syscall.ENOMEM:  "ENOMEM",
	syscall.ENOTDIR: "ENOTDIR",
	syscall.EPERM:   "EPERM",
	syscall.ETXTBSY: "ETXTBSY",
}
