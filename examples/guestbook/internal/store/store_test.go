package store

import (
	"errors"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func TestEntriesSurviveAReopening(t *testing.T) {
	path := filepath.Join(t.TempDir(), "new", "entries.json")
	s, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"Ada", "Rosa"} {
		entry := Entry{Name: name, Message: " <b>hi</b> ", Time: time.Unix(1, 0).UTC()}
		if err := s.Add(entry); err != nil {
			t.Fatal(err)
		}
	}
	again, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	newest := again.Newest(1)
	if again.Len() != 2 || len(newest) != 1 {
		t.Fatalf("got %d entries, %d of them newest, want 2 and 1", again.Len(), len(newest))
	}
	want := Entry{Name: "Rosa", Message: "<b>hi</b>", Time: time.Unix(1, 0).UTC()}
	if newest[0] != want {
		t.Errorf("newest = %+v, want %+v", newest[0], want)
	}
}

func TestInvalidEntriesAreRefused(t *testing.T) {
	s, err := Open(filepath.Join(t.TempDir(), "entries.json"))
	if err != nil {
		t.Fatal(err)
	}
	for name, entry := range map[string]Entry{
		"no name":      {Name: "  ", Message: "hi"},
		"no message":   {Name: "Ada"},
		"long name":    {Name: strings.Repeat("é", MaxName+1), Message: "hi"},
		"long message": {Name: "Ada", Message: strings.Repeat("é", MaxMessage+1)},
	} {
		var invalid Invalid
		if err := s.Add(entry); !errors.As(err, &invalid) {
			t.Errorf("%s: got %v, want an Invalid", name, err)
		}
	}
	if s.Len() != 0 {
		t.Errorf("%d entries were kept, want none", s.Len())
	}
}
