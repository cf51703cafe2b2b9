package main

import (
	"os"
	"slices"
	"strconv"
	"sync"
	"syscall"
)

// tree knows which process belongs to which child. The keeper is a subreaper, so that each process
// of ours descends from it at all times; what is open is only whose an orphan is.
type tree struct {
	run  string
	self int

	mu    sync.Mutex
	mains map[uint32]*child
	// owners remembers every process that was attributed: an orphan keeps the owner that it had
	// when it still had parents.
	owners map[processID]uint32
	// untouchable are those that we may not signal; they are not waited for.
	untouchable map[processID]bool
	// fruitless counts the rounds in which the lifeline was held and nobody was found.
	fruitless map[uint32]int
}

func newTree(run string) *tree {
	return &tree{
		run: run, self: os.Getpid(),
		mains: map[uint32]*child{}, owners: map[processID]uint32{},
		untouchable: map[processID]bool{}, fruitless: map[uint32]int{},
	}
}

// add forks a child. Nobody looks at the processes meanwhile: until it runs its own program, a child
// has all descriptors of the keeper, and would be taken for a part of any tree, also of one that is
// just being killed.
func (t *tree) add(c *child, fork func() (pid int, err error)) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	pid, err := fork()
	if err == nil {
		c.pid = pid
		t.mains[c.n] = c
	}
	return err
}

func (t *tree) forget(n uint32) {
	t.mu.Lock()
	defer t.mu.Unlock()
	delete(t.mains, n)
	delete(t.fruitless, n)
	for id, owner := range t.owners {
		if owner == n {
			delete(t.owners, id)
		}
	}
}

// members finds the living processes of a child.
func (t *tree) members(c *child) []process {
	t.mu.Lock()
	defer t.mu.Unlock()
	var found []process
	for _, p := range t.ours(snapshot()) {
		if t.owners[p.id()] == c.n && !t.untouchable[p.id()] {
			found = append(found, p)
		}
	}
	return found
}

// ours attributes all living descendants of the keeper, and returns them.
func (t *tree) ours(all map[int]process) []process {
	var found []process
	for _, p := range all {
		if p.dead() || p.pid == t.self {
			continue
		}
		top, ok := t.top(all, p)
		if !ok {
			continue
		}
		found = append(found, p)
		if _, known := t.owners[p.id()]; known {
			continue
		}
		owner, ok := t.owners[top.id()]
		if !ok {
			owner, ok = t.ownerOf(top)
		}
		if !ok && top.pid != p.pid {
			owner, ok = t.ownerOf(p)
		}
		if ok {
			t.owners[top.id()] = owner
			t.owners[p.id()] = owner
		}
	}
	return found
}

// top climbs to the ancestor that is a child of the keeper.
func (t *tree) top(all map[int]process, p process) (process, bool) {
	for steps := 0; steps <= len(all); steps++ {
		if p.ppid == t.self {
			return p, true
		}
		if parent, ok := all[p.ppid]; ok {
			p = parent
			continue
		}
		// The parent ended while the picture was taken: by now there is another one.
		now, ok := readProcess(p.pid)
		if !ok || now.start != p.start || now.ppid == p.ppid {
			return p, false
		}
		p = now
	}
	return p, false
}

// ownerOf asks, best evidence first: is it the main process, in its group or session, marked,
// in the group of a known process, holding a lifeline, or is there but one tree.
func (t *tree) ownerOf(p process) (uint32, bool) {
	for n, c := range t.mains {
		if p.pid == c.pid || p.group == c.pid || p.session == c.pid {
			return n, true
		}
	}
	if run, number := markerOf(p.pid); run == t.run {
		if n, err := strconv.ParseUint(number, 10, 32); err == nil && t.mains[uint32(n)] != nil {
			return uint32(n), true
		}
	}
	for id, n := range t.owners {
		if id.pid == p.group || id.pid == p.session {
			return n, true
		}
	}
	for n, c := range t.mains {
		if c.lifelineNode != "" && holds(p.pid, c.lifelineNode) {
			return n, true
		}
	}
	if len(t.mains) == 1 {
		for n := range t.mains {
			return n, true
		}
	}
	return 0, false
}

// isEmpty says whether the tree is gone, given that the main process is. Two looks must agree,
// because a process can slip past one.
func (t *tree) isEmpty(c *child, lifelineEnded, killing bool) bool {
	if !lifelineEnded && !killing {
		return false
	}
	if len(t.members(c)) > 0 || len(t.members(c)) > 0 {
		return false
	}
	if lifelineEnded {
		return true
	}
	// Somebody holds the lifeline whom we cannot see, such as a process of another user. The end
	// of the lifeline may also be a moment away; only after some rounds it is not waited for.
	const enough = 12
	t.mu.Lock()
	defer t.mu.Unlock()
	t.fruitless[c.n]++
	return t.fruitless[c.n] > enough
}

// hasGroup says whether a living process of the tree is in the main process's group.
func (t *tree) hasGroup(c *child) bool {
	for _, p := range t.members(c) {
		if p.group == c.pid {
			return true
		}
	}
	return false
}

// kill ends one process, if it is still the one that was seen.
func (t *tree) kill(p process) bool {
	now, ok := readProcess(p.pid)
	if !ok || now.start != p.start || now.dead() {
		return false
	}
	err := syscall.Kill(p.pid, syscall.SIGKILL)
	if err == syscall.EPERM {
		t.mu.Lock()
		t.untouchable[p.id()] = true
		t.mu.Unlock()
	}
	return err == nil
}

// killStrays ends all that descends from the keeper, whosever it was.
func (t *tree) killStrays() {
	t.mu.Lock()
	strays := t.ours(snapshot())
	t.mu.Unlock()
	for _, p := range strays {
		t.kill(p)
	}
}

// quickMembers walks down from the main process and from the orphans that are known to be of this
// child: much cheaper than a look at all processes, but one that ends meanwhile may hide others.
func (t *tree) quickMembers(c *child) []int {
	orphans, known := childrenOf(t.self)
	if !known {
		return pidsOf(t.members(c))
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	var queue []int
	for _, pid := range orphans {
		p, ok := readProcess(pid)
		if !ok || p.dead() {
			continue
		}
		owner, found := t.owners[p.id()]
		if !found {
			if owner, found = t.ownerOf(p); found {
				t.owners[p.id()] = owner
			}
		}
		if found && owner == c.n {
			queue = append(queue, pid)
		}
	}
	for i := 0; i < len(queue); i++ {
		children, _ := childrenOf(queue[i])
		for _, pid := range children {
			if p, ok := readProcess(pid); ok && !slices.Contains(queue, pid) {
				// Remembered now, while its ancestors live.
				t.owners[p.id()] = c.n
				queue = append(queue, pid)
			}
		}
	}
	return queue
}

func pidsOf(processes []process) []int {
	pids := make([]int, 0, len(processes))
	for _, p := range processes {
		pids = append(pids, p.pid)
	}
	return pids
}
