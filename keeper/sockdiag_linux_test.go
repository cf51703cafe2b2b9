package main

import (
	"maps"
	"net"
	"os"
	"testing"
)

func TestTheKernelTellsTheSameAsItsTables(t *testing.T) {
	for _, at := range []string{"127.0.0.1:0", "[::1]:0", ":0"} {
		l, err := net.Listen("tcp", at)
		if err != nil {
			t.Skipf("cannot listen at %s: %v", at, err)
		}
		defer l.Close()
	}
	asked, read := listeners{}, listeners{}
	if !listeningTCP(asked) {
		t.Skip("this kernel has no sock_diag")
	}
	for _, table := range []string{"tcp", "tcp6"} {
		eachLine("/proc/net/"+table, func(line string) bool { return addTCP(read, line) })
	}
	own := func(all listeners) listeners {
		mine := listeners{}
		for _, inode := range socketsOf(os.Getpid(), nil) {
			if at, ok := all[inode]; ok {
				mine[inode] = at
			}
		}
		return mine
	}
	if len(own(asked)) != 3 || !maps.Equal(own(asked), own(read)) {
		t.Errorf("asked: %v, read: %v", own(asked), own(read))
	}
}
