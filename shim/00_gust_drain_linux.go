package main

import (
	"strconv"
	"sync/atomic"
	"syscall"
	"time"
)

var (
	// gust__draining is 1 from the order to drain on.
	gust__draining int32
	// gust__successor gets our connections; nil when there is none. Set before gust__draining.
	gust__successor *gust__channel
	gust__moved     int32
	// gust__leaving counts connections that are closed here and not yet sent.
	gust__leaving int32
)

func gust__isDraining() bool { return atomic.LoadInt32(&gust__draining) != 0 }

// gust__drain stops accepting, moves connections as they become idle, and reports when none is left
// or the time is over. Connections are moved after that too, as long as the process lives.
func gust__drain(to int, patience time.Duration) {
	gust__mu.Lock()
	gust__gated = true
	gust__mu.Unlock()
	_ = gust__keeper.tell("gated", -1)
	if gust__isDraining() {
		if to >= 0 {
			_ = syscall.Close(to)
		}
		return
	}
	if to >= 0 {
		_ = syscall.SetNonblock(to, true)
		gust__successor = &gust__channel{fd: to}
		// Made now, because many goroutines may send.
		gust__successor.poll()
	}
	if gust__goodbye != nil {
		gust__goodbye()
	}
	gust__keepFiles()
	atomic.StoreInt32(&gust__draining, 1)
	go gust__empty(time.Now().Add(patience))
}

func gust__empty(deadline time.Time) {
	reported := false
	for {
		began := time.Now()
		if gust__sweep != nil {
			gust__sweep()
		}
		left := gust__left()
		if !reported && (left == 0 || !began.Before(deadline)) {
			reported = true
			moved := int(atomic.LoadInt32(&gust__moved))
			_ = gust__keeper.tell("drained "+strconv.Itoa(moved)+" "+strconv.Itoa(left), -1)
		}
		time.Sleep(gust__pause(time.Since(began), reported))
	}
}

// gust__pause keeps the sweeping below a tenth of the time. There is no event for a connection
// that begins to wait.
func gust__pause(cost time.Duration, reported bool) time.Duration {
	pause := time.Millisecond
	if reported {
		pause = 50 * time.Millisecond
	}
	if 10*cost > pause {
		pause = 10 * cost
	}
	return pause
}

// gust__left counts the connections that are still ours.
func gust__left() int {
	gust__mu.Lock()
	defer gust__mu.Unlock()
	left := len(gust__accepted) + int(atomic.LoadInt32(&gust__leaving))
	for _, l := range gust__listeners {
		left += l.accepting + len(l.waiting)
	}
	return left
}
