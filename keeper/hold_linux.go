package main

import (
	"bytes"
	"fmt"
	"os"
	"strings"
	"sync"
	"syscall"
	"time"
)

// holder keeps connections that came while nobody accepts, unread, and hands them to the next
// version of the program. A browser that loads a page is answered at once with the page it was
// given, whoever has waited for too long with a few words. It knows no protocol but the first lines
// of HTTP/1; all else just waits.
type holder struct {
	k *keeper

	mu sync.Mutex
	// answer is what is said meanwhile; nil where connections just wait.
	answer *answer
	// changed is closed when the answer is another one, open when the program accepts again.
	changed, open chan struct{}
	// heir accepts now, and gets what comes in by a door that is just closing.
	heir   *shim
	doors  map[string]*os.File
	parked map[*parked]bool
	// slots limit the connections that are taken out of the queues.
	slots chan struct{}
}

type answer struct {
	// wait is how long a connection is kept.
	wait time.Duration
	// page is for browsers, text for all others, header tells both which build failed.
	page, text, header string
	// desk is the socket where gust itself answers what pages ask of it; "" without one.
	desk string
}

// parkedMax is how many connections are taken out of the queues of their sockets.
const parkedMax = 512

// headMax is how much of a request is looked at. What has no end of a header by then is not asked
// for by a browser.
const headMax = 16 * 1024

type parked struct {
	file *os.File
	slot bool
	// passed: it belongs to the program now.
	passed bool
}

func newHolder(k *keeper) *holder {
	return &holder{
		k: k, changed: make(chan struct{}), open: make(chan struct{}),
		doors: map[string]*os.File{}, parked: map[*parked]bool{}, slots: make(chan struct{}, parkedMax),
	}
}

// hold sets what is said to clients from now on. Without a time, connections wait in the queues.
func (h *holder) hold(c *command) {
	served := h.k.isServed()
	h.mu.Lock()
	defer h.mu.Unlock()
	if c.Ms <= 0 || served {
		h.say(nil)
		return
	}
	h.say(&answer{
		wait: time.Duration(c.Ms) * time.Millisecond, page: c.Page, text: c.Text, header: c.Header, desk: c.Desk,
	})
	for _, s := range h.k.held.all() {
		if h.doors[s.node] != nil {
			continue
		}
		if fd, err := duplicate(s.fd); err == nil {
			door := os.NewFile(uintptr(fd), "door")
			h.doors[s.node] = door
			go h.accept(door, h.open)
		}
	}
}

// say changes the answer. h.mu is held.
func (h *holder) say(a *answer) {
	h.answer = a
	close(h.changed)
	h.changed = make(chan struct{})
	if a == nil {
		for node, door := range h.doors {
			_ = door.Close()
			delete(h.doors, node)
		}
	}
}

func (h *holder) accept(door *os.File, open <-chan struct{}) {
	raw, err := door.SyscallConn()
	if err != nil {
		return
	}
	for {
		select {
		case h.slots <- struct{}{}:
		case <-open:
			return
		}
		fd, failed := -1, error(nil)
		err := raw.Read(func(number uintptr) bool {
			fd, _, failed = syscall.Accept4(int(number), syscall.SOCK_NONBLOCK|syscall.SOCK_CLOEXEC)
			return failed != syscall.EAGAIN
		})
		if err == nil && failed == nil {
			h.park(fd, true)
			continue
		}
		<-h.slots
		if err != nil || (failed != syscall.EINTR && failed != syscall.ECONNABORTED) {
			return
		}
	}
}

// park keeps a connection until the program accepts.
func (h *holder) park(fd int, slot bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	p := &parked{file: os.NewFile(uintptr(fd), "connection"), slot: slot}
	if h.heir != nil {
		h.pass(p, h.heir)
		return
	}
	h.parked[p] = true
	go h.attend(p, h.open)
}

// deliver gives all parked connections to a child that accepts from now on.
func (h *holder) deliver(s *shim) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.say(nil)
	h.heir = s
	for p := range h.parked {
		h.pass(p, s)
	}
	close(h.open)
	h.open = make(chan struct{})
}

// vacate says that a child accepts nothing any more.
func (h *holder) vacate(s *shim) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.heir == s {
		h.heir = nil
	}
}

// pass gives one connection away. h.mu is held.
func (h *holder) pass(p *parked, to *shim) {
	p.passed = true
	h.remove(p)
	if raw, err := p.file.SyscallConn(); err == nil {
		_ = raw.Control(func(fd uintptr) {
			if own, err := duplicate(int(fd)); err == nil {
				to.tell("take 0", own)
			}
		})
	}
	_ = p.file.Close()
}

// take makes a connection ours alone. False: it was passed on meanwhile.
func (h *holder) take(p *parked) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.remove(p)
	return !p.passed
}

func (h *holder) remove(p *parked) {
	delete(h.parked, p)
	if p.slot {
		p.slot = false
		<-h.slots
	}
}

