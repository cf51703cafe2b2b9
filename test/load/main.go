// Command load puts a constant load on the program test/fixtures/programs/everything, and tells
// what its clients saw.
//
// It reads lines from stdin: `live N` (answers to what is asked from now on must be at least N),
// `counts` (print the counts so far) and `stop`. It writes one JSON object per line to stdout: a
// trouble as soon as there is one, counts when asked, and counts once more when all clients are done.
package main

import (
	"bufio"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"strconv"
	"strings"
	"sync"
	"time"
)

func main() {
	var (
		kinds  kindFlags
		target target
	)
	flag.IntVar(&target.port, "port", 0, "port for HTTP/1.1")
	flag.IntVar(&target.tlsPort, "tls-port", 0, "port for TLS and HTTP/2")
	flag.Var(&kinds, "kind", "`name:clients:rate`, the rate per second of all its clients; repeat")
	flag.Parse()
	if len(kinds) == 0 || flag.NArg() > 0 {
		flag.Usage()
		os.Exit(2)
	}

	load := newLoad(target)
	var clients sync.WaitGroup
	for _, kind := range kinds {
		load.start(kind, &clients)
	}
	obey(load)
	load.stop()
	stopped := time.Now()
	clients.Wait()
	load.printCounts("report", stopped)
}

// obey follows the lines on stdin until one says stop, or they end.
func obey(load *load) {
	lines := bufio.NewScanner(os.Stdin)
	for lines.Scan() {
		word, rest, _ := strings.Cut(lines.Text(), " ")
		switch word {
		case "live":
			number, err := strconv.ParseInt(rest, 10, 64)
			if err != nil {
				fmt.Fprintf(os.Stderr, "no number: %q\n", rest)
				os.Exit(2)
			}
			load.least.Store(number)
		case "counts":
			load.printCounts("counts", time.Now())
		case "stop":
			return
		}
	}
}

// printCounts writes the counts of all kinds, and their longest silences up to then in milliseconds.
func (l *load) printCounts(line string, then time.Time) {
	kinds := map[string]counts{}
	silences := map[string]int64{}
	for _, tally := range l.tallies {
		kinds[tally.kind] = tally.copied()
		silences[tally.kind] = tally.silence.until(then).Milliseconds()
	}
	l.print(map[string]any{"line": line, "kinds": kinds, "silences": silences})
}

func (l *load) print(value any) {
	text, err := json.Marshal(value)
	if err != nil {
		panic(err)
	}
	l.printing.Lock()
	defer l.printing.Unlock()
	_, _ = os.Stdout.Write(append(text, '\n'))
}
