// Guestbook is a small but complete web application: several packages, templates that are read
// at run time, assets that are embedded, and a store that survives a restart.
package main

import (
	"context"
	"errors"
	"log"
	"net"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"

	"example.com/guestbook/internal/store"
	"example.com/guestbook/internal/web"
)

func main() {
	log.SetFlags(0)
	log.SetPrefix("guestbook: ")
	if err := run(); err != nil {
		log.Fatal(err)
	}
}

func run() error {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()

	entries, err := store.Open(setting("GUESTBOOK_DATA", "data/entries.json"))
	if err != nil {
		return err
	}
	handler, err := web.New(entries, os.DirFS(setting("GUESTBOOK_TEMPLATES", "templates")))
	if err != nil {
		return err
	}
	listener, err := net.Listen("tcp", "localhost:"+setting("PORT", "8080"))
	if err != nil {
		return err
	}
	log.Printf("listening on http://%s with %d entries", listener.Addr(), entries.Len())
	return serve(ctx, listener, handler)
}

// serve answers until ctx is done, then lets the requests under way finish.
func serve(ctx context.Context, listener net.Listener, handler http.Handler) error {
	server := &http.Server{Handler: handler, ReadHeaderTimeout: 5 * time.Second}
	failed := make(chan error, 1)
	go func() { failed <- server.Serve(listener) }()

	select {
	case err := <-failed:
		return err
	case <-ctx.Done():
	}
	deadline, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	if err := server.Shutdown(deadline); err != nil {
		return err
	}
	if err := <-failed; !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	log.Print("closed")
	return nil
}

func setting(name, otherwise string) string {
	if value := os.Getenv(name); value != "" {
		return value
	}
	return otherwise
}
