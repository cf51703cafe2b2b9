package main

import (
	"encoding/binary"
	"net/netip"
	"strconv"
	"syscall"
)

// The kernel's own answer to who listens, by netlink (sock_diag(7)). Reading /proc/net/tcp makes the
// kernel walk its table of established connections as well, which takes a hundred times as long.

const (
	netlinkSockDiag  = 4
	sockDiagByFamily = 20
	// stateBitListen is the bit of TCP_LISTEN in a set of states.
	stateBitListen = 1 << 10
	// diagRequestSize is the size of a netlink header and of struct inet_diag_req_v2.
	diagRequestSize = syscall.NLMSG_HDRLEN + 56
	// diagMessageSize is the size of struct inet_diag_msg.
	diagMessageSize = 72
)

// listeningTCP adds the listening TCP sockets. False: the kernel does not tell this way.
func listeningTCP(found listeners) bool {
	fd, err := syscall.Socket(syscall.AF_NETLINK, syscall.SOCK_RAW|syscall.SOCK_CLOEXEC, netlinkSockDiag)
	if err != nil {
		return false
	}
	defer syscall.Close(fd)
	buffer := make([]byte, 32*1024)
	for _, family := range []byte{syscall.AF_INET, syscall.AF_INET6} {
		to := &syscall.SockaddrNetlink{Family: syscall.AF_NETLINK}
		if syscall.Sendto(fd, diagRequest(family), 0, to) != nil || !readDiag(fd, buffer, found) {
			return false
		}
	}
	return true
}

func diagRequest(family byte) []byte {
	request := make([]byte, diagRequestSize)
	binary.NativeEndian.PutUint32(request[0:], diagRequestSize)
	binary.NativeEndian.PutUint16(request[4:], sockDiagByFamily)
	binary.NativeEndian.PutUint16(request[6:], syscall.NLM_F_REQUEST|syscall.NLM_F_DUMP)
	request[16], request[17] = family, syscall.IPPROTO_TCP
	binary.NativeEndian.PutUint32(request[20:], stateBitListen)
	return request
}

func readDiag(fd int, buffer []byte, found listeners) bool {
	for {
		n, _, err := syscall.Recvfrom(fd, buffer, 0)
		if err == syscall.EINTR {
			continue
		}
		if err != nil {
			return false
		}
		messages, err := syscall.ParseNetlinkMessage(buffer[:n])
		if err != nil {
			return false
		}
		for _, message := range messages {
			switch {
			case message.Header.Type == syscall.NLMSG_DONE:
				return true
			case message.Header.Type == syscall.NLMSG_ERROR || len(message.Data) < diagMessageSize:
				return false
			}
			inode, at := readDiagMessage(message.Data)
			found[inode] = at
		}
	}
}

// readDiagMessage reads struct inet_diag_msg: the family, four bytes on the source port and 16 bytes
// of source address, both in the order of the network, and at the end the inode.
func readDiagMessage(data []byte) (inode string, at address) {
	ip := netip.AddrFrom16([16]byte(data[8:24])).Unmap()
	if data[0] == syscall.AF_INET {
		ip = netip.AddrFrom4([4]byte(data[8:12]))
	}
	local := netip.AddrPortFrom(ip, binary.BigEndian.Uint16(data[4:]))
	number := binary.NativeEndian.Uint32(data[68:])
	return strconv.FormatUint(uint64(number), 10), address{"tcp", local.String()}
}
