package directory

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"mailpipe/internal/spool"
)

// asError asserts the kind and the words of an *Error.
func asError(t *testing.T, err error, kind spool.Kind, words string) *spool.Error {
	t.Helper()
	e, ok := errors.AsType[*spool.Error](err)
	if !ok {
		t.Fatalf("error %v, want an *Error", err)
	}
	if e.Kind != kind || !strings.Contains(e.Error(), words) {
		t.Errorf("kind %d, %q; want kind %d, %q", e.Kind, e.Error(), kind, words)
	}
	return e
}

// Only root can create the directory of the spools of system:.
func TestOpenWithoutSystemDir(t *testing.T) {
	defer func(dir string) { systemDir = dir }(systemDir)
	systemDir = filepath.Join(t.TempDir(), "system")
	for _, name := range []string{"", "/", "/u1", "/u1/", "/u1/x", "/./u1"} {
		_, err := Open(systemDir + name)
		e := asError(t, err, spool.CannotCreate, systemDir+": no such file or directory")
		if want := "as root: install -d -m 1733 " + systemDir; e.Hint != want {
			t.Errorf("%s: hint %q, want %q", name, e.Hint, want)
		}
	}
	s, err := Open(systemDir + "s")
	if err != nil {
		t.Fatal(err)
	}
	s.Close()
}

// The directory of the spools of system: is not a spool.
func TestOpenSystemDir(t *testing.T) {
	defer func(dir string) { systemDir = dir }(systemDir)
	systemDir = filepath.Join(t.TempDir(), "system")
	if err := os.Mkdir(systemDir, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(systemDir, fs.ModeSticky|0o733); err != nil {
		t.Fatal(err)
	}
	_, err := Open(systemDir + "/")
	e := asError(t, err, spool.Unsafe, systemDir+": other users can write it (mode 0733)")
	if want := "name the spool in it with system:"; e.Hint != want {
		t.Errorf("hint %q, want %q", e.Hint, want)
	}
	if _, err := Open(systemDir + "/u1"); err != nil {
		t.Errorf("a spool in it: %v", err)
	}
}

func TestOpenExisting(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "spool")
	if _, err := OpenExisting(dir); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("without a directory: %v", err)
	}
	if _, err := os.Lstat(dir); !errors.Is(err, fs.ErrNotExist) {
		t.Error("OpenExisting has created the directory")
	}
	if _, err := Open(dir); err != nil {
		t.Fatal(err)
	}
	info, err := os.Lstat(dir)
	if err != nil || info.Mode().Perm() != 0o700 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
	if _, err := OpenExisting(dir); err != nil {
		t.Error(err)
	}
}

// Any path can be a spool.
func TestOpenOddNames(t *testing.T) {
	for _, name := range []string{"a b", "a\nb", "a\xffb", "-a", "ä", "*", "a/b/c"} {
		dir := filepath.Join(t.TempDir(), name)
		s, err := Open(dir)
		if err != nil {
			t.Errorf("%q: %v", name, err)
			continue
		}
		e := add(t, s)
		e.Close()
		if ids, err := s.IDs(); err != nil || len(ids) != 1 || ids[0] != e.ID {
			t.Errorf("%q: IDs %q, %v", name, ids, err)
		}
		if e, err := s.Take(e.ID); err != nil {
			t.Errorf("%q: %v", name, err)
		} else {
			e.Close()
		}
	}
}

func TestLocate(t *testing.T) {
	for _, tt := range []struct{ where, state, home, want string }{
		{"/a b", "", "", "/a b"},
		{"user:", "/state", "/home/x", "/state/mailpipe/spool"},
		{"user:", "relative", "/home/x", "/home/x/.local/state/mailpipe/spool"},
		{"user:", "", "/home/x", "/home/x/.local/state/mailpipe/spool"},
	} {
		got, err := Locate(tt.where, func(name string) string {
			return map[string]string{"XDG_STATE_HOME": tt.state, "HOME": tt.home}[name]
		})
		if err != nil || got != tt.want {
			t.Errorf("%+v: %q, %v", tt, got, err)
		}
	}
	none := func(string) string { return "" }
	_, err := Locate("user:", none)
	asError(t, err, spool.CannotCreate, "$XDG_STATE_HOME and $HOME are not set")
	_, err = Locate("", none)
	asError(t, err, spool.CannotCreate, "must not be empty")
	if got, err := Locate("system:", none); err != nil || !strings.HasPrefix(got, "/var/spool/mailpipe/u") {
		t.Errorf("system: %q, %v", got, err)
	}
}

// Only the owner can read what is in a spool.
func TestModes(t *testing.T) {
	s := openNew(t)
	e := add(t, s)
	defer e.Close()
	release, err := s.Connect("relay", 1)
	if err != nil {
		t.Fatal(err)
	}
	defer release()
	for _, err := range []error{
		e.Dot([]string{"bob@example.org"}), s.ServerFailed("relay", "refused", false, noon), s.SetFlushed(noon),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	files, err := os.ReadDir(s.Name())
	if err != nil || len(files) != 7 {
		t.Errorf("%d files, %v", len(files), err)
	}
	for _, f := range files {
		if info, err := f.Info(); err != nil || info.Mode() != 0o600 {
			t.Errorf("%s: %v, %v", f.Name(), info.Mode(), err)
		}
	}
}
