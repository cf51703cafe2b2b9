package main

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"sort"
	"sync"
	"syscall"
	"time"
)

// save is one save of a file, and how the server that it changes is watched. Without a file
// nothing is saved, and the server is only watched until it answers with the marker.
type save struct {
	File    string `json:"file"`
	Content string `json:"content"`
	// Socket is told of the save; empty where the tool watches the file itself.
	Socket string `json:"socket"`
	Port   int    `json:"port"`
	Path   string `json:"path"`
	// Marker is what the answers of the new code contain.
	Marker    string `json:"marker"`
	EveryUs   int    `json:"everyUs"`
	AfterMs   int    `json:"afterMs"`
	TimeoutMs int    `json:"timeoutMs"`
}

// sight is what was seen. All times are milliseconds; FirstMs is -1 when the new code never
// answered. SavedAt is wall-clock time.
type sight struct {
	Error    string  `json:"error,omitempty"`
	SavedAt  float64 `json:"savedAt"`
	FirstMs  float64 `json:"firstMs"`
	DownMs   float64 `json:"downMs"`
	LongMs   float64 `json:"longMs"`
	Requests int     `json:"requests"`
	Refused  int     `json:"refused"`
	Broken   int     `json:"broken"`
	// Late answers came from the old code after the new code had answered.
	Late int `json:"late"`
}

type outcome int

const (
	answeredOld outcome = iota
	answeredNew
	refused
	broken
)

// ask is one request: when it began and ended, counted from the save.
type ask struct {
	began, ended time.Duration
	outcome      outcome
}

// asksAtOnce is how many requests may wait for an answer: a server that hangs must not lead to
// thousands of connections.
const asksAtOnce = 64

func probe(request save) (sight, error) {
	saved, wall := time.Now(), time.Now()
	if request.File != "" {
		temporary := request.File + ".new"
		if err := os.WriteFile(temporary, []byte(request.Content), 0o644); err != nil {
			return sight{}, err
		}
		saved, wall = time.Now(), time.Now()
		if err := os.Rename(temporary, request.File); err != nil {
			return sight{}, err
		}
	}
	if request.Socket != "" {
		if err := tell(request.Socket); err != nil {
			return sight{}, err
		}
	}
	seen := summarize(watch(request, saved))
	seen.SavedAt = float64(wall.UnixNano()) / 1e6
	return seen, nil
}

func tell(socket string) error {
	connection, err := net.Dial("unix", socket)
	if err != nil {
		return err
	}
	return connection.Close()
}

// watch asks at a constant rate, without waiting for answers, until the new code has answered and
// a while after.
func watch(request save, saved time.Time) []ask {
	var (
		mutex sync.Mutex
		asks  []ask
		first time.Duration
		group sync.WaitGroup
	)
	slots := make(chan struct{}, asksAtOnce)
	ticker := time.NewTicker(time.Duration(request.EveryUs) * time.Microsecond)
	defer ticker.Stop()
	limit := time.Duration(request.TimeoutMs) * time.Millisecond
	after := time.Duration(request.AfterMs) * time.Millisecond
	for range ticker.C {
		now := time.Since(saved)
		mutex.Lock()
		done := first > 0 && now > first+after
		mutex.Unlock()
		if done || now > limit {
			break
		}
		select {
		case slots <- struct{}{}:
		default:
			continue
		}
		group.Add(1)
		go func() {
			defer group.Done()
			one := ask{began: time.Since(saved)}
			one.outcome = get(request)
			one.ended = time.Since(saved)
			<-slots
			mutex.Lock()
			defer mutex.Unlock()
			asks = append(asks, one)
			if one.outcome == answeredNew && (first == 0 || one.ended < first) {
				first = one.ended
			}
		}()
	}
	group.Wait()
	return asks
}

// get makes one request over a connection of its own.
func get(request save) outcome {
	connection, err := net.DialTimeout("tcp", fmt.Sprintf("127.0.0.1:%d", request.Port), 5*time.Second)
	if err != nil {
		if errors.Is(err, syscall.ECONNREFUSED) {
			return refused
		}
		return broken
	}
	defer connection.Close()
	// A reset leaves nothing waiting in the system's table of sockets, which some tools read.
	if tcp, ok := connection.(*net.TCPConn); ok {
		if err := tcp.SetLinger(0); err != nil {
			return broken
		}
	}
	if err := connection.SetDeadline(time.Now().Add(5 * time.Second)); err != nil {
		return broken
	}
	_, err = fmt.Fprintf(connection, "GET %s HTTP/1.1\r\nHost: localhost\r\n\r\n", request.Path)
	if err != nil {
		return broken
	}
	answer, err := http.ReadResponse(bufio.NewReader(connection), nil)
	if err != nil || answer.StatusCode != http.StatusOK {
		return broken
	}
	body, err := io.ReadAll(answer.Body)
	switch {
	case err != nil:
		return broken
	case bytes.Contains(body, []byte(request.Marker)):
		return answeredNew
	default:
		return answeredOld
	}
}

// summarize counts, and adds up the time from each request that was not served to the next that was.
func summarize(asks []ask) sight {
	sort.Slice(asks, func(i, j int) bool { return asks[i].began < asks[j].began })
	seen := sight{FirstMs: -1, Requests: len(asks)}
	var first, down time.Duration = -1, -1
	for _, one := range asks {
		if one.outcome == answeredNew && (first < 0 || one.ended < first) {
			first = one.ended
		}
	}
	for _, one := range asks {
		served := one.outcome == answeredOld || one.outcome == answeredNew
		switch {
		case !served && down < 0:
			down = one.began
		case served && down >= 0:
			seen.DownMs += milliseconds(one.began - down)
			down = -1
		}
		switch one.outcome {
		case refused:
			seen.Refused++
		case broken:
			seen.Broken++
		case answeredOld:
			if first >= 0 && one.began > first {
				seen.Late++
			}
		}
		if served {
			seen.LongMs = max(seen.LongMs, milliseconds(one.ended-one.began))
		}
	}
	if down >= 0 {
		seen.DownMs += milliseconds(asks[len(asks)-1].ended - down)
	}
	if first >= 0 {
		seen.FirstMs = milliseconds(first)
	}
	return seen
}

func milliseconds(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }
