//go:build linux || darwin || freebsd || netbsd || openbsd || dragonfly

// The keeper does the operating-system work of gust: it starts processes, passes their output on,
// proves that they are gone, and ends them all when gust ends. It decides nothing.
package main

import (
	"bufio"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
	"time"
)

func main() {
	becomeProgram(os.Args[1:])
	run := flag.String("run", "", "identity of the run, put into every child's environment as GUST_RUN")
	grace := flag.Duration("grace", 2*time.Second, "time between SIGTERM and SIGKILL when stdin ends")
	var inherited, listen []string
	flag.Func("inherit", "the name of a listening socket: the first is descriptor 4", func(name string) error {
		inherited = append(inherited, name)
		return nil
	})
	flag.Func("listen", "[name=]address of a listening socket for programs that are served", func(address string) error {
		listen = append(listen, address)
		return nil
	})
	flag.Parse()
	if err := checkOutput(outputDescriptor); err != nil {
		fmt.Fprintln(os.Stderr, "the keeper needs an output pipe on descriptor 3:", err)
		os.Exit(3)
	}
	syscall.CloseOnExec(outputDescriptor)
	k := newKeeper(*run, &eventWriter{out: os.Stdout}, &frameWriter{out: os.NewFile(outputDescriptor, "output")})
	if err := k.passed.take(outputDescriptor+1, inherited, listen); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(3)
	}
	terminated := catchSignals()
	becomeReaper()
	go k.reapForever()
	k.events.send(helloEvent{Event: "hello", V: protocolVersion, Pid: os.Getpid(), Capabilities: platform})

	ended := make(chan struct{})
	go func() {
		defer close(ended)
		k.readCommands(os.Stdin)
	}()
	select {
	case <-ended:
	case <-terminated:
	}
	k.end(*grace)
}

const outputDescriptor = 3

func checkOutput(fd int) error {
	var stat syscall.Stat_t
	return syscall.Fstat(fd, &stat)
}

// catchSignals takes the signals that would end the keeper. They are caught and dropped, not
// ignored: an ignored signal stays ignored in every child.
func catchSignals() <-chan os.Signal {
	dropped := make(chan os.Signal, 1)
	signal.Notify(dropped, syscall.SIGINT, syscall.SIGHUP, syscall.SIGQUIT, syscall.SIGPIPE)
	go func() {
		for range dropped {
			continue
		}
	}()
	terminated := make(chan os.Signal, 1)
	signal.Notify(terminated, syscall.SIGTERM)
	return terminated
}

// readCommands returns when gust wants everything to end, or is gone.
func (k *keeper) readCommands(in io.Reader) {
	lines := bufio.NewReaderSize(in, 64*1024)
	for {
		line, err := lines.ReadBytes('\n')
		if err != nil {
			return
		}
		var c command
		if err := json.Unmarshal(line, &c); err != nil {
			k.events.trouble("not a command: %v", err)
			continue
		}
		if c.Do == "end" {
			return
		}
		k.obey(&c)
	}
}
