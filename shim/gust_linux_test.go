package gust__shim

import (
	"net"
	"reflect"
	"syscall"
	"testing"
)

func TestTextIsSplit(t *testing.T) {
	check := func(text string, want ...string) {
		t.Helper()
		if got := gust__split(text, ' '); !reflect.DeepEqual(got, want) {
			t.Errorf("%q: got %q, want %q", text, got, want)
		}
	}
	check("")
	check("   ")
	check("a", "a")
	check("a b", "a", "b")
	check("  a   bc ", "a", "bc")
}

func TestConnectionsBelongToTheListenerOfTheirAddress(t *testing.T) {
	four := func(a, b, c, d byte, port int) syscall.Sockaddr {
		return &syscall.SockaddrInet4{Port: port, Addr: [4]byte{a, b, c, d}}
	}
	six := func(text string, port int) syscall.Sockaddr {
		name := &syscall.SockaddrInet6{Port: port}
		copy(name.Addr[:], net.ParseIP(text).To16())
		return name
	}
	check := func(listener, connection syscall.Sockaddr, want int) {
		t.Helper()
		if got := gust__match(listener, connection); got != want {
			t.Errorf("%v, %v: got %d, want %d", listener, connection, got, want)
		}
	}
	check(four(127, 0, 0, 1, 80), four(127, 0, 0, 1, 80), gust__exact)
	check(four(0, 0, 0, 0, 80), four(127, 0, 0, 1, 80), gust__wide)
	check(four(127, 0, 0, 1, 80), four(127, 0, 0, 1, 81), gust__other)
	check(four(127, 0, 0, 1, 80), four(127, 0, 0, 2, 80), gust__other)
	check(six("::", 80), six("::ffff:127.0.0.1", 80), gust__wide)
	check(six("::1", 80), six("::1", 80), gust__exact)
	check(six("::1", 80), six("::", 80), gust__other)
	check(four(0, 0, 0, 0, 80), six("::1", 80), gust__other)
	check(&syscall.SockaddrUnix{Name: "/a"}, &syscall.SockaddrUnix{Name: "/a"}, gust__exact)
	check(&syscall.SockaddrUnix{Name: "/a"}, &syscall.SockaddrUnix{Name: "/b"}, gust__other)
}

func TestKeysTellAddressesApart(t *testing.T) {
	keys := map[string]string{}
	for _, at := range [][2]string{
		{"tcp", "127.0.0.1:0"}, {"tcp", "127.0.0.1:0"}, {"tcp4", "0.0.0.0:0"}, {"unix", "@gust-key-a"}, {"unix", "@gust-key-b"},
	} {
		l, err := net.Listen(at[0], at[1])
		if err != nil {
			t.Fatal(err)
		}
		defer l.Close()
		raw, err := l.(syscall.Conn).SyscallConn()
		if err != nil {
			t.Fatal(err)
		}
		_ = raw.Control(func(fd uintptr) {
			name, err := syscall.Getsockname(int(fd))
			if err != nil {
				t.Fatal(err)
			}
			key := gust__key(int(fd), name)
			if key == "" || keys[key] != "" {
				t.Errorf("%v and %v have the key %q", l.Addr(), keys[key], key)
			}
			keys[key] = l.Addr().String()
		})
	}
}

func TestThePollerOfTheRuntimeIsFound(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	raw, err := l.(syscall.Conn).SyscallConn()
	if err != nil {
		t.Fatal(err)
	}
	_ = raw.Control(func(fd uintptr) {
		events, data, ok := gust__registration(int(fd))
		if !ok || events == 0 || data == 0 {
			t.Errorf("got %x %x %v", events, data, ok)
		}
	})
	if _, _, ok := gust__registration(-1); ok {
		t.Error("found what is not there")
	}
}

func TestTheStructuresOfThisVersionOfGoAreKnown(t *testing.T) {
	if !gust__readLayout().ok {
		t.Error("connections would not be moved")
	}
}

func TestWithoutGustNothingIsHooked(t *testing.T) {
	if gust__started || gust__wired || gust__httpServe != nil {
		t.Error("it has started")
	}
	plain := reflect.ValueOf(syscall.Listen).Pointer()
	if reflect.ValueOf(gust__netListen).Pointer() != plain {
		t.Error("listen is hooked")
	}
}
