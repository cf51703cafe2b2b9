// Package gust hands the state of a program over to its next version when gust swaps the two.
//
// It was written into this module by `gust init --state` and belongs to it from then on; it needs
// nothing but the standard library. Without gust, and on other systems than Linux, it does nothing:
// no goroutine, no descriptor, no output. What travels and what does not is told in docs/state.md
// of gust.
package gust

import (
	"context"
	"fmt"
	"reflect"
	"sync"
)

// Keep lets the value that v points to travel from the version of the program that ends to the one
// that takes its place. It is read and written while the given locks are held, locked in this
// order; so the caller must not hold them.
//
// If a value has come from the version before, it is there when Keep returns; with an overlap of
// the two versions it comes later, just before this one begins to accept connections. Otherwise *v
// stays as the program made it. That is so as well when the type has changed in between, and gust
// says it.
//
// The name tells values apart; it has to be the same in both versions. Keep panics when it is used
// wrongly: no pointer, nil, or a name for the second time. (The last only where gust runs the
// program, so that its tests may make as many servers as they like.)
func Keep(name string, v any, locks ...sync.Locker) {
	target := reflect.ValueOf(v)
	switch {
	case name == "":
		panic("gust.Keep: the name is empty")
	case len(escape(name)) > longestWord:
		panic(fmt.Sprintf("gust.Keep: the name %q is longer than %d bytes", name, longestWord))
	case target.Kind() != reflect.Pointer:
		panic(fmt.Sprintf("gust.Keep(%q): a pointer to the value is needed, this is %T", name, v))
	case target.IsNil():
		panic(fmt.Sprintf("gust.Keep(%q): the pointer is nil", name))
	}
	for _, lock := range locks {
		if at := reflect.ValueOf(lock); lock == nil || at.Kind() == reflect.Pointer && at.IsNil() {
			panic(fmt.Sprintf("gust.Keep(%q): a lock is nil", name))
		}
	}
	keep(name, target.Elem(), locks)
}

// Context returns a context that ends when this version of the program begins to drain: another
// one takes its place, and only what is under way is still to be finished. Without gust it never
// ends.
func Context() context.Context { return versionContext() }

// longestWord is the limit of a word in a message to gust, in bytes, when it is escaped.
const longestWord = 200

// escape makes one word of any text, as a URL would: spaces, control characters, percent signs and
// what is not ASCII become %20 and the like.
func escape(text string) string {
	const digits = "0123456789ABCDEF"
	word := make([]byte, 0, len(text))
	for i := 0; i < len(text); i++ {
		c := text[i]
		if c > ' ' && c < 0x7f && c != '%' {
			word = append(word, c)
			continue
		}
		word = append(word, '%', digits[c>>4], digits[c&15])
	}
	return string(word)
}
