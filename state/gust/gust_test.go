package gust

import (
	"context"
	"runtime"
	"strings"
	"sync"
	"testing"
)

func TestWithoutGustNothingHappens(t *testing.T) {
	before := runtime.NumGoroutine()
	counter := 7
	var mu sync.Mutex
	Keep("without gust", &counter, &mu)
	if Context() != context.Background() {
		t.Error("the context is not the background")
	}
	if counter != 7 || runtime.NumGoroutine() != before {
		t.Errorf("counter %d, goroutines %d and %d", counter, before, runtime.NumGoroutine())
	}
}

func TestWrongUsePanicsWithAClearMessage(t *testing.T) {
	check := func(want string, use func()) {
		t.Helper()
		defer func() {
			if got, _ := recover().(string); !strings.Contains(got, want) {
				t.Errorf("got %q, want %q", got, want)
			}
		}()
		use()
	}
	counter := 0
	var none *int
	var lock *sync.Mutex
	check("gust.Keep: the name is empty", func() { Keep("", &counter) })
	check("is longer than 200 bytes", func() { Keep(strings.Repeat(" ", 100), &counter) })
	check(`gust.Keep("a"): a pointer to the value is needed, this is int`, func() { Keep("a", counter) })
	check("this is <nil>", func() { Keep("a", nil) })
	check("the pointer is nil", func() { Keep("a", none) })
	check("a lock is nil", func() { Keep("a", &counter, nil) })
	check("a lock is nil", func() { Keep("a", &counter, lock) })
}

func TestNamesBecomeWords(t *testing.T) {
	check := func(text, want string) {
		t.Helper()
		if got := escape(text); got != want {
			t.Errorf("%q: got %q, want %q", text, got, want)
		}
	}
	check("counter", "counter")
	check("main.sessions[]", "main.sessions[]")
	check("a b\n%", "a%20b%0A%25")
	check("ä", "%C3%A4")
}
