package main

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"os"
	"syscall"
)

// lead has gust answer one request of a page, as the program does while it is alive.
func (h *holder) lead(p *parked, desk string) {
	if !h.take(p) {
		return
	}
	defer p.file.Close()
	there, err := net.Dial("unix", desk)
	if err != nil {
		return
	}
	defer there.Close()
	reader := bufio.NewReaderSize(p.file, headMax)
	line, err := reader.ReadString('\n')
	if err != nil {
		return
	}
	// Ours come first, so that they count; the next request on the connection is for the program again.
	_, err = fmt.Fprintf(there, "%sX-Gust-Peer: %s\r\nConnection: close\r\n", line, peerOf(p.file))
	if err != nil {
		return
	}
	go func() {
		_, _ = io.Copy(there, reader)
		// The browser has gone.
		_ = there.Close()
	}()
	_, _ = io.Copy(p.file, there)
}

// peerOf returns the address of the other end, as net/http tells it; "" where there is none.
func peerOf(file *os.File) string {
	raw, err := file.SyscallConn()
	if err != nil {
		return ""
	}
	peer := ""
	_ = raw.Control(func(fd uintptr) {
		name, err := syscall.Getpeername(int(fd))
		if err != nil {
			return
		}
		switch name := name.(type) {
		case *syscall.SockaddrInet4:
			peer = fmt.Sprintf("%s:%d", net.IP(name.Addr[:]), name.Port)
		case *syscall.SockaddrInet6:
			peer = fmt.Sprintf("[%s]:%d", net.IP(name.Addr[:]), name.Port)
		}
	})
	return peer
}
