package main

import (
	"encoding/json"
	"fmt"
	"io"
	"sync"
)

// protocolVersion is raised with every change that an older gust would not understand.
const protocolVersion = 3

// command is one line of stdin. Which fields matter depends on Do.
type command struct {
	Do       string        `json:"do"`
	N        uint32        `json:"n"`
	Argv     []string      `json:"argv"`
	Dir      string        `json:"dir"`
	Env      []string      `json:"env"`
	Stdin    string        `json:"stdin"`
	Terminal *terminalSpec `json:"terminal"`
	Sockets  bool          `json:"sockets"`
	Held     bool          `json:"held"`
	State    bool          `json:"state"`
	Service  bool          `json:"service"`
	Nice     int           `json:"nice"`
	Signal   string        `json:"signal"`
	Data     []byte        `json:"data"`
	Columns  uint16        `json:"columns"`
	Rows     uint16        `json:"rows"`
	On       bool          `json:"on"`
	ID       uint32        `json:"id"`
	Port     uint16        `json:"port"`
	From     []uint16      `json:"from"`
	To       uint32        `json:"to"`
	Ms       int           `json:"ms"`
	Streams  string        `json:"streams"`
	Keep     []address     `json:"keep"`
	Page     string        `json:"page"`
	Text     string        `json:"text"`
	Header   string        `json:"header"`
	Desk     string        `json:"desk"`
}

type terminalSpec struct {
	Stdout  bool   `json:"stdout"`
	Stderr  bool   `json:"stderr"`
	Stdin   bool   `json:"stdin"`
	Columns uint16 `json:"columns"`
	Rows    uint16 `json:"rows"`
	Echo    bool   `json:"echo"`
}

type capabilities struct {
	Sockets     bool `json:"sockets"`
	TreeProof   bool `json:"treeProof"`
	Terminal    bool `json:"terminal"`
	ParentDeath bool `json:"parentDeath"`
	Held        bool `json:"held"`
}

type helloEvent struct {
	Event        string       `json:"event"`
	V            int          `json:"v"`
	Pid          int          `json:"pid"`
	Capabilities capabilities `json:"capabilities"`
}

type startedEvent struct {
	Event string `json:"event"`
	N     uint32 `json:"n"`
	Pid   int    `json:"pid"`
}

// failedEvent says at which step a start failed: directory, lookup, terminal, pipe or exec.
type failedEvent struct {
	Event   string `json:"event"`
	N       uint32 `json:"n"`
	Stage   string `json:"stage"`
	Errno   string `json:"errno"`
	Message string `json:"message"`
}

type address struct {
	Network string `json:"network"`
	Address string `json:"address"`
}

type listeningEvent struct {
	Event     string    `json:"event"`
	N         uint32    `json:"n"`
	Addresses []address `json:"addresses"`
	// Unheld are those of them that cannot be handed to another process.
	Unheld []address `json:"unheld"`
}

// shimEvent says that the program was built with what is in shim/, so that its sockets are held.
type shimEvent struct {
	Event string `json:"event"`
	N     uint32 `json:"n"`
}

// acceptingEvent says that the program accepts connections in place of the one before it.
type acceptingEvent struct {
	Event string `json:"event"`
	N     uint32 `json:"n"`
}

// drainedEvent says how many connections went to the successor, how many lasting ones were closed,
// and how many are still there; where any are, also what the program does meanwhile.
type drainedEvent struct {
	Event      string  `json:"event"`
	N          uint32  `json:"n"`
	Moved      int     `json:"moved"`
	Closed     int     `json:"closed"`
	Left       int     `json:"left"`
	Main       *frame  `json:"main"`
	Goroutines []frame `json:"goroutines"`
}

// frame is a place in the program's own code, and how many goroutines are there.
type frame struct {
	Count    int    `json:"count"`
	Function string `json:"function"`
	File     string `json:"file"`
	Line     int    `json:"line"`
}

// leftEvent tells, after drained, how many connections are still there.
type leftEvent struct {
	Event string `json:"event"`
	N     uint32 `json:"n"`
	Left  int    `json:"left"`
}

// reportEvent answers the command report.
type reportEvent struct {
	Event       string  `json:"event"`
	N           uint32  `json:"n"`
	Left        int     `json:"left"`
	Descriptors int     `json:"descriptors"`
	Goroutines  []frame `json:"goroutines"`
}

// toldEvent passes on what a served program has told by NOTIFY_SOCKET.
type toldEvent struct {
	Event    string  `json:"event"`
	N        uint32  `json:"n"`
	Ready    bool    `json:"ready"`
	Stopping bool    `json:"stopping"`
	Status   *string `json:"status"`
}

// probeEvent answers the command probe: the next connection to that port of this machine goes to
// the program, whoever accepts at its own address. 0: that cannot be had.
type probeEvent struct {
	Event string `json:"event"`
	ID    uint32 `json:"id"`
	Port  int    `json:"port"`
}

// acceptedEvent answers the command accepted: the ports whose connections the program has.
type acceptedEvent struct {
	Event string   `json:"event"`
	ID    uint32   `json:"id"`
	From  []uint16 `json:"from"`
}

type exitedEvent struct {
	Event  string  `json:"event"`
	N      uint32  `json:"n"`
	Code   *int    `json:"code"`
	Signal *string `json:"signal"`
}

type goneEvent struct {
	Event  string    `json:"event"`
	N      uint32    `json:"n"`
	Killed int       `json:"killed"`
	Held   []address `json:"held"`
}

type portOwnerEvent struct {
	Event string `json:"event"`
	ID    uint32 `json:"id"`
	Pid   int    `json:"pid"`
	Name  string `json:"name"`
}

// trouble reports a command that made no sense, or a loss that gust should know of.
type troubleEvent struct {
	Event   string `json:"event"`
	Message string `json:"message"`
}

// eventWriter writes one JSON object a line. Safe for concurrent use.
type eventWriter struct {
	mu  sync.Mutex
	out io.Writer
}

func (w *eventWriter) send(event any) {
	line, err := json.Marshal(event)
	if err != nil {
		line = []byte(fmt.Sprintf(`{"event":"trouble","message":%q}`, err.Error()))
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	// When gust is gone the write fails; the end of stdin says so too and is acted upon.
	_, _ = w.out.Write(append(line, '\n'))
}

func (w *eventWriter) trouble(format string, args ...any) {
	w.send(troubleEvent{Event: "trouble", Message: fmt.Sprintf(format, args...)})
}
