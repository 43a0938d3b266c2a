package main

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// list returns what is in a directory: each name with its mode, and with what a file
// contains or a link points to.
func list(t *testing.T, dir string) map[string]string {
	t.Helper()
	found := map[string]string{}
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		what := ""
		switch info.Mode().Type() {
		case 0:
			text, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			what = " " + string(text)
		case fs.ModeSymlink:
			to, err := os.Readlink(path)
			if err != nil {
				return err
			}
			what = " " + to
		}
		name, err := filepath.Rel(dir, path)
		found[filepath.ToSlash(name)] = info.Mode().String() + what
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// write writes a file of the test, and makes its directories.
func write(t *testing.T, name, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

// same fails the test if two lists of files differ.
func same(t *testing.T, what string, got, want map[string]string) {
	t.Helper()
	for name := range want {
		if got[name] != want[name] {
			t.Errorf("%s: %q is %q, want %q", what, name, got[name], want[name])
		}
	}
	for name := range got {
		if _, ok := want[name]; !ok {
			t.Errorf("%s: unexpected %q", what, name)
		}
	}
}

var someFiles = []file{
	{"bin/mailpipe", 0o755, []byte("the program")},
	{"share/man/man1/mailpipe.1", 0o644, []byte("the page")},
}

// uninstall removes all that install made, and nothing else.
func TestUninstall(t *testing.T) {
	for _, tt := range []struct {
		prefix string
		exists []string // a directory ends with a slash
	}{
		{"/usr/local", nil},
		{"/opt/my mail", nil},
		{`/a'b"c$d`, nil},
		{"/a\nb\xff", nil},
		{"/usr/local", []string{"usr/local/bin/", "usr/local/share/man/man1/"}}, // empty
		{"/usr/local", []string{"usr/local/bin/other", "usr/local/share/man/man1/other.1"}},
		{"/usr", []string{"usr/share/", "usr/sbin/other"}},
		{"/", []string{"bin/"}},
		{"missing/../usr", nil},
	} {
		dir := t.TempDir()
		for _, name := range tt.exists {
			if trimmed, isDir := strings.CutSuffix(name, "/"); isDir {
				if err := os.MkdirAll(filepath.Join(dir, trimmed), 0o755); err != nil {
					t.Fatal(err)
				}
				continue
			}
			write(t, filepath.Join(dir, name), "of others")
		}
		before := list(t, dir)
		i := installation{root: dir, prefix: tt.prefix}
		for range 2 { // the second time, as for a new version, all is there
			if err := i.install(someFiles); err != nil {
				t.Fatalf("%q: %v", tt.prefix, err)
			}
			if err := i.installSendmail(); err != nil {
				t.Fatalf("%q: %v", tt.prefix, err)
			}
		}
		got := list(t, filepath.Join(dir, tt.prefix))
		for name, want := range map[string]string{
			"bin/mailpipe":              "-rwxr-xr-x the program",
			"share/man/man1/mailpipe.1": "-rw-r--r-- the page",
			"sbin/sendmail":             "Lrwxrwxrwx ../bin/mailpipe",
			"bin/mailq":                 "Lrwxrwxrwx mailpipe",
			"bin/newaliases":            "Lrwxrwxrwx mailpipe",
		} {
			if got[name] != want {
				t.Errorf("%q: %s is %q, want %q", tt.prefix, name, got[name], want)
			}
		}
		if err := i.uninstall(); err != nil {
			t.Errorf("%q: %v", tt.prefix, err)
		}
		same(t, tt.prefix, list(t, dir), before)
		if err := i.uninstall(); err == nil || !strings.Contains(err.Error(), "nothing was installed there") {
			t.Errorf("%q: a second time: %v", tt.prefix, err)
		}
	}
}

// A file that only an older version had is removed with the others. A directory with a
// file of others remains.
func TestUninstallUpgraded(t *testing.T) {
	dir := t.TempDir()
	i := installation{root: dir, prefix: "/usr"}
	if err := i.install(append(someFiles, file{"share/old", 0o644, nil})); err != nil {
		t.Fatal(err)
	}
	if err := i.install(someFiles); err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(dir, "usr/bin/other"), "of others")
	if err := i.uninstall(); err != nil {
		t.Fatal(err)
	}
	same(t, "upgraded", list(t, dir), map[string]string{
		".": list(t, dir)["."], "usr": "drwxr-xr-x", "usr/bin": "drwxr-xr-x", "usr/bin/other": "-rw-r--r-- of others",
	})
}

// What install could not replace is not its own.
func TestInstallFails(t *testing.T) {
	dir := t.TempDir()
	i := installation{root: dir, prefix: "/usr"}
	if err := os.MkdirAll(i.path("bin/mailpipe"), 0o755); err != nil { // where the program should be
		t.Fatal(err)
	}
	before := list(t, dir)
	if err := i.install(someFiles); err == nil || !strings.Contains(err.Error(), "bin/mailpipe") {
		t.Errorf("install: %v", err)
	}
	if err := i.uninstall(); err != nil {
		t.Errorf("uninstall: %v", err)
	}
	same(t, "uninstall", list(t, dir), before)
}

// Where nothing can be written, one line says so, not one for each file.
func TestInstallNowhere(t *testing.T) {
	dir := t.TempDir()
	i := installation{root: dir, prefix: "/usr"}
	if err := os.Symlink("missing", filepath.Join(dir, "usr")); err != nil {
		t.Fatal(err)
	}
	if err := i.install(someFiles); err == nil || err.Error() != "mkdir "+dir+"/usr: file exists" {
		t.Errorf("install: %v", err)
	}
}

// install-sendmail replaces no other MTA, and makes no link beside it.
func TestOtherMTA(t *testing.T) {
	for _, name := range []string{"sbin/sendmail", "bin/mailq", "bin/newaliases"} {
		dir := t.TempDir()
		i := installation{root: dir, prefix: "/usr"}
		write(t, i.path(name), "of others")
		before := list(t, dir)
		err := i.installSendmail()
		if err == nil || !strings.Contains(err.Error(), i.path(name)+" exists: remove it first") {
			t.Errorf("%s: %v", name, err)
		}
		same(t, name, list(t, dir), before)
	}
}

// A record that names files elsewhere removes nothing.
func TestInvalidRecord(t *testing.T) {
	for _, line := range []string{`"/etc/passwd"`, `"../other"`, `"bin/../../other"`, `bin/mailpipe`, `"bin`, ``} {
		dir := t.TempDir()
		write(t, filepath.Join(dir, "other"), "of others")
		i := installation{root: dir, prefix: "/usr"}
		write(t, i.path("bin/mailpipe"), "the program")
		write(t, i.path(recordName), "\"bin/mailpipe\"\n"+line+"\n")
		before := list(t, dir)
		if err := i.uninstall(); err == nil || !strings.Contains(err.Error(), "installed: invalid line") {
			t.Errorf("%s: %v", line, err)
		}
		same(t, line, list(t, dir), before)
	}
}
