package gust__shim

import (
	gust__strconv "strconv"
	gust__atomic "sync/atomic"
	gust__syscall "syscall"
	gust__time "time"
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

func gust__isDraining() bool { return gust__atomic.LoadInt32(&gust__draining) != 0 }

// gust__drain stops accepting, moves connections as they become idle, and reports when none is left
// or the time is over. Connections are moved after that too, as long as the process lives.
func gust__drain(to int, patience gust__time.Duration, quiet bool) {
	gust__mu.Lock()
	gust__gated = true
	gust__mu.Unlock()
	if gust__isDraining() || to < 0 {
		_ = gust__keeper.tell("gated", -1)
		if to >= 0 {
			_ = gust__syscall.Close(to)
		}
		return
	}
	_ = gust__syscall.SetNonblock(to, true)
	gust__successor = &gust__channel{fd: to}
	// Made now, because many goroutines may send.
	gust__successor.poll()
	go gust__depose(quiet, gust__time.Now().Add(patience))
}

const (
	// gust__youngTime is how long connections whose first request is under way are waited for: they
	// would lose it by a goodbye that comes before.
	gust__youngTime = 100 * gust__time.Millisecond
	// gust__sweepTime is how long the next version waits for idle connections to leave this one.
	gust__sweepTime = 250 * gust__time.Millisecond
	// gust__quietTime is how long it waits for the requests under way, where they may change what is
	// handed over to it.
	gust__quietTime = gust__time.Second
)

// gust__depose hands over what is idle, so that the next version answers all that is asked from now
// on, and says when it may.
func gust__depose(quiet bool, deadline gust__time.Time) {
	gust__awaitZero(gust__youngTime, func() int { return gust__call(gust__young) })
	if gust__goodbye != nil {
		gust__goodbye()
	}
	gust__keepFiles()
	gust__atomic.StoreInt32(&gust__draining, 1)
	gust__awaitZero(gust__sweepTime, func() int {
		return gust__call(gust__sweep) + int(gust__atomic.LoadInt32(&gust__leaving)) + gust__acceptingNow()
	})
	if gust__closeIdle != nil {
		gust__closeIdle()
	}
	if quiet {
		gust__awaitZero(gust__quietTime, func() int { return gust__call(gust__busy) })
	}
	_ = gust__keeper.tell("gated", -1)
	gust__empty(deadline)
}

func gust__call(count func() int) int {
	if count == nil {
		return 0
	}
	return count()
}

func gust__acceptingNow() int {
	gust__mu.Lock()
	defer gust__mu.Unlock()
	accepting := 0
	for _, l := range gust__listeners {
		accepting += l.accepting
	}
	return accepting
}

// gust__awaitZero waits until count gives 0, which makes no event, or the time is over.
func gust__awaitZero(patience gust__time.Duration, count func() int) {
	for deadline := gust__time.Now().Add(patience); count() > 0 && gust__time.Now().Before(deadline); {
		gust__time.Sleep(gust__time.Millisecond)
	}
}

// gust__streamsWhen says when streams without an end are closed: "last", after all other requests;
// "first"; or "never".
var gust__streamsWhen = "last"

func gust__empty(deadline gust__time.Time) {
	reported, closing, quiet := false, false, 0
	// ended is 1 when closed has its value.
	var closed, ended int32
	for {
		began := gust__time.Now()
		gust__call(gust__sweep)
		late := !began.Before(deadline)
		if gust__call(gust__busy) == 0 {
			quiet++
		} else {
			quiet = 0
		}
		// Seen twice: a request may just have been read.
		if !closing && gust__mayClose(late || quiet > 1) {
			closing = true
			go func() {
				gust__atomic.StoreInt32(&closed, int32(gust__closeStreams()))
				gust__atomic.StoreInt32(&ended, 1)
			}()
		}
		if gust__closeIdle != nil {
			gust__closeIdle()
		}
		left := gust__left()
		done := !closing || gust__atomic.LoadInt32(&ended) != 0
		if !reported && done && (left == 0 || late) {
			reported = true
			moved := int(gust__atomic.LoadInt32(&gust__moved))
			gust__tellFrames(left > 0)
			gust__atomic.StoreInt32(&gust__lastLeft, int32(left))
			_ = gust__keeper.tell("drained "+gust__strconv.Itoa(moved)+" "+
				gust__strconv.Itoa(int(gust__atomic.LoadInt32(&closed)+gust__atomic.LoadInt32(&gust__quieted)))+" "+gust__strconv.Itoa(left), -1)
		} else if reported {
			gust__tellLeft()
		}
		gust__time.Sleep(gust__pause(gust__time.Since(began), reported))
	}
}

func gust__mayClose(rest bool) bool {
	return gust__closeStreams != nil && (gust__streamsWhen == "first" || gust__streamsWhen == "last" && rest)
}

// gust__lastLeft is what was told last of the connections that are left; negative before that.
var gust__lastLeft int32 = -1

// gust__tellLeft tells when fewer connections are left than before.
func gust__tellLeft() {
	if gust__atomic.LoadInt32(&gust__lastLeft) < 0 {
		return
	}
	left := int32(gust__left())
	if gust__atomic.SwapInt32(&gust__lastLeft, left) != left {
		_ = gust__keeper.tell("left "+gust__strconv.Itoa(int(left)), -1)
	}
}

// gust__pause keeps the sweeping below a tenth of the time. There is no event for a connection
// that begins to wait.
func gust__pause(cost gust__time.Duration, reported bool) gust__time.Duration {
	pause := gust__time.Millisecond
	if reported {
		pause = 50 * gust__time.Millisecond
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
	left := len(gust__accepted) + int(gust__atomic.LoadInt32(&gust__leaving))
	for _, l := range gust__listeners {
		left += l.accepting + len(l.waiting)
	}
	return left
}
