package main

import (
	"os"
	"testing"
)

func TestStatIsReadWhateverTheNameHolds(t *testing.T) {
	rest := " S 41 42 43 34816 42 4194304 1 2 3 4 5 6 7 8 20 0 3 0 987654 1 2 3 4\n"
	expected := process{pid: 42, ppid: 41, group: 42, session: 43, state: 'S', start: 987654}
	for _, name := range []string{"app", "", "a b", ") R 1 1 1 (", "(((", "line\nbreak"} {
		if got, ok := parseStat("42 (" + name + ")" + rest); !ok || got != expected {
			t.Errorf("%q: %+v, %v", name, got, ok)
		}
	}
}

func TestWhatIsNoProcessIsNone(t *testing.T) {
	for _, text := range []string{"", "42", "42 (a)", "42 (a) S 1 2", "(a) S 1 2 3"} {
		if got, ok := parseStat(text); ok {
			t.Errorf("%q: %+v", text, got)
		}
	}
}

func TestThisProcessIsFound(t *testing.T) {
	self, ok := snapshot()[os.Getpid()]
	if !ok || self.ppid != os.Getppid() || self.dead() {
		t.Errorf("found %+v, %v", self, ok)
	}
}
