// Stand is the test stand of the benchmarks: it saves files, asks a server all the time, and does
// by hand what a live-reload tool does at the least. It is written in Go because it has to see and
// to do things at a millisecond's distance without taking the machine from what is measured.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
)

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "stand:", err)
		os.Exit(1)
	}
}

func run(args []string) error {
	switch {
	case len(args) == 1 && args[0] == "probe":
		return serve(probe)
	case len(args) == 2 && args[0] == "floor":
		return floor(args[1])
	}
	return fmt.Errorf("usage: stand probe | stand floor RECIPE")
}

// serve answers each JSON line of stdin with one on stdout, until stdin ends.
func serve(answer func(save) (sight, error)) error {
	in := bufio.NewScanner(os.Stdin)
	in.Buffer(nil, 16<<20)
	out := json.NewEncoder(os.Stdout)
	for in.Scan() {
		var request save
		if err := json.Unmarshal(in.Bytes(), &request); err != nil {
			return err
		}
		seen, err := answer(request)
		if err != nil {
			seen.Error = err.Error()
		}
		if err := out.Encode(seen); err != nil {
			return err
		}
	}
	return in.Err()
}
