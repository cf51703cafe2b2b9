// Package web shows the guestbook and takes new entries.
package web

import (
	"bytes"
	"embed"
	"errors"
	"html/template"
	"io/fs"
	"log"
	"net/http"
	"time"

	"example.com/guestbook/internal/store"
)

//go:embed assets
var assets embed.FS

// shown is how many entries the page has.
const shown = 50

type pages struct {
	entries  *store.Store
	template *template.Template
}

// New returns the handler of the whole site. It reads every template at once, so that a mistake
// in one of them is found at the start and not by a visitor.
func New(entries *store.Store, templates fs.FS) (http.Handler, error) {
	parsed, err := template.New("").Funcs(template.FuncMap{
		"day":    func(t time.Time) string { return t.Format("2 January 2006") },
		"plural": plural,
	}).ParseFS(templates, "*.html")
	if err != nil {
		return nil, err
	}
	if parsed.Lookup("guestbook.html") == nil {
		return nil, errors.New("templates: guestbook.html is missing")
	}
	p := &pages{entries: entries, template: parsed}
	mux := http.NewServeMux()
	mux.HandleFunc("/", p.guestbook)
	mux.Handle("/assets/", http.FileServer(http.FS(assets)))
	mux.HandleFunc("/healthz", func(w http.ResponseWriter, _ *http.Request) {
		_, _ = w.Write([]byte("ok\n"))
	})
	return mux, nil
}

func (p *pages) guestbook(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path != "/" {
		http.NotFound(w, r)
		return
	}
	switch r.Method {
	case http.MethodGet, http.MethodHead:
		p.show(w, http.StatusOK, form{})
	case http.MethodPost:
		p.sign(w, r)
	default:
		w.Header().Set("Allow", "GET, HEAD, POST")
		http.Error(w, "method not allowed", http.StatusMethodNotAllowed)
	}
}

// form is what the visitor typed, and what is wrong with it.
type form struct {
	Name, Message, Problem string
}

func (p *pages) sign(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, 16<<10)
	if err := r.ParseForm(); err != nil {
		http.Error(w, "the form cannot be read", http.StatusBadRequest)
		return
	}
	typed := form{Name: r.PostForm.Get("name"), Message: r.PostForm.Get("message")}
	err := p.entries.Add(store.Entry{Name: typed.Name, Message: typed.Message, Time: time.Now()})
	var invalid store.Invalid
	switch {
	case errors.As(err, &invalid):
		typed.Problem = invalid.Error()
		p.show(w, http.StatusUnprocessableEntity, typed)
	case err != nil:
		log.Printf("cannot keep an entry: %v", err)
		http.Error(w, "your entry could not be kept", http.StatusInternalServerError)
	default:
		http.Redirect(w, r, "/", http.StatusSeeOther)
	}
}

func (p *pages) show(w http.ResponseWriter, status int, typed form) {
	var page bytes.Buffer
	err := p.template.ExecuteTemplate(&page, "guestbook.html", map[string]any{
		"Entries":    p.entries.Newest(shown),
		"Count":      p.entries.Len(),
		"Form":       typed,
		"MaxName":    store.MaxName,
		"MaxMessage": store.MaxMessage,
	})
	if err != nil {
		log.Printf("cannot show the guestbook: %v", err)
		http.Error(w, "the page could not be made", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	_, _ = page.WriteTo(w)
}

func plural(n int, one, many string) string {
	if n == 1 {
		return one
	}
	return many
}
