package web

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"example.com/guestbook/internal/store"
)

func newSite(t *testing.T) http.Handler {
	t.Helper()
	entries, err := store.Open(filepath.Join(t.TempDir(), "entries.json"))
	if err != nil {
		t.Fatal(err)
	}
	site, err := New(entries, os.DirFS("../../templates"))
	if err != nil {
		t.Fatal(err)
	}
	return site
}

func ask(site http.Handler, method, path string, form url.Values) *httptest.ResponseRecorder {
	request := httptest.NewRequest(method, path, strings.NewReader(form.Encode()))
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	recorder := httptest.NewRecorder()
	site.ServeHTTP(recorder, request)
	return recorder
}

func TestAnEntryIsShownEscaped(t *testing.T) {
	site := newSite(t)
	form := url.Values{"name": {"Ada"}, "message": {"<script>alert(1)</script>"}}
	if got := ask(site, "POST", "/", form).Code; got != http.StatusSeeOther {
		t.Fatalf("status of POST = %d, want %d", got, http.StatusSeeOther)
	}
	page := ask(site, "GET", "/", nil).Body.String()
	if strings.Contains(page, "<script>alert") || !strings.Contains(page, "&lt;script&gt;alert") {
		t.Errorf("the message is not escaped:\n%s", page)
	}
}

func TestAnInvalidEntryComesBackWithTheReason(t *testing.T) {
	answer := ask(newSite(t), "POST", "/", url.Values{"message": {"no name, sorry"}})
	if answer.Code != http.StatusUnprocessableEntity {
		t.Errorf("status = %d, want %d", answer.Code, http.StatusUnprocessableEntity)
	}
	for _, want := range []string{"Please tell us your name.", "no name, sorry"} {
		if !strings.Contains(answer.Body.String(), want) {
			t.Errorf("the page does not say %q", want)
		}
	}
}

func TestStatusOfPaths(t *testing.T) {
	site := newSite(t)
	for _, c := range []struct {
		method, path string
		want         int
	}{
		{"GET", "/", http.StatusOK},
		{"GET", "/assets/style.css", http.StatusOK},
		{"GET", "/assets/logo.svg", http.StatusOK},
		{"GET", "/healthz", http.StatusOK},
		{"GET", "/nothing", http.StatusNotFound},
		{"PUT", "/", http.StatusMethodNotAllowed},
	} {
		if got := ask(site, c.method, c.path, nil).Code; got != c.want {
			t.Errorf("%s %s = %d, want %d", c.method, c.path, got, c.want)
		}
	}
}

func TestABrokenTemplateIsFoundAtTheStart(t *testing.T) {
	broken := fstest.MapFS{"guestbook.html": {Data: []byte("{{ range }}")}}
	if _, err := New(nil, broken); err == nil {
		t.Error("a broken template was accepted")
	}
}
