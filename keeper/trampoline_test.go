//go:build linux || darwin || freebsd || netbsd || openbsd || dragonfly

package main

import (
	"reflect"
	"testing"
)

func TestOnlyWhatHasToKnowItselfGoesThroughTheTrampoline(t *testing.T) {
	argv := []string{"app", "-x"}
	check := func(env []string, service bool, word string) {
		t.Helper()
		path, got, through := throughTrampoline("/bin/app", argv, env, service)
		if through != (word != "") {
			t.Errorf("%q: got %v", env, through)
		}
		if word == "" {
			if path != "/bin/app" || !reflect.DeepEqual(got, argv) {
				t.Errorf("%q: got %s %q", env, path, got)
			}
			return
		}
		want := []string{"gust-keeper", word, "/bin/app", "app", "-x"}
		if !reflect.DeepEqual(got, want) {
			t.Errorf("%q: got %q, want %q", env, got, want)
		}
	}
	check([]string{"A=1"}, false, "")
	check([]string{"GUST_ORIG_PID=12"}, false, "")
	check([]string{"GUST_ORIG_PID=12"}, true, becomeServiceWord)
	check([]string{"A=1", "GUST_ORIG_PID="}, false, becomeFirstWord)
	check([]string{"GUST_ORIG_PID="}, true, becomeBothWord)
}

func TestTheOwnNumberIsFilledInWhereItWasLeftOpen(t *testing.T) {
	got := withOrigPid([]string{
		"GUST_ORIG_PID=", "MY_GUST_ORIG_PID=", "OTEL_RESOURCE_ATTRIBUTES=a=b,gust.orig_pid=", "X=gust.orig_pid=",
	}, 7)
	want := []string{
		"GUST_ORIG_PID=7", "MY_GUST_ORIG_PID=", "OTEL_RESOURCE_ATTRIBUTES=a=b,gust.orig_pid=7", "X=gust.orig_pid=",
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %q", got)
	}
	got = withListenPid([]string{"LISTEN_PID=3", "B=2"}, 7)
	if !reflect.DeepEqual(got, []string{"B=2", "LISTEN_PID=7"}) {
		t.Errorf("got %q", got)
	}
}
