package gust__shim

import (
	gust__runtime "runtime"
	gust__strconv "strconv"
	gust__syscall "syscall"
)

// gust__own are the beginnings of import paths that are the user's own.
var gust__own []string

// gust__stackMax limits the dump of all goroutines.
const gust__stackMax = 1 << 20

// gust__report tells what the program does though it was told to end.
func gust__report() {
	gust__tellFrames(true)
	_ = gust__keeper.tell("reported "+gust__strconv.Itoa(gust__left())+" "+gust__strconv.Itoa(gust__descriptors()), -1)
}

// gust__descriptors counts the open files, without those that are gust's.
func gust__descriptors() int {
	fd, err := gust__syscall.Open("/proc/self/fd", gust__syscall.O_RDONLY|gust__syscall.O_CLOEXEC, 0)
	if err != nil {
		return 0
	}
	defer gust__syscall.Close(fd)
	count := 0
	buffer := make([]byte, 4096)
	for {
		n, err := gust__syscall.ReadDirent(fd, buffer)
		if err != nil || n <= 0 {
			break
		}
		_, _, names := gust__syscall.ParseDirent(buffer[:n], -1, nil)
		count += len(names)
	}
	// The directory itself, the channel, the lifeline and the poller's two.
	const ours = 5
	if count < ours {
		return 0
	}
	return count - ours
}

// gust__tellFrames tells where the main goroutine is, and, if asked, where in the program's own code
// the others are.
func gust__tellFrames(all bool) {
	dump := gust__dump()
	counts := map[gust__frame]int{}
	var order []gust__frame
	for _, block := range gust__blocks(dump) {
		frame, ok := gust__ownFrame(block)
		if !ok {
			continue
		}
		if gust__hasPrefix(block, "goroutine 1 ") {
			_ = gust__keeper.tell("main 1 "+frame.words(), -1)
		}
		if counts[frame] == 0 {
			order = append(order, frame)
		}
		counts[frame]++
	}
	if !all {
		return
	}
	for _, frame := range order {
		_ = gust__keeper.tell("goroutine "+gust__strconv.Itoa(counts[frame])+" "+frame.words(), -1)
	}
}

func gust__dump() string {
	for size := 64 << 10; ; size *= 4 {
		buffer := make([]byte, size)
		n := gust__runtime.Stack(buffer, true)
		if n < size || size >= gust__stackMax {
			return string(buffer[:n])
		}
	}
}

// gust__blocks returns the parts of a dump, one for each goroutine.
func gust__blocks(dump string) []string {
	var blocks []string
	begin := 0
	for i := 0; i+1 < len(dump); i++ {
		if dump[i] == '\n' && dump[i+1] == '\n' {
			blocks = append(blocks, dump[begin:i])
			begin = i + 2
		}
	}
	return append(blocks, dump[begin:])
}

type gust__frame struct {
	function, file string
	line           int
}

func (f gust__frame) words() string {
	return f.function + " " + gust__escape(f.file) + " " + gust__strconv.Itoa(f.line)
}

func gust__escape(path string) string {
	escaped := ""
	for i := 0; i < len(path); i++ {
		if path[i] == ' ' || path[i] == '%' {
			escaped += "%" + string("0123456789ABCDEF"[path[i]>>4]) + string("0123456789ABCDEF"[path[i]&15])
		} else {
			escaped += path[i : i+1]
		}
	}
	return escaped
}

// gust__ownFrame finds the innermost call of a goroutine that is in the user's code.
func gust__ownFrame(block string) (gust__frame, bool) {
	lines := gust__split(block, '\n')
	for i := 1; i+1 < len(lines); i += 2 {
		function := lines[i]
		if gust__hasPrefix(function, "created by ") {
			break
		}
		for end := len(function) - 1; end > 0; end-- {
			if function[end] == '(' {
				function = function[:end]
				break
			}
		}
		if !gust__isOwn(function) {
			continue
		}
		// A line such as "\t/src/main.go:12 +0x1d".
		place := lines[i+1][1:]
		colon := 0
		for at := 0; at < len(place); at++ {
			if place[at] == ':' {
				colon = at
			}
		}
		number := colon + 1
		for number < len(place) && place[number] >= '0' && place[number] <= '9' {
			number++
		}
		line, _ := gust__strconv.Atoi(place[colon+1 : number])
		return gust__frame{function, place[:colon], line}, true
	}
	return gust__frame{}, false
}

func gust__isOwn(function string) bool {
	for i := 0; i+5 < len(function); i++ {
		if function[i:i+6] == "gust__" {
			return false
		}
	}
	if gust__hasPrefix(function, "main.") {
		return true
	}
	for _, prefix := range gust__own {
		if gust__hasPrefix(function, prefix) {
			return true
		}
	}
	return false
}

func gust__hasPrefix(text, prefix string) bool {
	return len(text) >= len(prefix) && text[:len(prefix)] == prefix
}
