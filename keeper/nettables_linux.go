package main

import (
	"bufio"
	"encoding/hex"
	"io"
	"net/netip"
	"os"
	"strconv"
	"strings"
)

// The tables of sockets in /proc/net, read line by line: on a machine with many connections they
// are long, but the listening ones come first.

// States as the tables write them.
const (
	stateListen  = "0A"
	stateUnbound = "07"
	acceptsFlag  = 0x10000
)

// listeners maps socket inodes to the addresses at which they take connections or datagrams.
type listeners map[string]address

func readListeners() listeners {
	found := listeners{}
	if !listeningTCP(found) {
		for _, table := range []string{"tcp", "tcp6"} {
			eachLine("/proc/net/"+table, func(line string) bool { return addTCP(found, line) })
		}
	}
	for _, table := range []string{"udp", "udp6"} {
		eachLine("/proc/net/"+table, func(line string) bool { return addUDP(found, line) })
	}
	eachLine("/proc/net/unix", func(line string) bool { return addUnix(found, line) })
	return found
}

// eachLine calls do for every line but the title, as long as it returns true.
func eachLine(path string, do func(line string) bool) {
	file, err := os.Open(path)
	if err != nil {
		// No IPv6, or no such table: nothing listens there.
		return
	}
	defer file.Close()
	lines := bufio.NewReaderSize(io.Reader(file), 4096)
	for first := true; ; first = false {
		line, err := lines.ReadString('\n')
		if err != nil {
			return
		}
		if !first && !do(line) {
			return
		}
	}
}

func addTCP(found listeners, line string) bool {
	fields := strings.Fields(line)
	if len(fields) < 10 {
		return true
	}
	if fields[3] != stateListen {
		// Listening sockets are listed before all others.
		return false
	}
	if local, ok := parseEndpoint(fields[1]); ok {
		found[fields[9]] = address{"tcp", local.String()}
	}
	return true
}

func addUDP(found listeners, line string) bool {
	fields := strings.Fields(line)
	if len(fields) < 10 || fields[3] != stateUnbound {
		return true
	}
	if local, ok := parseEndpoint(fields[1]); ok && local.Port() != 0 {
		found[fields[9]] = address{"udp", local.String()}
	}
	return true
}

// addUnix reads `Num RefCount Protocol Flags Type St Inode Path`; a path may hold spaces.
func addUnix(found listeners, line string) bool {
	rest := strings.TrimRight(line, "\n")
	fields := make([]string, 0, 7)
	for len(fields) < 7 {
		rest = strings.TrimLeft(rest, " ")
		field, after, _ := strings.Cut(rest, " ")
		if field == "" {
			return true
		}
		fields = append(fields, field)
		rest = after
	}
	flags, err := strconv.ParseUint(fields[3], 16, 64)
	if err == nil && flags&acceptsFlag != 0 && rest != "" {
		found[fields[6]] = address{"unix", rest}
	}
	return true
}

// parseEndpoint reads `0100007F:1F90`: each group of four bytes is in the order of the machine,
// which is little-endian wherever gust runs.
func parseEndpoint(text string) (netip.AddrPort, bool) {
	host, port, ok := strings.Cut(text, ":")
	if !ok {
		return netip.AddrPort{}, false
	}
	raw, err := hex.DecodeString(host)
	if err != nil || len(raw)%4 != 0 {
		return netip.AddrPort{}, false
	}
	for i := 0; i < len(raw); i += 4 {
		raw[i], raw[i+1], raw[i+2], raw[i+3] = raw[i+3], raw[i+2], raw[i+1], raw[i]
	}
	ip, ok := netip.AddrFromSlice(raw)
	number, err := strconv.ParseUint(port, 16, 16)
	if !ok || err != nil {
		return netip.AddrPort{}, false
	}
	// An IPv6 socket may be bound to an IPv4 address; users know it by that.
	return netip.AddrPortFrom(ip.Unmap(), uint16(number)), true
}

// socketsOf lists the inodes of a process's sockets, but for these descriptors.
func socketsOf(pid int, unused map[int]string) []string {
	dir := "/proc/" + strconv.Itoa(pid) + "/fd"
	var inodes []string
	for _, fd := range numbersIn(dir) {
		if _, skip := unused[fd]; skip {
			continue
		}
		link, err := os.Readlink(dir + "/" + strconv.Itoa(fd))
		if err != nil {
			continue
		}
		if inode, ok := strings.CutPrefix(link, "socket:["); ok {
			inodes = append(inodes, strings.TrimSuffix(inode, "]"))
		}
	}
	return inodes
}

// portOwner finds who listens on a port of TCP or UDP; pid 0 when nobody does, or it may not be known.
func portOwner(port uint16) (pid int, name string) {
	wanted := map[string]bool{}
	for inode, at := range readListeners() {
		if at.Network != "unix" && strings.HasSuffix(at.Address, ":"+strconv.Itoa(int(port))) {
			wanted[inode] = true
		}
	}
	if len(wanted) == 0 {
		return 0, ""
	}
	owners := map[int]bool{}
	for _, pid := range numbersIn("/proc") {
		for _, inode := range socketsOf(pid, nil) {
			if wanted[inode] {
				owners[pid] = true
			}
		}
	}
	// A keeper has the sockets of the programs that it has started; they are who is meant.
	for pid := range owners {
		if len(owners) > 1 {
			if p, ok := readProcess(pid); ok && owners[p.ppid] {
				delete(owners, p.ppid)
			}
		}
	}
	for pid := range owners {
		return pid, processName(pid)
	}
	return 0, ""
}

// processName prefers the command line: the kernel cuts its own name for it after 15 bytes.
func processName(pid int) string {
	dir := "/proc/" + strconv.Itoa(pid)
	if line, err := os.ReadFile(dir + "/cmdline"); err == nil {
		first, _, _ := strings.Cut(string(line), "\x00")
		if base := first[strings.LastIndexByte(first, '/')+1:]; base != "" {
			return base
		}
	}
	name, _ := os.ReadFile(dir + "/comm")
	return strings.TrimSpace(string(name))
}
