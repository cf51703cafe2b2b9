// Package store keeps the entries of the guestbook in one JSON file.
package store

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"
	"unicode/utf8"
)

// Longest name and message, in characters.
const (
	MaxName    = 60
	MaxMessage = 500
)

// Entry is what one visitor wrote.
type Entry struct {
	Name    string    `json:"name"`
	Message string    `json:"message"`
	Time    time.Time `json:"time"`
}

// Store is a list of entries that is safe for use by several goroutines.
type Store struct {
	path string

	mu      sync.RWMutex
	entries []Entry
}

// Open reads the entries in the file at path; a file that is missing is an empty guestbook.
func Open(path string) (*Store, error) {
	s := &Store{path: path}
	data, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return s, nil
	}
	if err != nil {
		return nil, err
	}
	if err := json.Unmarshal(data, &s.entries); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return s, nil
}

// Len returns the number of entries.
func (s *Store) Len() int {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return len(s.entries)
}

// Newest returns at most n entries, the newest first.
func (s *Store) Newest(n int) []Entry {
	s.mu.RLock()
	defer s.mu.RUnlock()
	var newest []Entry
	for i := len(s.entries) - 1; i >= 0 && len(newest) < n; i-- {
		newest = append(newest, s.entries[i])
	}
	return newest
}

// Add checks an entry and writes it down. An error of type Invalid is the visitor's.
func (s *Store) Add(e Entry) error {
	e.Name, e.Message = strings.TrimSpace(e.Name), strings.TrimSpace(e.Message)
	if err := check(e); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	entries := append(s.entries[:len(s.entries):len(s.entries)], e)
	if err := save(s.path, entries); err != nil {
		return err
	}
	s.entries = entries
	return nil
}

// Invalid says, in words for the visitor, why an entry was not taken.
type Invalid string

func (i Invalid) Error() string { return string(i) }

func check(e Entry) error {
	switch {
	case e.Name == "":
		return Invalid("Please tell us your name.")
	case e.Message == "":
		return Invalid("Please write a few words.")
	case utf8.RuneCountInString(e.Name) > MaxName:
		return Invalid(fmt.Sprintf("A name has at most %d characters.", MaxName))
	case utf8.RuneCountInString(e.Message) > MaxMessage:
		return Invalid(fmt.Sprintf("A message has at most %d characters.", MaxMessage))
	}
	return nil
}

// save writes to a file beside path and renames it, so that path is never half written.
func save(path string, entries []Entry) (err error) {
	data, err := json.MarshalIndent(entries, "", "  ")
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	file, err := os.CreateTemp(filepath.Dir(path), ".entries-*")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			os.Remove(file.Name())
		}
	}()
	_, err = file.Write(append(data, '\n'))
	if closeErr := file.Close(); err == nil {
		err = closeErr
	}
	if err != nil {
		return err
	}
	return os.Rename(file.Name(), path)
}
