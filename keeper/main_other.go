//go:build !(linux || darwin || freebsd || netbsd || openbsd || dragonfly)

package main

import (
	"fmt"
	"os"
)

// Node hands extra descriptors to a child on Windows in a form that only the C runtime reads, so
// that the output pipe does not arrive here; gust runs its programs by itself there.
func main() {
	fmt.Fprintln(os.Stderr, "the keeper does not run on this system: it cannot inherit descriptor 3")
	os.Exit(3)
}
