package gust__shim

import (
	gust__bytes "bytes"
	gust__io "io"
	gust__log "log"
	gust__os "os"
	gust__reflect "reflect"
	gust__strconv "strconv"
	gust__sync "sync"
	gust__time "time"
	gust__unsafe "unsafe"
)

// With `[log] context` gust adds this file to programs that link package log: the lines of the standard
// logger tell which process of the run they are from. Without the variable GUST_LOG_CONTEXT, which only
// gust sets, it does nothing. It needs none of its siblings.

// gust__origPid and gust__reloadCount are what lines and records get.
var gust__origPid, gust__reloadCount int

// gust__logWired is a variable, not an init function, to be first.
var gust__logWired = gust__wireLog()

func gust__wireLog() bool {
	if gust__os.Getenv("GUST_LOG_CONTEXT") != "1" {
		return false
	}
	// What this program starts is not meant.
	_ = gust__os.Unsetenv("GUST_LOG_CONTEXT")
	var err error
	if gust__origPid, err = gust__strconv.Atoi(gust__os.Getenv("GUST_ORIG_PID")); err != nil {
		// Where nobody else could know it in time.
		gust__origPid = gust__os.Getpid()
		_ = gust__os.Setenv("GUST_ORIG_PID", gust__strconv.Itoa(gust__origPid))
	}
	gust__reloadCount, _ = gust__strconv.Atoi(gust__os.Getenv("GUST_RELOAD_COUNT"))
	gust__wrapLog()
	return true
}

// Variables are initialised before, also those of the file for slog, which the looks read.
func init() {
	if gust__logWired {
		gust__lookLater(0)
	}
}

// gust__logLooks are the times between looks at what the program has made of its loggers: nothing tells
// of a call of log.SetOutput or slog.SetDefault, and most programs make it first of all.
var gust__logLooks = []gust__time.Duration{
	gust__time.Millisecond, 4 * gust__time.Millisecond, 20 * gust__time.Millisecond,
	100 * gust__time.Millisecond, 500 * gust__time.Millisecond, 2 * gust__time.Second, 10 * gust__time.Second,
}

func gust__lookLater(n int) {
	if n == len(gust__logLooks) {
		return
	}
	gust__time.AfterFunc(gust__logLooks[n], func() {
		if gust__lookAtSlog != nil {
			gust__lookAtSlog()
		}
		gust__wrapLog()
		gust__lookLater(n + 1)
	})
}

// gust__lookAtSlog is set where log/slog is linked.
var gust__lookAtSlog func()

// gust__logWriter writes the lines of a logger, each with the fields.
type gust__logWriter struct {
	out    gust__io.Writer
	fields []byte
}

func (w *gust__logWriter) Write(line []byte) (int, error) {
	end := gust__bytes.IndexByte(line, '\n')
	if end < 0 || gust__bytes.Contains(line, []byte("orig_pid")) {
		return w.out.Write(line)
	}
	// In a message of several lines the first one has the date, and the fields.
	longer := make([]byte, 0, len(line)+len(w.fields))
	longer = append(longer, line[:end]...)
	longer = append(longer, w.fields...)
	longer = append(longer, line[end:]...)
	n, err := w.out.Write(longer)
	if n > len(line) || err == nil {
		n = len(line)
	}
	return n, err
}

// gust__wrapLog stands between the standard logger and what it writes to, whatever that is now.
func gust__wrapLog() {
	gust__withLog(func(out *gust__io.Writer) {
		_, ours := (*out).(*gust__logWriter)
		// What goes to slog has the fields there, and what goes nowhere is not even formatted.
		if ours || *out == nil || *out == gust__io.Discard || gust__isSlogWriter(*out) {
			return
		}
		*out = &gust__logWriter{*out, gust__logFields()}
	})
}

func gust__isSlogWriter(out gust__io.Writer) bool {
	return gust__reflect.TypeOf(out).String() == "*slog.handlerWriter"
}

func gust__logFields() []byte {
	return []byte(" orig_pid=" + gust__strconv.Itoa(gust__origPid) + " reload_cnt=" + gust__strconv.Itoa(gust__reloadCount))
}

// gust__withLog changes under the logger's own lock where it writes to: between log.Writer and
// log.SetOutput the program could choose another place, which would be lost. Where a version of Go has
// no such fields nothing happens.
func gust__withLog(change func(out *gust__io.Writer)) {
	value := gust__reflect.ValueOf(gust__log.Default()).Elem()
	out := value.FieldByName("out")
	mu := value.FieldByName("outMu")
	var writer gust__io.Writer
	if !out.IsValid() || out.Type() != gust__reflect.TypeOf(&writer).Elem() ||
		!mu.IsValid() || mu.Type() != gust__reflect.TypeOf(gust__sync.Mutex{}) {
		return
	}
	lock := (*gust__sync.Mutex)(gust__unsafe.Pointer(mu.UnsafeAddr()))
	lock.Lock()
	defer lock.Unlock()
	change((*gust__io.Writer)(gust__unsafe.Pointer(out.UnsafeAddr())))
}
