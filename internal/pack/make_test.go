package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestMake runs the targets of the Makefile as a user does, with a strict umask.
func TestMake(t *testing.T) {
	project := newProject(t, filepath.Join(t.TempDir(), "a project"))
	stage := filepath.Join(t.TempDir(), "a stage")
	if err := os.Mkdir(stage, 0o755); err != nil {
		t.Fatal(err)
	}
	const prefix = `/opt/bob's "mail"`
	run := func(target string) {
		t.Helper()
		script := `umask 077; exec make "$@"`
		output(t, command(t, project, "sh", "-c", script, "sh", target, "DESTDIR="+stage, "PREFIX="+prefix))
	}
	before := list(t, stage)
	run("install-sendmail") // which needs install
	dir := filepath.Join(stage, prefix)
	program := filepath.Join(dir, "bin/mailpipe")
	if got := output(t, command(t, dir, program, "--version")); got != "mailpipe "+tag+"\n" {
		t.Errorf("--version: %q", got)
	}
	if got := output(t, command(t, dir, filepath.Join(dir, "sbin/sendmail"), "--version")); got != "mailpipe "+tag+"\n" {
		t.Errorf("sendmail --version: %q", got)
	}
	want := map[string]string{
		"sbin/sendmail": "Lrwxrwxrwx", "bin/mailq": "Lrwxrwxrwx", "bin/newaliases": "Lrwxrwxrwx",
		"bin/mailpipe":                                  "-rwxr-xr-x",
		"share/mailpipe/installed":                      "-rw-r--r--",
		"share/bash-completion/completions/mailpipe":    "-rw-r--r--",
		"share/zsh/site-functions/_mailpipe":            "-rw-r--r--",
		"share/fish/vendor_completions.d/mailpipe.fish": "-rw-r--r--",
	}
	pages, err := filepath.Glob(filepath.Join(project, "man/*.[1-9]"))
	if err != nil || len(pages) < 10 {
		t.Fatal(pages, err)
	}
	for _, page := range pages {
		want["share/man/man"+filepath.Ext(page)[1:]+"/"+filepath.Base(page)] = "-rw-r--r--"
	}
	got := map[string]string{}
	for name, what := range list(t, dir) {
		mode, _, _ := strings.Cut(what, " ")
		switch {
		case mode[0] != 'd':
			got[name] = mode
		case mode != "drwxr-xr-x":
			t.Errorf("%s: %s", name, mode)
		}
	}
	same(t, "make install-sendmail", got, want)

	run("uninstall")
	same(t, "make uninstall", list(t, stage), before)
}

// A program that was built between two versions has the commit and its date.
func TestVersion(t *testing.T) {
	project := newProject(t, t.TempDir())
	output(t, command(t, project, "git", "tag", "-d", tag))
	commit := output(t, command(t, project, "git", "rev-parse", "--short=12", "HEAD"))
	write(t, filepath.Join(project, "LICENSE"), "changed")
	output(t, command(t, project, "go", "run", "./internal/pack", "tree", "tree"))
	want := "mailpipe commit " + strings.TrimSpace(commit) + " of 2026-03-01T12:00:00Z (modified)\n"
	for _, args := range [][]string{{"--version"}, {"version"}, {"send", "--version"}} {
		if got := output(t, command(t, project, "tree/bin/mailpipe", args...)); got != want {
			t.Errorf("%q: %q, want %q", args, got, want)
		}
	}
}
