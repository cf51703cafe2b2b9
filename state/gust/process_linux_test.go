package gust

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

func TestASecondProcessGoesOnWhereTheFirstWas(t *testing.T) {
	first := start(t, -1)
	first.k.expect("hello 1", "kept hits", "kept sessions", "lossy sessions [].token")
	first.read("hits 0, sessions map[]")
	first.write("hit\nhit\nlogin ada\n")
	first.read("hit", "hit", "login ada")
	state := first.k.save("state 2 …")
	first.k.send("drain", -1)
	first.read("drained")
	first.end()

	second := start(t, state)
	second.k.expect("hello 1", "kept hits", "restored hits",
		"kept sessions", "lossy sessions [].token", "restored sessions")
	second.read("hits 2, sessions map[ada:1]")

	// And with an overlap, the third gets it when it has long begun.
	third := start(t, -1)
	third.k.expect("hello 1", "kept hits", "kept sessions", "lossy sessions [].token")
	third.read("hits 0, sessions map[]")
	second.write("hit\nlogin bob\n")
	second.read("hit", "login bob")
	third.k.send("load", second.k.save("state 2 …"))
	third.k.expect("restored hits", "restored sessions", "loaded 2")
	third.write("tell\n")
	third.read("hits 3, sessions map[ada:1 bob:1]")
}

// process is this test binary, started as a program of its own; see TestMain.
type process struct {
	t     *testing.T
	k     *keeper
	cmd   *exec.Cmd
	input *os.File
	lines *bufio.Scanner
}

func start(t *testing.T, inherited int) *process {
	t.Helper()
	k, theirs := newKeeper(t)
	channel := os.NewFile(uintptr(theirs), "channel")
	defer channel.Close()
	in, input, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), "GUST_TEST_PROGRAM=1", "GUST_STATE_FD=3")
	cmd.ExtraFiles = []*os.File{channel}
	if inherited >= 0 {
		fd, err := syscall.Dup(inherited)
		if err != nil {
			t.Fatal(err)
		}
		state := os.NewFile(uintptr(fd), "state")
		defer state.Close()
		cmd.ExtraFiles = append(cmd.ExtraFiles, state)
		cmd.Env = append(cmd.Env, "GUST_STATE=4")
	}
	cmd.Stdin = in
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	p := &process{t, k, cmd, input, bufio.NewScanner(out)}
	t.Cleanup(p.end)
	return p
}

func (p *process) write(text string) {
	if _, err := p.input.WriteString(text); err != nil {
		p.t.Fatal(err)
	}
}

func (p *process) read(want ...string) {
	p.t.Helper()
	for _, line := range want {
		if !p.lines.Scan() || p.lines.Text() != line {
			p.t.Fatalf("got %q, want %q", p.lines.Text(), line)
		}
	}
}

// end closes the input, at which the program ends.
func (p *process) end() {
	_ = p.input.Close()
	_ = p.cmd.Wait()
}

func TestMain(m *testing.M) {
	if os.Getenv("GUST_TEST_PROGRAM") != "" {
		runProgram()
		return
	}
	os.Exit(m.Run())
}

type login struct {
	Count int
	At    time.Time
	token string
}

// runProgram is a program as users write them: a counter and sessions, and readers and writers of
// both in many goroutines.
func runProgram() {
	var (
		hitsMu, sessionsMu sync.Mutex
		hits               int
		sessions           = map[string]login{}
	)
	Keep("hits", &hits, &hitsMu)
	Keep("sessions", &sessions, &sessionsMu)
	for _, name := range []string{"GUST_STATE_FD", "GUST_STATE"} {
		if _, ok := os.LookupEnv(name); ok {
			fmt.Println("still set:", name)
		}
	}
	tell := func() {
		hitsMu.Lock()
		defer hitsMu.Unlock()
		sessionsMu.Lock()
		defer sessionsMu.Unlock()
		counts := map[string]int{}
		for user, login := range sessions {
			counts[user] = login.Count
		}
		fmt.Printf("hits %d, sessions %v\n", hits, counts)
	}
	tell()
	ctx, stop := context.WithCancel(Context())
	context.AfterFunc(ctx, func() { fmt.Println("drained") })
	defer stop()
	for lines := bufio.NewScanner(os.Stdin); lines.Scan(); {
		words := strings.Fields(lines.Text())
		switch words[0] {
		case "hit":
			hitsMu.Lock()
			hits++
			hitsMu.Unlock()
		case "login":
			sessionsMu.Lock()
			sessions[words[1]] = login{Count: sessions[words[1]].Count + 1, At: time.Now()}
			sessionsMu.Unlock()
		case "tell":
			tell()
			continue
		}
		fmt.Println(lines.Text())
	}
}
