package main

import (
	"os"
	"path/filepath"
	"strings"
)

// lookup finds the executable of argv[0] in the PATH of env, as the child would see it from dir.
// A name with a slash is returned as it is: exec resolves it after the change of directory.
func lookup(name, dir string, env []string) (string, bool) {
	if strings.ContainsRune(name, '/') {
		return name, true
	}
	if name == "" {
		return "", false
	}
	for _, entry := range filepath.SplitList(valueOf(env, "PATH")) {
		if entry == "" {
			entry = "."
		}
		if !filepath.IsAbs(entry) {
			entry = filepath.Join(dir, entry)
		}
		path := filepath.Join(entry, name)
		if info, err := os.Stat(path); err == nil && info.Mode().IsRegular() && info.Mode()&0o111 != 0 {
			return path, true
		}
	}
	return "", false
}

func valueOf(env []string, name string) string {
	for _, pair := range env {
		if value, ok := strings.CutPrefix(pair, name+"="); ok {
			return value
		}
	}
	return ""
}

// marked adds the variables by which processes of this run are recognised later.
func marked(env []string, run, number string) []string {
	result := make([]string, 0, len(env)+2)
	for _, pair := range env {
		if !strings.HasPrefix(pair, "GUST_RUN=") && !strings.HasPrefix(pair, "GUST_PROC=") {
			result = append(result, pair)
		}
	}
	return append(result, "GUST_RUN="+run, "GUST_PROC="+number)
}
