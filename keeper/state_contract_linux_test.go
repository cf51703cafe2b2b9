package main

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"testing"
)

// keepingProgram keeps the number of its arguments, and prints what has become of it in the end.
const keepingProgram = `package main

import (
	"fmt"
	"gust"
	"os"
	"sync"
)

type number struct {
	N      int
	secret int
}

func main() {
	var mu sync.Mutex
	value := number{N: len(os.Args) - 1}
	gust.Keep("the value", &value, &mu)
	<-gust.Context().Done()
	mu.Lock()
	fmt.Println(value.N)
	mu.Unlock()
}
`

// TestTheProgramsPackageUnderstandsTheKeeper tries both ends of the channel with each other, as
// each has its own tests only against what it expects of the other.
func TestTheProgramsPackageUnderstandsTheKeeper(t *testing.T) {
	program := buildKeepingProgram(t)
	names := []string{"the value"}
	lossy := []stateLoss{{"the value", "secret"}}

	first := startKeeping(t, program, -1, "three", "more", "arguments")
	first.check("keep", func(want *stateEvent) { want.Kept, want.Lossy = names, lossy })
	state, ok := first.link.save(long)
	if !ok {
		t.Fatal("nothing saved")
	}
	event := first.event()
	if event.Phase != "save" || event.Bytes == 0 || !reflect.DeepEqual(event.Kept, names) {
		t.Errorf("got %+v", event)
	}
	first.drain("3\n")

	second := startKeeping(t, program, state)
	second.check("keep", func(want *stateEvent) { want.Kept, want.Lossy, want.Restored = names, lossy, names })
	second.drain("3\n")

	third := startKeeping(t, program, -1)
	third.check("keep", func(want *stateEvent) { want.Kept, want.Lossy = names, lossy })
	if !third.link.load(state, long) {
		t.Error("not loaded")
	}
	third.check("load", func(want *stateEvent) { want.Kept, want.Restored = names, names })
	third.drain("3\n")
}

func buildKeepingProgram(t *testing.T) string {
	t.Helper()
	library, err := filepath.Abs("../state/gust")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	module := "module program\n\ngo 1.21\n\nrequire gust v0.0.0\n\nreplace gust => " + library + "\n"
	for name, text := range map[string]string{"go.mod": module, "main.go": keepingProgram} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	build := exec.Command("go", "build", "-o", "program", ".")
	build.Dir = dir
	if output, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, output)
	}
	return filepath.Join(dir, "program")
}

// startedProgram is one whose channel has its other end here.
type startedProgram struct {
	*keeping
	cmd    *exec.Cmd
	output bytes.Buffer
}

// startKeeping starts a program, with a state if that is not negative.
func startKeeping(t *testing.T, path string, state int, args ...string) *startedProgram {
	t.Helper()
	p := &startedProgram{keeping: newKeeping(t), cmd: exec.Command(path, args...)}
	p.cmd.Env = append(os.Environ(), "GUST_STATE_FD=3")
	p.cmd.ExtraFiles = []*os.File{copyOf(t, p.channel)}
	if state >= 0 {
		p.cmd.Env = append(p.cmd.Env, "GUST_STATE=4")
		p.cmd.ExtraFiles = append(p.cmd.ExtraFiles, copyOf(t, state))
	}
	p.cmd.Stdout = &p.output
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	for _, file := range p.cmd.ExtraFiles {
		_ = file.Close()
	}
	p.keeping.end()
	t.Cleanup(func() { _ = p.cmd.Process.Kill() })
	return p
}

func copyOf(t *testing.T, fd int) *os.File {
	t.Helper()
	other, err := duplicate(fd)
	if err != nil {
		t.Fatal(err)
	}
	return os.NewFile(uintptr(other), "copy")
}

// drain tells the program to end, and compares what it prints.
func (p *startedProgram) drain(want string) {
	p.t.Helper()
	if err := p.link.drain(); err != nil {
		p.t.Fatal(err)
	}
	if err := p.cmd.Wait(); err != nil || p.output.String() != want {
		p.t.Errorf("got %q %v, want %q", p.output.String(), err, want)
	}
	if _, ok := p.link.save(long); ok {
		p.t.Error("saved after its end")
	}
}
