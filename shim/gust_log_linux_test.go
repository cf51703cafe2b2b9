package gust__shim

import (
	"bytes"
	"context"
	"io"
	"log"
	"log/slog"
	"os"
	"runtime"
	"strings"
	"testing"
)

// withFields lets the loggers be as they are at the start of a program, and again after the test.
func withFields(t *testing.T) {
	t.Helper()
	before, writer, flags := slog.Default(), log.Writer(), log.Flags()
	gust__origPid, gust__reloadCount = 7, 2
	t.Cleanup(func() {
		gust__origPid, gust__reloadCount, gust__slogStrange = 0, 0, false
		slog.SetDefault(before)
		log.SetOutput(writer)
		log.SetFlags(flags)
	})
}

const textFields = " orig_pid=7 reload_cnt=2"

func TestLinesOfTheStandardLoggerHaveTheFieldsWhereverTheyGo(t *testing.T) {
	withFields(t)
	var first, second bytes.Buffer
	log.SetFlags(0)
	log.SetOutput(&first)
	gust__wrapLog()
	gust__wrapLog()
	log.SetPrefix("app: ")
	defer log.SetPrefix("")
	log.Print("one")
	log.Print("two\nlines")
	log.SetOutput(&second)
	gust__wrapLog()
	log.Print("three")
	if want := "app: one" + textFields + "\napp: two" + textFields + "\nlines\n"; first.String() != want {
		t.Errorf("got %q, want %q", first.String(), want)
	}
	if want := "app: three" + textFields + "\n"; second.String() != want {
		t.Errorf("got %q, want %q", second.String(), want)
	}
	log.SetOutput(io.Discard)
	gust__wrapLog()
	if log.Writer() != io.Discard {
		t.Error("what goes nowhere is written")
	}
}

type shortWriter struct{}

func (shortWriter) Write(line []byte) (int, error) { return len(line) - 1, io.ErrShortWrite }

func TestAWriterNeverTellsOfMoreThanItGot(t *testing.T) {
	w := &gust__logWriter{shortWriter{}, []byte(textFields)}
	if n, err := w.Write([]byte("ab\n")); n != 3 || err != io.ErrShortWrite {
		t.Errorf("got %d %v", n, err)
	}
	w.out = io.Discard
	if n, err := w.Write([]byte("ab\n")); n != 3 || err != nil {
		t.Errorf("got %d %v", n, err)
	}
}

func TestADefaultOfTheProgramGetsTheFieldsOnce(t *testing.T) {
	if strings.HasPrefix(runtime.Version(), "go1.21") {
		t.Skip("in this version of Go it cannot be reached")
	}
	withFields(t)
	var out bytes.Buffer
	slog.SetDefault(slog.New(slog.NewJSONHandler(&out, nil)))
	gust__annotateSlog()
	gust__annotateSlog()
	slog.SetDefault(slog.Default().With("a", 1))
	gust__annotateSlog()
	slog.Info("hello")
	log.Print("by log")
	for _, line := range strings.SplitAfter(strings.TrimSpace(out.String()), "\n") {
		if strings.Count(line, `"orig_pid":7,"reload_cnt":2`) != 1 || strings.Count(line, "orig_pid") != 1 {
			t.Errorf("got %q", line)
		}
	}
	if _, ok := slog.Default().Handler().(*slog.JSONHandler); !ok {
		t.Error("it is another kind of handler")
	}
	out.Reset()
	slog.SetDefault(slog.New(slog.NewTextHandler(&out, nil)))
	gust__annotateSlog()
	slog.Info("hello")
	if strings.Count(out.String(), textFields) != 1 {
		t.Errorf("got %q", out.String())
	}
}

func TestTheDefaultOfSlogItselfIsLeftToLog(t *testing.T) {
	withFields(t)
	before := slog.Default()
	gust__annotateSlog()
	if slog.Default() != before {
		t.Error("it was replaced")
	}
}

// embedding leaves WithAttrs to the handler in it, as many programs do.
type embedding struct{ slog.Handler }

func (e embedding) Handle(ctx context.Context, record slog.Record) error {
	record.Add("own", true)
	return e.Handler.Handle(ctx, record)
}

func TestAHandlerThatWouldBeLostStays(t *testing.T) {
	withFields(t)
	var out bytes.Buffer
	slog.SetDefault(slog.New(embedding{slog.NewTextHandler(&out, nil)}))
	gust__annotateSlog()
	slog.Info("hello")
	if !strings.Contains(out.String(), "own=true") {
		t.Errorf("got %q", out.String())
	}
}

// reluctant cannot be given attributes, as it never is in its program.
type reluctant struct{ slog.Handler }

func (reluctant) WithAttrs([]slog.Attr) slog.Handler { panic("not implemented") }

func TestAProgramDoesNotEndByALookAtItsLoggers(t *testing.T) {
	withFields(t)
	var out bytes.Buffer
	slog.SetDefault(slog.New(reluctant{slog.NewTextHandler(&out, nil)}))
	gust__annotateSlog()
	slog.Info("hello")
	if !strings.Contains(out.String(), "msg=hello") {
		t.Errorf("got %q", out.String())
	}
	log.SetOutput(nil)
	gust__wrapLog()
	if log.Writer() != nil {
		t.Error("there is something to write to")
	}
}

func TestWithoutGustNoLoggerIsTouched(t *testing.T) {
	if gust__logWired || gust__slogWired || gust__lookAtSlog != nil || log.Writer() != os.Stderr {
		t.Error("it is")
	}
}
