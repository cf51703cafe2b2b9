package gust__shim

import (
	gust__context "context"
	gust__net "net"
	gust__http "net/http"
)

// gust__way leads to gust's own socket. It keeps no connection open, so that none is left when the program ends.
var gust__way = &gust__http.Transport{
	DisableKeepAlives:  true,
	DisableCompression: true,
	DialContext: func(ctx gust__context.Context, _, _ string) (gust__net.Conn, error) {
		var dialer gust__net.Dialer
		return dialer.DialContext(ctx, "unix", gust__desk)
	},
}

// gust__ask passes a request on to gust, and its answer back as it comes.
func (h *gust__handler) ask(w gust__http.ResponseWriter, r *gust__http.Request) {
	ctx, cancel := gust__context.WithCancel(r.Context())
	defer cancel()
	forget := h.server.noteAsking(cancel)
	defer forget()
	request := r.WithContext(ctx)
	request.Header = r.Header.Clone()
	target := *r.URL
	target.Scheme, target.Host = "http", "gust"
	request.URL, request.RequestURI, request.Close = &target, "", false
	request.Header["X-Gust-Peer"] = []string{r.RemoteAddr}
	answer, err := gust__way.RoundTrip(request)
	if err != nil {
		gust__http.Error(w, "gust does not answer", gust__http.StatusBadGateway)
		return
	}
	defer answer.Body.Close()
	header := w.Header()
	for name, values := range answer.Header {
		header[name] = values
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
