package gust__shim

import (
	gust__gzip "compress/gzip"
	gust__io "io"
)

// gust__inflater undoes the compression of a page as it comes. A nil one has nothing to do.
type gust__inflater struct {
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
	plain, err := gust__gzip.NewReader(gust__something{from})
	if err != nil {
		return err
	}
	buffer := make([]byte, 32*1024)
	for {
		n, failed := plain.Read(buffer)
		if n > 0 {
			if err = put(buffer[:n]); err != nil {
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

// settle returns when all that was written is put out, as far as it can be: whoever reads has come back
// for more by then, and is given nothing.
func (f *gust__inflater) settle() {
	if f != nil {
		_, _ = f.in.Write(nil)
	}
}

// gust__something waits for something to read, as readers are given up that come with nothing too often.
type gust__something struct{ from gust__io.Reader }

func (s gust__something) Read(into []byte) (n int, err error) {
	for n == 0 && err == nil {
		n, err = s.from.Read(into)
	}
	return n, err
}

func (f *gust__inflater) end() {
	if f != nil {
		_ = f.in.Close()
		<-f.over
	}
}

// abandon ends it in the middle.
func (f *gust__inflater) abandon() {
	if f != nil {
		_ = f.in.CloseWithError(gust__io.ErrUnexpectedEOF)
		<-f.over
	}
}
