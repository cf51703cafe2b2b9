package main

import (
	"os"
	"path/filepath"
	"slices"
	"testing"
)

func TestExecutableIsFoundInThePathOfTheGivenEnvironment(t *testing.T) {
	dir := t.TempDir()
	write := func(name string, mode os.FileMode) {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, nil, mode); err != nil {
			t.Fatal(err)
		}
	}
	write("bin/app", 0o755)
	write("second/app", 0o755)
	write("plain/app", 0o644)
	write("folder/app/file", 0o755)

	check := func(name, path, expected string, found bool) {
		t.Helper()
		got, ok := lookup(name, dir, []string{"A=b", "PATH=" + path, "C=d"})
		if got != expected || ok != found {
			t.Errorf("lookup(%q) in %q = %q, %v", name, path, got, ok)
		}
	}
	bin := filepath.Join(dir, "bin")
	check("app", bin, filepath.Join(bin, "app"), true)
	check("app", filepath.Join(dir, "second")+":"+bin, filepath.Join(dir, "second/app"), true)
	check("app", "/none:"+filepath.Join(dir, "plain")+":"+filepath.Join(dir, "folder")+":"+bin, filepath.Join(bin, "app"), true)
	check("app", "bin", filepath.Join(bin, "app"), true)
	check("app", filepath.Join(dir, "plain"), "", false)
	check("app", "", "", false)
	check("other", bin, "", false)
	check("", bin, "", false)
	check("./app", bin, "./app", true)
	check("/no/such/file", bin, "/no/such/file", true)
}

func TestMarksReplaceThoseOfAnOuterGust(t *testing.T) {
	got := marked([]string{"A=1", "GUST_RUN=outer", "GUST_PROC=9", "GUST_RUNNER=kept"}, "inner", "2")
	expected := []string{"A=1", "GUST_RUNNER=kept", "GUST_RUN=inner", "GUST_PROC=2"}
	if !slices.Equal(got, expected) {
		t.Errorf("got %q", got)
	}
}
