package gust__shim

import (
	gust__gzip "compress/gzip"
	gust__io "io"
	gust__sync "sync"
)

// gust__inflater undoes the compression of a page as it comes. A nil one has nothing to do.
type gust__inflater struct {
	mu   gust__sync.Mutex
	in   *gust__io.PipeWriter
	over chan struct{}
}

// gust__newInflater calls put with what was compressed, from another goroutine, one piece at a time.
func gust__newInflater(put func([]byte) error) *gust__inflater {
	out, in := gust__io.Pipe()
	f := &gust__inflater{in: in, over: make(chan struct{})}
	go func() {
		defer close(f.over)
		_ = out.CloseWithError(f.inflate(out, put))
	}()
	return f
}

func (f *gust__inflater) inflate(from gust__io.Reader, put func([]byte) error) error {
	plain, err := gust__gzip.NewReader(from)
	if err != nil {
		return err
	}
	buffer := make([]byte, 32*1024)
	for {
		n, failed := plain.Read(buffer)
		if n > 0 {
			f.mu.Lock()
			err = put(buffer[:n])
			f.mu.Unlock()
			if err != nil {
				return err
			}
		}
		if failed != nil {
			return failed
		}
	}
}

func (f *gust__inflater) write(data []byte) error {
	_, err := f.in.Write(data)
	if err == gust__io.EOF {
		// Behind the end of the page.
		return nil
	}
	return err
}

// flush calls the given function while nothing is put out.
func (f *gust__inflater) flush(flush func()) {
	if f != nil {
		f.mu.Lock()
		defer f.mu.Unlock()
	}
	flush()
}

func (f *gust__inflater) end() {
	if f != nil {
		_ = f.in.Close()
		<-f.over
	}
}
