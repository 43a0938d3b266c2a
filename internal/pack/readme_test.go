package main

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

func readme(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// block returns the first sh block of the README that begins with a word.
func block(t *testing.T, word string) string {
	t.Helper()
	m := regexp.MustCompile("(?ms)^```sh\n(" + regexp.QuoteMeta(word) + " .*?)^```$").FindStringSubmatch(readme(t))
	if m == nil {
		t.Fatalf("the README does not say how to use %s", word)
	}
	return m[1]
}

// TestREADME installs as the README says: from the repository, and from an archive.
// The program in the archive is the one that make install installs.
func TestREADME(t *testing.T) {
	project := newProject(t, t.TempDir())
	home, local := t.TempDir(), t.TempDir()
	run := func(dir, script string) {
		t.Helper()
		cmd := command(t, dir, "sh", "-euc", strings.ReplaceAll(script, "/usr/local", local))
		for _, name := range []string{"GOCACHE", "GOMODCACHE"} { // which are in the home directory
			cmd.Env = append(cmd.Env, name+"="+strings.TrimSpace(output(t, command(t, project, "go", "env", name))))
		}
		cmd.Env = append(cmd.Env, "HOME="+home)
		output(t, cmd)
	}
	run(project, block(t, "make install"))
	run(project, "go run ./internal/pack dist linux/amd64")
	run(filepath.Join(project, "dist"), block(t, "tar"))

	got := list(t, filepath.Join(home, ".local"))
	delete(got, recordName)
	delete(got, filepath.Dir(recordName))
	want := list(t, local)
	if len(want) < 20 {
		t.Errorf("the archive has only %d files and directories", len(want))
	}
	if native == "linux/amd64" {
		same(t, "make install", got, want)
	}
}

// The README lists the platforms of make dist.
func TestPlatforms(t *testing.T) {
	var listed []string
	for _, row := range regexp.MustCompile(`(?m)^\| (tar\.gz|zip) \| (.*) \|$`).FindAllStringSubmatch(readme(t), -1) {
		for platform := range strings.SplitSeq(row[2], ", ") {
			if (row[1] == "zip") != (suffix(platform) == ".exe") {
				t.Errorf("%s: %s", platform, row[1])
			}
			listed = append(listed, platform)
		}
	}
	if !slices.Equal(listed, platforms) {
		t.Errorf("the README lists %q, want %q", listed, platforms)
	}
}
