package main

import (
	"encoding/binary"
	"io"
	"sync"
)

// Streams of a frame. The two marks carry no bytes: they say where in the output a thing happened.
const (
	streamStdout = 1
	streamStderr = 2
	markExited   = 3
	markGone     = 4
)

// headerSize is that of: process number u32, stream u8, length u32, all big-endian.
const headerSize = 9

// frameSize is the largest payload of one frame: with its header it fills what Node reads at once.
const frameSize = 64*1024 - headerSize

// frameWriter writes output of all processes to one pipe. A reader that stops makes it block, and
// with it the programs that write; a reader that is gone makes it drop everything.
type frameWriter struct {
	mu   sync.Mutex
	out  io.Writer
	gone bool
}

// write sends buf[headerSize : headerSize+length]; the header is filled in here, so that a frame
// is one system call and its bytes are never copied.
func (w *frameWriter) write(n uint32, stream byte, buf []byte, length int) {
	binary.BigEndian.PutUint32(buf[0:], n)
	buf[4] = stream
	binary.BigEndian.PutUint32(buf[5:], uint32(length))
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.gone {
		return
	}
	if _, err := w.out.Write(buf[:headerSize+length]); err != nil {
		// The reader is gone. The programs go on writing until they are told to end.
		w.gone = true
	}
}

func (w *frameWriter) mark(n uint32, stream byte) {
	w.write(n, stream, make([]byte, headerSize), 0)
}
