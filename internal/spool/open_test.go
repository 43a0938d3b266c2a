package spool

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"mailpipe/internal/statedir"
)

// asError asserts the kind and the words of an *Error.
func asError(t *testing.T, err error, kind Kind, words string) *Error {
	t.Helper()
	e, ok := errors.AsType[*Error](err)
	if !ok {
		t.Fatalf("error %v, want an *Error", err)
	}
	if e.Kind != kind || !strings.Contains(e.Error(), words) {
		t.Errorf("kind %d, %q; want kind %d, %q", e.Kind, e.Error(), kind, words)
	}
	return e
}

func TestOpenRefuses(t *testing.T) {
	for _, tt := range []struct {
		name  string
		setup func(t *testing.T, dir string) error
		kind  Kind
		words string
	}{
		{"not empty", func(_ *testing.T, dir string) error {
			return errors.Join(os.Mkdir(dir, 0o700), os.WriteFile(filepath.Join(dir, "x"), nil, 0o600))
		}, CannotCreate, "is not a spool: it is not empty and has no file mailpipe-spool"},
		{"a file", func(_ *testing.T, dir string) error {
			return os.WriteFile(dir, nil, 0o600)
		}, CannotCreate, "is not a directory"},
		{"a link", func(t *testing.T, dir string) error {
			return os.Symlink(t.TempDir(), dir)
		}, CannotCreate, "is a symbolic link, not a directory"},
		{"a link as marker", func(_ *testing.T, dir string) error {
			return errors.Join(os.Mkdir(dir, 0o700), os.Symlink("x", filepath.Join(dir, marker)))
		}, CannotCreate, "mailpipe-spool is not a regular file"},
		{"writable by the group", func(_ *testing.T, dir string) error {
			return errors.Join(os.Mkdir(dir, 0o700), os.Chmod(dir, 0o720))
		}, Unsafe, "other users can write it (mode 0720)"},
		{"writable by others", func(_ *testing.T, dir string) error {
			return errors.Join(os.Mkdir(dir, 0o700), os.Chmod(dir, 0o702))
		}, Unsafe, "other users can write it (mode 0702)"},
		{"of another user", func(t *testing.T, dir string) error {
			needRoot(t)
			return errors.Join(os.Mkdir(dir, 0o700), os.Chown(dir, 65534, 65534))
		}, Unsafe, "belongs to another user (uid 65534)"},
		{"in a file", func(_ *testing.T, dir string) error {
			return os.WriteFile(filepath.Dir(dir), nil, 0o600)
		}, CannotCreate, "not a directory"},
		{"removed parent of system:", func(t *testing.T, dir string) error {
			systemDir = filepath.Dir(dir)
			return nil
		}, CannotCreate, "no such file or directory"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			defer func(dir string) { systemDir = dir }(systemDir)
			dir := filepath.Join(t.TempDir(), "parent", "spool")
			if tt.name != "in a file" && tt.name != "removed parent of system:" {
				if err := os.Mkdir(filepath.Dir(dir), 0o700); err != nil {
					t.Fatal(err)
				}
			}
			if err := tt.setup(t, dir); err != nil {
				t.Fatal(err)
			}
			_, err := Open(dir)
			e := asError(t, err, tt.kind, tt.words)
			if want := "as root: install -d -m 1733 " + systemDir; tt.name == "removed parent of system:" && e.Hint != want {
				t.Errorf("hint %q, want %q", e.Hint, want)
			}
		})
	}
}

func needRoot(t *testing.T) {
	t.Helper()
	if os.Geteuid() != 0 {
		t.Skip("only root can give a file away")
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

// Several processes may open a new spool at once. One that looks for the marker
// before another creates it must not take the directory for something else.
func TestOpenAtOnce(t *testing.T) {
	for range 50 {
		dir := filepath.Join(t.TempDir(), "spool")
		var group sync.WaitGroup
		for range 8 {
			group.Go(func() {
				if _, err := Open(dir); err != nil {
					t.Error(err)
				}
			})
		}
		group.Wait()
	}
}

// slowLook is a file system on which another process creates the marker after Open
// has not found it.
type slowLook struct{ statedir.OS }

func (l slowLook) Lstat(name string) (fs.FileInfo, error) {
	info, err := l.OS.Lstat(name)
	if filepath.Base(name) == marker && err != nil {
		if err := os.WriteFile(name, nil, 0o600); err != nil {
			panic(err)
		}
	}
	return info, err
}

func TestOpenWhileCreated(t *testing.T) {
	if _, err := open(filepath.Join(t.TempDir(), "spool"), slowLook{}, true); err != nil {
		t.Error(err)
	}
}

// noLocks is a file system whose locks succeed always, or fail always.
type noLocks struct {
	statedir.OS
	err error
}

type noLocksFile struct {
	statedir.File
	err error
}

func (n noLocks) Open(name string) (statedir.File, error) {
	f, err := n.OS.Open(name)
	return noLocksFile{f, n.err}, err
}

func (f noLocksFile) Lock() (bool, error) { return f.err == nil, f.err }

func TestLocksThatDoNotExclude(t *testing.T) {
	_, err := open(filepath.Join(t.TempDir(), "spool"), noLocks{}, true)
	asError(t, err, CannotCreate, "locks do not exclude other processes on this file system")
	_, err = open(filepath.Join(t.TempDir(), "spool"), noLocks{err: errors.ErrUnsupported}, true)
	asError(t, err, CannotCreate, "files cannot be locked: unsupported operation")
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
	asError(t, err, CannotCreate, "$XDG_STATE_HOME and $HOME are not set")
	_, err = Locate("", none)
	asError(t, err, CannotCreate, "must not be empty")
	if got, err := Locate("system:", none); err != nil || !strings.HasPrefix(got, "/var/spool/mailpipe/u") {
		t.Errorf("system: %q, %v", got, err)
	}
}
