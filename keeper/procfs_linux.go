package main

import (
	"os"
	"strconv"
	"strings"
	"syscall"
)

// process is what /proc/PID/stat says of one process.
type process struct {
	pid, ppid, group, session int
	state                     byte
	// start is in clock ticks since boot; with the pid it names a process for ever.
	start uint64
}

func (p process) id() processID { return processID{p.pid, p.start} }

func (p process) dead() bool { return p.state == 'Z' || p.state == 'X' }

// snapshot reads all processes. It is no atomic picture: forks go on meanwhile.
func snapshot() map[int]process {
	processes := map[int]process{}
	for _, pid := range numbersIn("/proc") {
		if p, ok := readProcess(pid); ok {
			processes[p.pid] = p
		}
	}
	return processes
}

func readProcess(pid int) (process, bool) {
	stat, ok := readAll("/proc/" + strconv.Itoa(pid) + "/stat")
	if !ok {
		return process{}, false
	}
	return parseStat(stat)
}

// parseStat reads `pid (name) state ppid group session ... start`; a name may hold anything.
func parseStat(stat string) (process, bool) {
	open, closed := strings.IndexByte(stat, '('), strings.LastIndexByte(stat, ')')
	if open < 1 || closed < open {
		return process{}, false
	}
	fields := strings.Fields(stat[closed+1:])
	// The start time is field 22 of the line, and the state, here number 0, is field 3.
	if len(fields) < 20 {
		return process{}, false
	}
	var p process
	var errs [5]error
	p.pid, errs[0] = strconv.Atoi(strings.TrimSpace(stat[:open]))
	p.state = fields[0][0]
	p.ppid, errs[1] = strconv.Atoi(fields[1])
	p.group, errs[2] = strconv.Atoi(fields[2])
	p.session, errs[3] = strconv.Atoi(fields[3])
	p.start, errs[4] = strconv.ParseUint(fields[19], 10, 64)
	for _, err := range errs {
		if err != nil {
			return process{}, false
		}
	}
	return p, true
}

// numbersIn lists the entries of a directory of /proc that are numbers. These are plain system
// calls, because os.File offers each file to the poller first, which doubles the time.
func numbersIn(dir string) []int {
	fd, err := openForReading(dir)
	if err != nil {
		return nil
	}
	defer syscall.Close(fd)
	var names []string
	buf := make([]byte, 16*1024)
	for {
		n, err := syscall.ReadDirent(fd, buf)
		if err == syscall.EINTR {
			continue
		}
		if err != nil || n <= 0 {
			break
		}
		_, _, names = syscall.ParseDirent(buf[:n], -1, names)
	}
	numbers := make([]int, 0, len(names))
	for _, name := range names {
		if number, err := strconv.Atoi(name); err == nil {
			numbers = append(numbers, number)
		}
	}
	return numbers
}

// readAll reads a file of /proc.
func readAll(path string) (string, bool) {
	fd, err := openForReading(path)
	if err != nil {
		return "", false
	}
	defer syscall.Close(fd)
	content := make([]byte, 0, 1024)
	for {
		if len(content) == cap(content) {
			content = append(content, 0)[:len(content)]
		}
		n, err := syscall.Read(fd, content[len(content):cap(content)])
		if err == syscall.EINTR {
			continue
		}
		if err != nil {
			return "", false
		}
		if n == 0 {
			return string(content), true
		}
		content = content[:len(content)+n]
	}
}

func openForReading(path string) (int, error) {
	for {
		fd, err := syscall.Open(path, syscall.O_RDONLY|syscall.O_CLOEXEC, 0)
		if err != syscall.EINTR {
			return fd, err
		}
	}
}

// childrenOf lists direct children with a few small reads; known says whether the kernel can tell.
func childrenOf(pid int) (children []int, known bool) {
	tasks := "/proc/" + strconv.Itoa(pid) + "/task"
	for _, task := range numbersIn(tasks) {
		list, ok := readAll(tasks + "/" + strconv.Itoa(task) + "/children")
		if !ok {
			continue
		}
		known = true
		for _, field := range strings.Fields(list) {
			if child, err := strconv.Atoi(field); err == nil {
				children = append(children, child)
			}
		}
	}
	return children, known
}

// markerOf reads which child of which run a process says it belongs to.
func markerOf(pid int) (run, number string) {
	environ, ok := readAll("/proc/" + strconv.Itoa(pid) + "/environ")
	if !ok {
		return "", ""
	}
	env := strings.Split(environ, "\x00")
	return valueOf(env, "GUST_RUN"), valueOf(env, "GUST_PROC")
}

// holds says whether a process has a descriptor on the file that node names.
func holds(pid int, node string) bool {
	dir := "/proc/" + strconv.Itoa(pid) + "/fd"
	for _, fd := range numbersIn(dir) {
		if link, err := os.Readlink(dir + "/" + strconv.Itoa(fd)); err == nil && link == node {
			return true
		}
	}
	return false
}

// isExiting tells a process that is on its way to its end: it closes its files before it is a zombie.
// Field 9 of its stat are the flags of its main thread (PF_EXITING, include/linux/sched.h).
func isExiting(pid int) bool {
	const exiting = 0x4
	stat, ok := readAll("/proc/" + strconv.Itoa(pid) + "/stat")
	if !ok {
		return true
	}
	fields := strings.Fields(stat[strings.LastIndexByte(stat, ')')+1:])
	if len(fields) < 7 {
		return true
	}
	flags, err := strconv.ParseUint(fields[6], 10, 64)
	return err != nil || flags&exiting != 0 || fields[0] == "Z" || fields[0] == "X"
}
