package gust__shim

import (
	gust__http "net/http"
	gust__strings "strings"
)

// A page with the script is another one than that without it, and than that of another build, for the
// caches of browsers too: its ETag tells the build.

// gust__markText is what an ETag ends with.
func gust__markText(version string) string { return "-gust" + version + `"` }

// gust__mark changes the ETag of a page with the script; one that has none but could be asked for by its
// date gets one.
func gust__mark(header gust__http.Header, version string) {
	tag := header.Get("Etag")
	switch {
	case len(tag) >= 2 && tag[len(tag)-1] == '"':
		header["Etag"] = []string{tag[:len(tag)-1] + gust__markText(version)}
	case tag == "" && header.Get("Last-Modified") != "":
		header["Etag"] = []string{`W/"` + gust__markText(version)[1:]}
	}
}

// gust__unmark makes the conditions of a request those that the program knows. Those for anything but
// this build's page with the script are left out, so that it comes whole.
func gust__unmark(header gust__http.Header, version string) (marked bool) {
	mark := gust__markText(version)
	tags, asked := header["If-None-Match"]
	own := `W/"` + mark[1:]
	if asked && len(tags) == 1 {
		switch tag := tags[0]; {
		case tag == own:
			header.Del("If-None-Match")
			return true
		case gust__strings.HasSuffix(tag, mark) && !gust__strings.Contains(tag, ","):
			header["If-None-Match"] = []string{tag[:len(tag)-len(mark)] + `"`}
			return true
		}
	}
	header.Del("If-None-Match")
	header.Del("If-Modified-Since")
	return false
}
