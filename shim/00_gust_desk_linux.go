package gust__shim

import (
	gust__bufio "bufio"
	gust__io "io"
	gust__net "net"
	gust__http "net/http"
	gust__time "time"
)

// ask passes a request on to gust, and its answer back as it comes.
func (h *gust__handler) ask(w gust__http.ResponseWriter, r *gust__http.Request) {
	// The client of net/http does more, and few programs that serve have it in them.
	there, err := gust__net.DialUnix("unix", nil, &gust__net.UnixAddr{Name: gust__desk, Net: "unix"})
	if err != nil {
		gust__http.Error(w, "gust does not answer", gust__http.StatusBadGateway)
		return
	}
	defer there.Close()
	// What the program allows its own answers is too short for one that goes on.
	control := gust__http.NewResponseController(w)
	_ = control.SetReadDeadline(gust__time.Time{})
	_ = control.SetWriteDeadline(gust__time.Time{})
	forget := h.server.noteAsking(func() { _ = there.Close() })
	defer forget()
	request := *r
	request.Header = r.Header.Clone()
	// What is between the browser and the program, or is the program's alone.
	for _, name := range []string{"Authorization", "Connection", "Cookie", "Expect", "Upgrade"} {
		delete(request.Header, name)
	}
	request.Header["X-Gust-Peer"] = []string{r.RemoteAddr}
	request.Close = true
	over := make(chan struct{})
	defer close(over)
	go func() {
		select {
		case <-r.Context().Done():
			_ = there.Close()
		case <-over:
		}
	}()
	// An answer may come before all was asked.
	_ = request.Write(there)
	h.answer(w, there, &request)
}

// answer passes on what gust has answered.
func (h *gust__handler) answer(w gust__http.ResponseWriter, there gust__io.Reader, request *gust__http.Request) {
	answer, err := gust__http.ReadResponse(gust__bufio.NewReader(there), request)
	if err != nil {
		gust__http.Error(w, "gust does not answer", gust__http.StatusBadGateway)
		return
	}
	defer answer.Body.Close()
	header := w.Header()
	for name, values := range answer.Header {
		if name != "Connection" {
			header[name] = values
		}
	}
	w.WriteHeader(answer.StatusCode)
	flusher, _ := w.(gust__http.Flusher)
	buffer := make([]byte, 32*1024)
	for {
		n, err := answer.Body.Read(buffer)
		if n > 0 {
			if _, failed := w.Write(buffer[:n]); failed != nil {
				return
			}
			if flusher != nil {
				flusher.Flush()
			}
		}
		if err != nil {
			return
		}
	}
}

// noteAsking has a request end with the server: a Shutdown of the program's must not wait for it.
func (s *gust__server) noteAsking(cancel func()) (forget func()) {
	gust__mu.Lock()
	first := s.asking == nil
	if first {
		s.asking = map[int]func(){}
	}
	s.askings++
	number := s.askings
	s.asking[number] = cancel
	gust__mu.Unlock()
	if first {
		s.server.RegisterOnShutdown(s.endAsking)
	}
	return func() {
		gust__mu.Lock()
		defer gust__mu.Unlock()
		delete(s.asking, number)
	}
}

// endAsking ends what pages ask of gust; they ask again by themselves.
func (s *gust__server) endAsking() {
	gust__mu.Lock()
	var all []func()
	for _, cancel := range s.asking {
		all = append(all, cancel)
	}
	gust__mu.Unlock()
	for _, cancel := range all {
		cancel()
	}
}
