package main

import (
	"net/url"
	"strconv"
	"strings"
	"syscall"
)

// framesMax limits what one report may list.
const framesMax = 32

// hearReport takes what a program tells of its end, piece by piece.
func (s *shim) hearReport(words []string) {
	events := s.c.k.events
	numbers := readNumbers(words[1:])
	switch {
	case (words[0] == "main" || words[0] == "goroutine") && len(words) == 5:
		s.addFrame(words[0] == "main", frame{numbers[0], words[2], unescape(words[3]), numbers[3]})
	case words[0] == "drained" && len(words) == 4:
		frames, main := s.takeFrames()
		events.send(drainedEvent{
			Event: "drained", N: s.c.n, Moved: numbers[0], Closed: numbers[1], Left: numbers[2],
			Main: main, Goroutines: frames,
		})
	case words[0] == "left" && len(words) == 2:
		events.send(leftEvent{Event: "left", N: s.c.n, Left: numbers[0]})
	case words[0] == "reported" && len(words) == 3:
		frames, _ := s.takeFrames()
		events.send(reportEvent{
			Event: "report", N: s.c.n, Left: numbers[0], Descriptors: numbers[1], Goroutines: frames,
		})
	}
}

func readNumbers(words []string) []int {
	numbers := make([]int, len(words))
	for i, word := range words {
		numbers[i], _ = strconv.Atoi(word)
	}
	return numbers
}

func unescape(text string) string {
	if plain, err := url.PathUnescape(text); err == nil {
		return plain
	}
	return text
}

func (s *shim) addFrame(main bool, f frame) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if main {
		s.main = &f
	} else if len(s.frames) < framesMax {
		s.frames = append(s.frames, f)
	}
}

func (s *shim) takeFrames() ([]frame, *frame) {
	s.mu.Lock()
	defer s.mu.Unlock()
	frames := append([]frame{}, s.frames...)
	s.frames = nil
	return frames, s.main
}

// label tells the program what its answers are to say of the build.
func (c *child) label(text string) {
	if c.shim != nil {
		c.shim.tell("label "+strings.TrimSpace(text), -1)
	}
}

// requestReport asks what the program still does. A program that says nothing gets no report.
func (c *child) requestReport() {
	if c.shim == nil || !c.shim.isGreeted() || c.hasExited() {
		c.k.events.send(reportEvent{Event: "report", N: c.n, Goroutines: []frame{}})
		return
	}
	c.shim.tell("report", -1)
}

// receive parks the connections that a program hands on while it has no successor.
func (h *holder) receive(fd int) {
	defer syscall.Close(fd)
	// It waits at the channel, which therefore has ended when this returns.
	receive(fd, 256, func(_ string, connections []int) {
		for _, connection := range connections {
			_ = syscall.SetNonblock(connection, true)
			h.park(connection, false)
		}
	})
}
