package main

import (
	"bytes"
	"errors"
	"testing"
)

func TestFrameIsHeaderThenBytes(t *testing.T) {
	var out bytes.Buffer
	w := &frameWriter{out: &out}
	buf := append(make([]byte, headerSize), "hello, not this"...)
	w.write(0x01020304, streamStderr, buf, 5)
	w.mark(7, markGone)
	expected := "\x01\x02\x03\x04\x02\x00\x00\x00\x05hello" + "\x00\x00\x00\x07\x04\x00\x00\x00\x00"
	if out.String() != expected {
		t.Errorf("got %q", out.String())
	}
}

func TestWriterDropsEverythingOnceTheReaderIsGone(t *testing.T) {
	broken := &brokenPipe{}
	w := &frameWriter{out: broken}
	for i := 0; i < 3; i++ {
		w.mark(1, markExited)
	}
	if broken.writes != 1 {
		t.Errorf("wrote %d times", broken.writes)
	}
}

type brokenPipe struct{ writes int }

func (b *brokenPipe) Write([]byte) (int, error) {
	b.writes++
	return 0, errors.New("broken pipe")
}
