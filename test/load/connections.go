package main

import (
	"context"
	"crypto/tls"
	"fmt"
	"net"
	"net/http"
	"sync"
	"time"
)

// patience is longer than anything may take on a machine that does other things as well.
const patience = 20 * time.Second

// A dialer opens the connections of one client, and counts them.
type dialer struct {
	tally  *tally
	client int
	// keeps: a connection that is closed before the load is over is a trouble.
	keeps bool
}

func (d dialer) dial(ctx context.Context, network, address string) (net.Conn, error) {
	opened := d.tally.ask(d.client)
	conn, err := (&net.Dialer{}).DialContext(ctx, network, address)
	if err != nil {
		return nil, err
	}
	d.tally.count(func(counts *counts) { counts.Opened[d.client]++ })
	if !d.keeps {
		return conn, nil
	}
	return &watched{Conn: conn, opened: opened}, nil
}

// watched tells when its connection is closed, which http.Transport does as soon as it sees its end.
type watched struct {
	net.Conn
	opened asked
	once   sync.Once
	mutex  sync.Mutex
	// wrote and heard are the times of the last bytes, ended is why there will be no more.
	wrote, heard time.Time
	ended        error
}

func (w *watched) Write(bytes []byte) (int, error) {
	w.note(func() { w.wrote = time.Now() })
	count, err := w.Conn.Write(bytes)
	if err != nil {
		w.note(func() { w.ended = err })
	}
	return count, err
}

func (w *watched) Read(into []byte) (int, error) {
	count, err := w.Conn.Read(into)
	w.note(func() {
		if count > 0 {
			w.heard = time.Now()
		}
		if err != nil {
			w.ended = err
		}
	})
	return count, err
}

func (w *watched) Close() error {
	w.once.Do(func() { w.note(w.closed) })
	return w.Conn.Close()
}

// closed tells of a connection that was closed by its server. http.Transport closes one by itself
// when the goroutine that has written a request does not run for 50 ms: that counts as none at all.
func (w *watched) closed() {
	switch t := w.opened.tally; {
	case t.load.over.Err() != nil:
	case w.ended == nil:
		t.count(func(counts *counts) { counts.Opened[w.opened.client]-- })
	default:
		w.opened.report("closed", fmt.Sprintf("from %s by %v; wrote %s ago, heard %s ago",
			w.LocalAddr(), w.ended, time.Since(w.wrote), time.Since(w.heard)))
	}
}

func (w *watched) note(what func()) {
	w.mutex.Lock()
	defer w.mutex.Unlock()
	what()
}

// keptClient keeps one connection for all of its requests.
func keptClient(t *tally, index int) *http.Client {
	return &http.Client{Timeout: patience, Transport: keeping{tally: t, client: index, Transport: &http.Transport{
		DialContext:        dialer{t, index, true}.dial,
		MaxConnsPerHost:    1,
		DisableCompression: true,
	}}}
}

// keeping tells of servers that ask a client to close its connection.
type keeping struct {
	*http.Transport
	tally  *tally
	client int
}

func (k keeping) RoundTrip(request *http.Request) (*http.Response, error) {
	asked := k.tally.ask(k.client)
	response, err := k.Transport.RoundTrip(request)
	if err == nil && response.Close {
		asked.report("closed", "by Connection: close")
	}
	return response, err
}

// freshClient opens a connection for each request. Half of them say so to the server; the others
// just close it.
func freshClient(t *tally, index int) (client *http.Client, after func()) {
	transport := &http.Transport{
		DialContext:       dialer{t, index, false}.dial,
		DisableKeepAlives: index%2 == 0,
	}
	return &http.Client{Timeout: patience, Transport: transport}, transport.CloseIdleConnections
}

// secureClient speaks HTTP/2 or HTTP/1.1 over TLS. A server may ask for a new connection at any time,
// by GOAWAY or by `Connection: close`.
func secureClient(t *tally, index int, http2 bool) *http.Client {
	return &http.Client{Timeout: patience, Transport: &http.Transport{
		DialContext: dialer{t, index, false}.dial,
		// The program has signed its certificate itself.
		TLSClientConfig:   &tls.Config{InsecureSkipVerify: true},
		ForceAttemptHTTP2: http2,
	}}
}
