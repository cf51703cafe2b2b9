package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"
)

const blockSize = 64 << 10

// The bytes of /download, which are sent to /upload as well.
var (
	largeBody = blocks(160, blockSize)
	largeSum  = fmt.Sprintf("%x", sha256.Sum256(largeBody))
)

func blocks(count, size int) []byte {
	block := make([]byte, size)
	for i := range block {
		block[i] = byte(i*7 + i>>8)
	}
	all := bytes.Repeat(block, count)
	for number := 0; number < count; number++ {
		binary.BigEndian.PutUint64(all[number*size:], uint64(number))
	}
	return all
}

// slowly is how long a body is under way, so that swaps fall into it.
const slowly = 250 * time.Millisecond

// A slowBody is read a block at a time, with a pause after each; its end comes without one, since
// http.Transport gives up a connection whose request is still being sent when it is answered.
type slowBody struct{ body io.Reader }

func (s slowBody) Read(into []byte) (int, error) {
	if len(into) > blockSize {
		into = into[:blockSize]
	}
	count, err := s.body.Read(into)
	time.Sleep(slowly * time.Duration(count) / time.Duration(len(largeBody)))
	return count, err
}

func newUpload(l *load, t *tally, index int) step {
	client := keptClient(t, index)
	return func() {
		t.count(func(counts *counts) { counts.Requests++ })
		asked := t.ask(index)
		// Not a *bytes.Reader, which could be sent again unseen.
		body := slowBody{bytes.NewReader(largeBody)}
		request, err := http.NewRequest(http.MethodPost, l.target.plain("/upload"), body)
		if err != nil {
			asked.failed(err)
			return
		}
		request.ContentLength = int64(len(largeBody))
		response, err := client.Do(request)
		if err != nil {
			asked.failed(err)
			return
		}
		answer, err := text(response)
		if err != nil {
			asked.failed(err)
			return
		}
		number, sum, _ := strings.Cut(answer, " ")
		if sum != largeSum {
			asked.failed(fmt.Errorf("other bytes have arrived: %.100q", answer))
			return
		}
		asked.answered(number)
	}
}

func newDownload(l *load, t *tally, index int) step {
	client := keptClient(t, index)
	return func() {
		t.count(func(counts *counts) { counts.Requests++ })
		asked := t.ask(index)
		response, err := client.Get(l.target.plain("/download"))
		if err != nil {
			asked.failed(err)
			return
		}
		defer response.Body.Close()
		sum := sha256.New()
		length, err := io.Copy(sum, slowBody{response.Body})
		switch {
		case err != nil:
			asked.failed(fmt.Errorf("after %d bytes: %w", length, err))
		case length != int64(len(largeBody)) || fmt.Sprintf("%x", sum.Sum(nil)) != largeSum:
			asked.failed(fmt.Errorf("%d other bytes have arrived", length))
		default:
			asked.answered(response.Header.Get("X-Number"))
		}
	}
}
