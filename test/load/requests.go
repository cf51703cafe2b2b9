package main

import (
	"fmt"
	"io"
	"net/http"
	"sync"
)

func newFresh(l *load, t *tally, index int) step {
	client, after := freshClient(t, index)
	return func() {
		t.get(client, index, l.target.plain("/"))
		after()
	}
}

func newKept(l *load, t *tally, index int) step {
	client := keptClient(t, index)
	return func() { t.get(client, index, l.target.plain("/")) }
}

func newSlow(l *load, t *tally, index int) step {
	client := keptClient(t, index)
	return func() { t.get(client, index, l.target.plain("/slow")) }
}

// newTLS keeps a connection as long as the server does: one that is encrypted cannot be handed over.
func newTLS(l *load, t *tally, index int) step {
	client := secureClient(t, index, false)
	return func() { t.get(client, index, l.target.secure("/")) }
}

// newHTTP2 asks for something slow and something quick at once, on one connection: the quick one
// may fall into a swap while the slow one is under way.
func newHTTP2(l *load, t *tally, index int) step {
	client := secureClient(t, index, true)
	return func() {
		var both sync.WaitGroup
		for _, path := range []string{"/slow", "/"} {
			url := l.target.secure(path)
			both.Add(1)
			go func() {
				defer both.Done()
				t.getBy("HTTP/2.0", client, index, url)
			}()
		}
		both.Wait()
	}
}

func (t *tally) get(client *http.Client, index int, url string) {
	t.getBy("HTTP/1.1", client, index, url)
}

func (t *tally) getBy(protocol string, client *http.Client, index int, url string) {
	t.count(func(counts *counts) { counts.Requests++ })
	asked := t.ask(index)
	response, err := client.Get(url)
	if err != nil {
		asked.failed(err)
		return
	}
	body, err := text(response)
	if err == nil && response.Proto != protocol {
		err = fmt.Errorf("the answer came by %s, not %s", response.Proto, protocol)
	}
	if err != nil {
		asked.failed(err)
		return
	}
	if response.TLS != nil && response.Close {
		// The server cannot take this connection back, and this is how it tells its client.
		asked.compared("last", body)
		return
	}
	asked.answered(body)
}

// text reads a good answer to its end.
func text(response *http.Response) (string, error) {
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		return "", err
	}
	if response.StatusCode != http.StatusOK {
		return "", fmt.Errorf("%s: %.80q", response.Status, body)
	}
	return string(body), nil
}
