package gust__shim

import (
	"net/http"
	"net/http/httptest"
	"testing"
)

// What gust's files add to a request that loads no page, beside what net/http does for it:
// go test -ldflags=-checklinkname=0 -run - -bench Request
func BenchmarkRequest(b *testing.B) {
	plain := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {})
	gust__setLabel([]string{"7"})
	defer gust__setLabel(nil)
	for _, kind := range []struct {
		name, desk string
		handler    http.Handler
	}{
		{"plain", "", plain},
		{"with gust", "", &gust__handler{&gust__server{server: &http.Server{}}, plain}},
		{"with gust and pages", "/nowhere", &gust__handler{&gust__server{server: &http.Server{}}, plain}},
	} {
		b.Run(kind.name, func(b *testing.B) {
			gust__desk = kind.desk
			defer func() { gust__desk = "" }()
			r := httptest.NewRequest("GET", "/api/items?x=1", nil)
			r.Header.Set("Accept", "application/json")
			r.Header.Set("Sec-Fetch-Dest", "empty")
			w := httptest.NewRecorder()
			for i := 0; i < b.N; i++ {
				kind.handler.ServeHTTP(w, r)
			}
		})
	}
}
