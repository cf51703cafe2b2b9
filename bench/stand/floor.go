package main

import (
	"encoding/json"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
)

// recipe is how a program is built and started by hand. In every command {out} is the file that
// the build makes.
type recipe struct {
	Dir string `json:"dir"`
	// Steps are commands with their directories, run one after the other.
	Steps []struct {
		Dir  string   `json:"dir"`
		Argv []string `json:"argv"`
	} `json:"steps"`
	// Socket is where a save is told; each connection is one.
	Socket string `json:"socket"`
	// Bin is the directory of the binaries.
	Bin string `json:"bin"`
}

// floor builds, stops the old process and starts the new one at every save that it is told of: all
// that a tool has to do, and nothing else. It ends when its stdin does.
func floor(file string) error {
	text, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	var r recipe
	if err := json.Unmarshal(text, &r); err != nil {
		return err
	}
	listener, err := net.Listen("unix", r.Socket)
	if err != nil {
		return err
	}
	saves, ended := make(chan struct{}), make(chan error, 1)
	go func() { ended <- accept(listener, saves) }()
	go func() {
		_, err := io.Copy(io.Discard, os.Stdin)
		ended <- err
	}()
	// Ctrl-C is for others: the program has to be stopped first.
	signal.Notify(make(chan os.Signal, 1), os.Interrupt)
	var program *exec.Cmd
	for build := 0; ; build++ {
		if program, err = r.swap(program, build); err != nil {
			break
		}
		if build == 0 {
			fmt.Println("ready")
		}
		select {
		case <-saves:
			continue
		case err = <-ended:
		}
		break
	}
	return firstOf(err, stop(program), listener.Close())
}

func accept(listener net.Listener, saves chan<- struct{}) error {
	for {
		connection, err := listener.Accept()
		if err != nil {
			return err
		}
		if err := connection.Close(); err != nil {
			return err
		}
		saves <- struct{}{}
	}
}

func (r *recipe) swap(old *exec.Cmd, build int) (*exec.Cmd, error) {
	// A binary that runs cannot be written to, and two take turns.
	out := filepath.Join(r.Bin, fmt.Sprintf("floor-%d", build%2))
	for _, step := range r.Steps {
		argv := make([]string, len(step.Argv))
		for i, argument := range step.Argv {
			argv[i] = strings.ReplaceAll(argument, "{out}", out)
		}
		command := exec.Command(argv[0], argv[1:]...)
		command.Dir, command.Stderr = step.Dir, os.Stderr
		if err := command.Run(); err != nil {
			return old, fmt.Errorf("%s: %w", argv[0], err)
		}
	}
	if err := stop(old); err != nil {
		return nil, err
	}
	program := exec.Command(out)
	program.Dir = r.Dir
	return program, program.Start()
}

// stop asks the program to end, as gust does, and waits until it has.
func stop(program *exec.Cmd) error {
	if program == nil || program.Process == nil {
		return nil
	}
	if err := program.Process.Signal(syscall.SIGTERM); err != nil {
		return program.Process.Kill()
	}
	// How it ends after SIGTERM is its own affair.
	_ = program.Wait()
	return nil
}

func firstOf(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}