// attend waits with a connection until it is passed on, or has to be answered.
func (h *holder) attend(p *parked, open <-chan struct{}) {
	since := time.Now()
	heard := make(chan request, 1)
	go func() { heard <- peek(p.file) }()
	timer := time.NewTimer(time.Hour)
	defer timer.Stop()
	var seen request
	for known := false; ; {
		h.mu.Lock()
		a, changed := h.answer, h.changed
		h.mu.Unlock()
		var over <-chan time.Time
		if a != nil {
			if seen.document && a.page != "" {
				h.reply(p, seen, a)
				return
			}
			if seen.asking && a.desk != "" {
				h.lead(p, a.desk)
				return
			}
			timer.Reset(time.Until(since.Add(a.wait)))
			over = timer.C
		}
		select {
		case <-open:
			return
		case seen = <-heard:
			known = true
			if seen.ended {
				h.take(p)
				_ = p.file.Close()
				return
			}
		case <-changed:
			if known && seen.watching && a != nil {
				// The page that asks is out of date.
				h.reply(p, seen, a)
				return
			}
		case <-over:
			h.reply(p, seen, a)
			return
		}
	}
}

// request is what could be seen of a request without reading it.
type request struct {
	http bool
	// document: a browser loads a page. watching: a page asks whether there is news.
	document, watching bool
	// asking: a page asks what gust itself answers.
	asking bool
	// ended: the client has gone.
	ended bool
}

// watchPath is where the error page asks; docs/keeper.md.
const watchPath = "/__gust/"

// peek looks at the begin of what a client has sent and leaves it where it is.
func peek(file *os.File) request {
	raw, err := file.SyscallConn()
	if err != nil {
		return request{ended: true}
	}
	var seen request
	buffer := make([]byte, headMax)
	err = raw.Read(func(fd uintptr) bool {
		for {
			n, _, err := syscall.Recvfrom(int(fd), buffer, syscall.MSG_PEEK)
			switch {
			case err == syscall.EINTR:
				continue
			case err == syscall.EAGAIN:
				// Told again when more comes, though what is there stays unread.
				return false
			case err != nil || n == 0:
				seen.ended = true
				return true
			}
			var complete bool
			seen, complete = readHead(buffer[:n])
			return complete || n == headMax
		}
	})
	if err != nil {
		seen.ended = true
	}
	return seen
}

// readHead understands the lines of a request as far as they matter.
func readHead(head []byte) (seen request, complete bool) {
	end := bytes.Index(head, []byte("\r\n\r\n"))
	line, rest, _ := strings.Cut(string(head), "\r\n")
	words := strings.Split(line, " ")
	if words[0] == "" || strings.Trim(words[0], "ABCDEFGHIJKLMNOPQRSTUVWXYZ") != "" {
		return request{}, true
	}
	if end < 0 {
		return request{http: true}, false
	}
	seen.http = true
	if len(words) > 1 {
		seen.watching = strings.HasPrefix(words[1], watchPath)
		seen.asking = seen.watching && words[1] != watchPath+"build"
	}
	seen.document = words[0] == "GET" && isPageLoad(strings.Split(rest, "\r\n"))
	return seen, true
}

// isPageLoad tells whether a browser loads a page, as shim/00_gust_page_linux.go does: browsers say so
// to addresses that they trust, and to others that they would like a safe one.
func isPageLoad(fields []string) bool {
	dest, accepts, safe := "", false, false
	for _, field := range fields {
		name, value, _ := strings.Cut(field, ":")
		name, value = strings.ToLower(name), strings.TrimSpace(value)
		switch {
		case name == "sec-fetch-dest":
			dest = value
		case strings.HasPrefix(name, "sec-fetch-") && dest == "":
			dest = "unknown"
		case name == "accept":
			accepts = strings.HasPrefix(value, "text/html")
		case name == "upgrade-insecure-requests":
			safe = value == "1"
		}
	}
	return dest == "document" || dest == "" && accepts && safe
}

// reply ends a connection with what is to be said, if its client speaks HTTP.
func (h *holder) reply(p *parked, seen request, a *answer) {
	if !h.take(p) {
		return
	}
	defer p.file.Close()
	if !seen.http {
		return
	}
	kind, body := "text/plain; charset=utf-8", a.text
	if seen.document && a.page != "" {
		kind, body = "text/html; charset=utf-8", a.page
	}
	extra := ""
	if a.header != "" {
		extra = "X-Gust-Build: " + a.header + "\r\n"
	}
	_ = p.file.SetDeadline(time.Now().Add(2 * time.Second))
	_, err := fmt.Fprintf(p.file, "HTTP/1.1 503 Service Unavailable\r\nContent-Type: %s\r\n"+
		"Content-Length: %d\r\nCache-Control: no-store\r\nRetry-After: 1\r\n%sConnection: close\r\n\r\n%s",
		kind, len(body), extra, body)
	if err != nil {
		return
	}
	// Closing with bytes unread would reset the connection, and the answer with it.
	raw, err := p.file.SyscallConn()
	if err != nil {
		return
	}
	_ = raw.Control(func(fd uintptr) { _ = syscall.Shutdown(int(fd), syscall.SHUT_WR) })
	rest := make([]byte, 32*1024)
	for total := 0; total < 16<<20; {
		n, err := p.file.Read(rest)
		if err != nil || n == 0 {
			return
		}
		total += n
	}
}
