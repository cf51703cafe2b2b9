package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
)

// newEvents does what EventSource does: it reads events until the stream ends, and connects again.
func newEvents(l *load, t *tally, index int) step {
	transport := &http.Transport{DialContext: dialer{t, index, false}.dial, DisableKeepAlives: true}
	return func() {
		t.count(func(counts *counts) { counts.Requests++ })
		asked := t.ask(index)
		request, err := http.NewRequestWithContext(l.over, http.MethodGet, l.target.plain("/events"), nil)
		if err != nil {
			asked.failed(err)
			return
		}
		request.Header.Set("Accept", "text/event-stream")
		response, err := transport.RoundTrip(request)
		if l.over.Err() != nil {
			return
		}
		if err != nil {
			asked.failed(fmt.Errorf("no stream: %w", err))
			return
		}
		defer response.Body.Close()
		if response.StatusCode != http.StatusOK {
			asked.failed(fmt.Errorf("no stream: %s", response.Status))
			return
		}
		asked.readEvents(bufio.NewReader(response.Body))
	}
}

// readEvents reads to the end of the stream; the end is a failure only within an event. A number
// that is too old is told once for each stream.
func (a asked) readEvents(stream *bufio.Reader) {
	for stale := false; ; {
		first, err := stream.ReadString('\n')
		if err == nil {
			var second string
			second, err = stream.ReadString('\n')
			first += second
		}
		if err != nil {
			a.ended(first, err)
			return
		}
		number, ok := strings.CutPrefix(first, "data: ")
		if !ok || !strings.HasSuffix(number, "\n\n") {
			a.failed(fmt.Errorf("no event: %.80q", first))
			return
		}
		a.tally.count(func(counts *counts) { counts.Messages++ })
		a.tally.silence.broken(a.client)
		if !stale {
			stale = a.answered(strings.TrimSpace(number))
		}
	}
}

// ended tells apart how a stream ended: as the protocol says, or with its connection.
func (a asked) ended(begun string, err error) {
	switch {
	case a.tally.load.over.Err() != nil:
	case begun != "":
		a.failed(fmt.Errorf("the stream ends within an event, behind %.80q: %w", begun, err))
	case errors.Is(err, io.EOF):
		a.tally.count(func(counts *counts) { counts.Ended++ })
	default:
		a.tally.count(func(counts *counts) { counts.Cut++ })
		a.report("cut", err.Error())
	}
}
