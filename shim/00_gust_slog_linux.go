//go:build go1.21

package gust__shim

import (
	gust__bytes "bytes"
	gust__io "io"
	gust__slog "log/slog"
	gust__reflect "reflect"
	gust__atomic "sync/atomic"
	gust__unsafe "unsafe"
)

// With `[log] context` gust adds this file, beside that for package log, to programs that link
// log/slog: the default logger that the program has set gets the fields as attributes. The one that
// slog has by itself writes by package log, where they are added.

// gust__slogDefault is an atomic.Pointer[slog.Logger]; in Go 1.21 it is something else, and nothing
// happens there.
//
//go:linkname gust__slogDefault log/slog.defaultLogger
var gust__slogDefault gust__unsafe.Pointer

// gust__slogWired is initialised after gust__logWired, which it asks.
var gust__slogWired = gust__wireSlog()

func gust__wireSlog() bool {
	if gust__logWired {
		gust__lookAtSlog = gust__annotateSlog
	}
	return gust__logWired
}

// gust__slogStrange says that a handler of a kind that cannot be looked into has the fields: a logger
// that was made from it has them too.
var gust__slogStrange bool

// gust__annotateSlog is called by one timer at a time.
func gust__annotateSlog() {
	logger := gust__slog.Default()
	before := gust__unsafe.Pointer(logger)
	// It is not what we take it for, or the program has just set another one.
	if gust__atomic.LoadPointer(&gust__slogDefault) != before {
		return
	}
	old := logger.Handler()
	if gust__hasFields(old) {
		return
	}
	with := gust__withFields(old)
	// A handler that embeds another one and leaves this method to it would be gone.
	if gust__reflect.TypeOf(with) != gust__reflect.TypeOf(old) {
		return
	}
	// The program may set another one at this very moment.
	if !gust__atomic.CompareAndSwapPointer(&gust__slogDefault, before, gust__unsafe.Pointer(gust__slog.New(with))) {
		return
	}
	gust__slogStrange = gust__slogStrange || gust__slogWritten(old) == nil
	gust__withLog(func(out *gust__io.Writer) {
		if gust__isSlogWriter(*out) {
			gust__redirectLog(*out, old, with)
		}
	})
}

// gust__withFields returns nil where the program's own handler does not expect to be asked: it may panic,
// and the program must not end by what only gust does.
func gust__withFields(old gust__slog.Handler) (with gust__slog.Handler) {
	defer func() {
		if recover() != nil {
			with = nil
		}
	}()
	return old.WithAttrs([]gust__slog.Attr{
		gust__slog.Int("orig_pid", gust__origPid), gust__slog.Int("reload_cnt", gust__reloadCount),
	})
}

// gust__hasFields says whether nothing is to be done.
func gust__hasFields(handler gust__slog.Handler) bool {
	if gust__reflect.TypeOf(handler).String() == "*slog.defaultHandler" {
		return true
	}
	if written := gust__slogWritten(handler); written != nil {
		return gust__bytes.Contains(*written, []byte("orig_pid"))
	}
	return gust__slogStrange
}

// gust__slogWritten returns what a handler of slog writes with every record, or nil where it is another
// kind of handler.
func gust__slogWritten(handler gust__slog.Handler) *[]byte {
	switch handler.(type) {
	case *gust__slog.JSONHandler, *gust__slog.TextHandler:
	default:
		return nil
	}
	common := gust__reflect.ValueOf(handler).Elem().FieldByName("commonHandler")
	if !common.IsValid() || common.Kind() != gust__reflect.Ptr || common.IsNil() {
		return nil
	}
	field := common.Elem().FieldByName("preformattedAttrs")
	if !field.IsValid() || field.Type() != gust__reflect.TypeOf([]byte(nil)) {
		return nil
	}
	return (*[]byte)(gust__unsafe.Pointer(field.UnsafeAddr()))
}

// gust__redirectLog lets the lines of package log, which slog.SetDefault has led to the handler, go to
// the one with the fields. Its writer reads the handler under the lock of the logger, which we have.
func gust__redirectLog(out gust__io.Writer, old, with gust__slog.Handler) {
	value := gust__reflect.ValueOf(out)
	if value.Kind() != gust__reflect.Ptr || value.Elem().Kind() != gust__reflect.Struct {
		return
	}
	field := value.Elem().FieldByName("h")
	var handler gust__slog.Handler
	if !field.IsValid() || field.Type() != gust__reflect.TypeOf(&handler).Elem() {
		return
	}
	at := (*gust__slog.Handler)(gust__unsafe.Pointer(field.UnsafeAddr()))
	// The program may have led them elsewhere since.
	if gust__reflect.TypeOf(*at).Comparable() && *at == old {
		*at = with
	}
}
