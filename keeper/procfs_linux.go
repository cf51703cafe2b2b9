package main

import (
	"os"
	"strconv"
	"strings"
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
	stat, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/stat")
	if err != nil {
		return process{}, false
	}
	return parseStat(string(stat))
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

// numbersIn lists the entries of a directory of /proc that are numbers.
func numbersIn(dir string) []int {
	d, err := os.Open(dir)
	if err != nil {
		return nil
	}
	defer d.Close()
	names, _ := d.Readdirnames(-1)
	numbers := make([]int, 0, len(names))
	for _, name := range names {
		if number, err := strconv.Atoi(name); err == nil {
			numbers = append(numbers, number)
		}
	}
	return numbers
}

// childrenOf lists direct children with a few small reads; known says whether the kernel can tell.
func childrenOf(pid int) (children []int, known bool) {
	tasks := "/proc/" + strconv.Itoa(pid) + "/task"
	for _, task := range numbersIn(tasks) {
		list, err := os.ReadFile(tasks + "/" + strconv.Itoa(task) + "/children")
		if err != nil {
			continue
		}
		known = true
		for _, field := range strings.Fields(string(list)) {
			if child, err := strconv.Atoi(field); err == nil {
				children = append(children, child)
			}
		}
	}
	return children, known
}

// markerOf reads which child of which run a process says it belongs to.
func markerOf(pid int) (run, number string) {
	environ, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/environ")
	if err != nil {
		return "", ""
	}
	env := strings.Split(string(environ), "\x00")
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
