package main

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
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
	dir := makePackages(t, filepath.Join(t.TempDir(), "a project"))
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

// makePackages runs make packages in a copy of the project that only its owner may read,
// and returns the directory with the packages.
func makePackages(t *testing.T, dir string) string {
	t.Helper()
	project := newProject(t, dir)
	output(t, command(t, project, "sh", "-c", "umask 077; chmod -R go= .; exec make packages"))
	return filepath.Join(project, "dist")
}

// one returns the name of the file of a directory that matches a pattern.
func one(t *testing.T, dir, pattern string) string {
	t.Helper()
	names, err := filepath.Glob(filepath.Join(dir, pattern))
	if err != nil || len(names) != 1 {
		t.Fatalf("%s: %q, %v", pattern, names, err)
	}
	return names[0]
}

// The same commit gives the same packages, in whatever directory.
func testReproducible(t *testing.T, dir string) {
	sums := func(dir string) string { return output(t, command(t, dir, "sh", "-c", "sha256sum *")) }
	first, second := sums(dir), sums(makePackages(t, t.TempDir()))
	if first != second || strings.Count(first, "\n") != 5 {
		t.Errorf("make packages:\n%s\nagain:\n%s", first, second)
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
	if diff := cmp.Diff(strings.Split(string(want), "\n"), strings.Split(got, "\n")); diff != "" {
		t.Errorf("%s (-want +got):\n%s", name, diff)
	}
}
