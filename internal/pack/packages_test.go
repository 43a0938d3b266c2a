package main

import (
	"bytes"
	"flag"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"mailpipe/internal/testservers"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// TestPackages builds the packages once, for tests of the files in them and of what
// happens when they are installed.
func TestPackages(t *testing.T) {
	testservers.NeedTime(t)
	testservers.NeedRoot(t)
	testservers.Need(t, "dpkg-deb", "rpm", "gzip", "zstd")
	dir := t.TempDir()
	buildPackages(t, dir)
	for _, test := range []struct {
		name string
		run  func(t *testing.T, dir string)
	}{
		{"reproducible", testReproducible},
		{"fields", testFields},
		{"files", testFiles},
		{"rpm", testRPM},
		{"lintian", testLintian},
		{"install", testInstall},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			test.run(t, dir)
		})
	}
}

// buildPackages builds the packages in a directory.
func buildPackages(t *testing.T, dir string) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "./packages.sh", dir)
	cmd.Env = append(os.Environ(), "VERSION=v1.2.0-rc.1", "SOURCE_DATE_EPOCH=1796000000")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
}

// output returns the standard output of a command. It runs without an argument for a
// shell, and its last argument is a pattern that one file matches.
func output(t *testing.T, command ...string) []byte {
	t.Helper()
	last := len(command) - 1
	names, err := filepath.Glob(command[last])
	if err != nil || len(names) != 1 {
		t.Fatalf("%s: %q, %v", command[last], names, err)
	}
	cmd := exec.CommandContext(t.Context(), command[0], append(command[1:last:last], names[0])...)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%q: %v\n%s", command, err, &stderr)
	}
	return out
}

// The same commit and time give the same packages, in whatever directory and with
// whatever umask.
func testReproducible(t *testing.T, dir string) {
	other := t.TempDir()
	buildPackages(t, other)
	names, err := filepath.Glob(filepath.Join(dir, "*"))
	if err != nil || len(names) != 5 {
		t.Fatalf("%q, %v", names, err)
	}
	for _, name := range names {
		first, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		second, err := os.ReadFile(filepath.Join(other, filepath.Base(name)))
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(first, second) {
			t.Errorf("%s is not the same twice", filepath.Base(name))
		}
	}
}

// compare compares a text with a golden file.
func compare(t *testing.T, name, got string) {
	t.Helper()
	name = filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(name, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", name, diff)
	}
}
