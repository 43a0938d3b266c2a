package main

import (
	"archive/zip"
	"bytes"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// modulePath is the path under which the test publishes the module. The path mailpipe
// cannot be published, because its first element has no dot.
const modulePath = "example.com/mailpipe"

// TestGoInstall installs the module by its version, from a proxy, as those who have no
// copy of the repository do. The module cache is the proxy for its dependencies.
func TestGoInstall(t *testing.T) {
	project := newProject(t, t.TempDir())
	rename(t, project)
	proxy, bin := t.TempDir(), t.TempDir()
	publish(t, project, proxy)
	cache := strings.TrimSpace(output(t, command(t, project, "go", "env", "GOMODCACHE")))

	install := command(t, t.TempDir(), "go", "install", "-trimpath", modulePath+"@"+tag)
	install.Env = append(install.Env, "GOBIN="+bin, "GOMODCACHE="+t.TempDir(), "GOFLAGS=-modcacherw", "GOSUMDB=off",
		"GOPROXY=file://"+proxy+",file://"+filepath.Join(cache, "cache/download"))
	output(t, install)

	program := filepath.Join(bin, "mailpipe")
	if got := output(t, command(t, bin, program, "--version")); got != "mailpipe "+tag+"\n" {
		t.Errorf("--version: %q", got)
	}
	send := command(t, bin, program, "send", "-f", "a@example.org", "-t", "b@example.org", "--body", "x",
		"-S", "sink:Mail")
	output(t, send)
	arrived(t, filepath.Join(bin, "Mail"), 1)
}

// arrived asserts that a Maildir has so many mails.
func arrived(t *testing.T, maildir string, want int) {
	t.Helper()
	if mails, err := filepath.Glob(filepath.Join(maildir, "new/*")); err != nil || len(mails) != want {
		t.Errorf("%d mails arrived, want %d, %v", len(mails), want, err)
	}
}

// rename gives the module its public path.
func rename(t *testing.T, project string) {
	t.Helper()
	err := filepath.WalkDir(project, func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || filepath.Ext(name) != ".go" && filepath.Base(name) != "go.mod" {
			return err
		}
		text, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		text = bytes.ReplaceAll(text, []byte(`"mailpipe/`), []byte(`"`+modulePath+`/`))
		text = bytes.Replace(text, []byte("module mailpipe\n"), []byte("module "+modulePath+"\n"), 1)
		return os.WriteFile(name, text, 0o644)
	})
	if err != nil {
		t.Fatal(err)
	}
}

// publish writes a version of a module as the GOPROXY protocol has it.
func publish(t *testing.T, project, proxy string) {
	t.Helper()
	dir := filepath.Join(proxy, modulePath, "@v")
	mod, err := os.ReadFile(filepath.Join(project, "go.mod"))
	if err != nil {
		t.Fatal(err)
	}
	var archive bytes.Buffer
	w := zip.NewWriter(&archive)
	for _, name := range gitFiles(t, project) {
		text, err := os.ReadFile(filepath.Join(project, name))
		if err != nil {
			t.Fatal(err)
		}
		entry, err := w.Create(modulePath + "@" + tag + "/" + name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := entry.Write(text); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(dir, "list"), tag+"\n")
	write(t, filepath.Join(dir, tag+".info"), `{"Version":"`+tag+`","Time":"2026-03-01T12:00:00Z"}`)
	write(t, filepath.Join(dir, tag+".mod"), string(mod))
	write(t, filepath.Join(dir, tag+".zip"), archive.String())
}
