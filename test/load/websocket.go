package main

import (
	"bufio"
	"context"
	"crypto/rand"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"time"
)

// RFC 6455.
const (
	opText  = 0x1
	opClose = 0x8
	opPing  = 0x9
	opPong  = 0xA
)

// A socket is a client that connects again when the server has closed its WebSocket.
type socket struct {
	load   *load
	dialer dialer
	conn   net.Conn
	in     *bufio.Reader
	opened asked
	said   int
}

func newSocket(l *load, t *tally, index int) step {
	client := &socket{load: l, dialer: dialer{t, index, false}}
	return client.step
}

// step says something and reads the echo. The end of the connection is counted and is no failure,
// unless it comes within a frame: the echo of what was said meanwhile is lost, as the client knows.
func (s *socket) step() {
	t := s.dialer.tally
	t.count(func(counts *counts) { counts.Requests++ })
	if s.conn == nil {
		s.opened = t.ask(s.dialer.client)
		if err := s.connect(); err != nil {
			s.opened.failed(fmt.Errorf("no WebSocket: %w", err))
			s.close()
			return
		}
	}
	s.said++
	said := fmt.Sprintf("text %d", s.said)
	_ = s.conn.SetDeadline(time.Now().Add(patience))
	// An error of writing is followed by one of reading, which tells more.
	_ = s.write(opText, []byte(said))
	for {
		op, payload, err := s.read()
		switch {
		case err != nil:
			s.broken(err)
			return
		case op == opClose:
			_ = s.write(opClose, payload)
			t.count(func(counts *counts) { counts.Ended++ })
			s.close()
			return
		case op == opPing:
			_ = s.write(opPong, payload)
		case op == opText:
			s.heard(said, string(payload))
			return
		}
	}
}

func (s *socket) heard(said, heard string) {
	number, echo, _ := strings.Cut(heard, " ")
	if echo != said {
		s.opened.failed(fmt.Errorf("%.80q for an echo of %q", heard, said))
		return
	}
	s.dialer.tally.count(func(counts *counts) { counts.Messages++ })
	s.opened.answered(number)
}

func (s *socket) broken(err error) {
	var timeout net.Error
	switch {
	case errors.Is(err, errWithinFrame), errors.As(err, &timeout) && timeout.Timeout():
		s.opened.failed(err)
	default:
		s.dialer.tally.count(func(counts *counts) { counts.Cut++ })
		s.opened.report("cut", err.Error())
	}
	s.close()
}

func (s *socket) close() {
	if s.conn != nil {
		_ = s.conn.Close()
	}
	s.conn = nil
}

func (s *socket) connect() error {
	address := fmt.Sprintf("127.0.0.1:%d", s.load.target.port)
	conn, err := s.dialer.dial(context.Background(), "tcp", address)
	if err != nil {
		return err
	}
	s.conn, s.in = conn, bufio.NewReader(conn)
	_ = conn.SetDeadline(time.Now().Add(patience))
	key := make([]byte, 16)
	_, _ = rand.Read(key)
	_, err = fmt.Fprintf(conn, "GET /ws HTTP/1.1\r\nHost: %s\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"+
		"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: %s\r\n\r\n", address, base64.StdEncoding.EncodeToString(key))
	if err != nil {
		return err
	}
	response, err := http.ReadResponse(s.in, nil)
	if err != nil {
		return err
	}
	if response.StatusCode != http.StatusSwitchingProtocols {
		return errors.New(response.Status)
	}
	return nil
}

var errWithinFrame = errors.New("the connection ends within a frame")

// read reads a frame; a server masks none, and these are short.
func (s *socket) read() (op byte, payload []byte, err error) {
	head := make([]byte, 2)
	if count, err := io.ReadFull(s.in, head); err != nil {
		if count > 0 {
			err = fmt.Errorf("%w: %w", errWithinFrame, err)
		}
		return 0, nil, err
	}
	length := int(head[1])
	if length == 126 {
		long := make([]byte, 2)
		if _, err := io.ReadFull(s.in, long); err != nil {
			return 0, nil, fmt.Errorf("%w: %w", errWithinFrame, err)
		}
		length = int(binary.BigEndian.Uint16(long))
	}
	payload = make([]byte, length)
	if _, err := io.ReadFull(s.in, payload); err != nil {
		return 0, nil, fmt.Errorf("%w: %w", errWithinFrame, err)
	}
	return head[0] & 0x0F, payload, nil
}

// write writes a short frame, masked as those of a client must be.
func (s *socket) write(op byte, payload []byte) error {
	frame := []byte{0x80 | op, 0x80 | byte(len(payload)), 1, 2, 3, 4}
	for i, one := range payload {
		frame = append(frame, one^byte(i%4+1))
	}
	_, err := s.conn.Write(frame)
	return err
}
