package main

import (
	"io"
	"net/http/httptest"
	"testing"
)

func TestGreet(t *testing.T) {
	for name, want := range map[string]string{
		"":     "Hello, world!",
		"Rosa": "Hello, Rosa!",
	} {
		if got := greet(name); got != want {
			t.Errorf("greet(%q) = %q, want %q", name, got, want)
		}
	}
}

func TestThePathIsTheName(t *testing.T) {
	recorder := httptest.NewRecorder()
	handler().ServeHTTP(recorder, httptest.NewRequest("GET", "/Rosa", nil))
	body, err := io.ReadAll(recorder.Result().Body)
	if err != nil {
		t.Fatal(err)
	}
	if got, want := string(body), "Hello, Rosa!\n"; got != want {
		t.Errorf("body = %q, want %q", got, want)
	}
}
