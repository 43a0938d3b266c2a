package main

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"mailpipe/internal/testservers"
)

const (
	tag     = "v1.2.3"
	tagDate = "1772366400" // 2026-03-01 12:00:00 UTC
)

// newProject returns a repository with a copy of the files of this one, with changes
// that are not committed yet. Its only commit has a tag. If it has the same files, it
// is the same commit.
func newProject(t *testing.T, dir string) string {
	t.Helper()
	testservers.Need(t, "git", "make")
	const top = "../.."
	for _, name := range gitFiles(t, top) {
		if _, err := os.Stat(filepath.Join(top, name)); err == nil { // it may be removed and not committed
			copyFile(t, filepath.Join(top, name), filepath.Join(dir, name))
		}
	}
	for _, args := range []string{"init -q", "add -f .", "commit -q -m copy", "tag " + tag} {
		output(t, command(t, dir, "git", strings.Fields(args)...))
	}
	return dir
}

// gitFiles returns the files of a repository, without those that .gitignore names.
func gitFiles(t *testing.T, dir string) []string {
	t.Helper()
	out := output(t, command(t, dir, "git", "-c", "safe.directory=*", "ls-files", "-z", "-co", "--exclude-standard"))
	return strings.Split(strings.TrimSuffix(out, "\x00"), "\x00")
}

// copyFile copies a file with its mode.
func copyFile(t *testing.T, from, to string) {
	t.Helper()
	info, err := os.Stat(from)
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(from)
	if err != nil {
		t.Fatal(err)
	}
	write(t, to, string(text))
	if err := os.Chmod(to, info.Mode()); err != nil {
		t.Fatal(err)
	}
}

// command returns a command in a directory, for a user without a configuration of git.
func command(t *testing.T, dir, name string, args ...string) *exec.Cmd {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), name, args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(),
		"GIT_CONFIG_GLOBAL=/dev/null", "GIT_CONFIG_NOSYSTEM=1",
		"GIT_AUTHOR_NAME=a", "GIT_AUTHOR_EMAIL=a@example.org", "GIT_AUTHOR_DATE="+tagDate+" +0000",
		"GIT_COMMITTER_NAME=a", "GIT_COMMITTER_EMAIL=a@example.org", "GIT_COMMITTER_DATE="+tagDate+" +0000",
		"SOURCE_DATE_EPOCH=", "DESTDIR=", "PREFIX=",
	)
	return cmd
}

// output returns the standard output of a command that must succeed.
func output(t *testing.T, cmd *exec.Cmd) string {
	t.Helper()
	var out, messages bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &messages
	if err := cmd.Run(); err != nil {
		t.Fatalf("%q: %v\n%s%s", cmd.Args, err, &out, &messages)
	}
	return out.String()
}
