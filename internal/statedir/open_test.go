package statedir

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"mailpipe/internal/testservers"
)

const marker = "mailpipe-spool"

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
			testservers.NeedRoot(t)
			return errors.Join(os.Mkdir(dir, 0o700), os.Chown(dir, 65534, 65534))
		}, Unsafe, "belongs to another user (uid 65534)"},
		{"in a file", func(_ *testing.T, dir string) error {
			return os.WriteFile(filepath.Dir(dir), nil, 0o600)
		}, CannotCreate, "not a directory"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), "parent", "spool")
			if tt.name != "in a file" {
				if err := os.Mkdir(filepath.Dir(dir), 0o700); err != nil {
					t.Fatal(err)
				}
			}
			if err := tt.setup(t, dir); err != nil {
				t.Fatal(err)
			}
			_, err := Open(dir, marker, OS{}, true)
			asError(t, err, tt.kind, tt.words)
		})
	}
}

// Several processes may open a new directory at once. One that looks for the marker
// before another creates it must not take the directory for something else.
func TestOpenAtOnce(t *testing.T) {
	for range 50 {
		dir := filepath.Join(t.TempDir(), "spool")
		var group sync.WaitGroup
		for range 8 {
			group.Go(func() {
				if _, err := Open(dir, marker, OS{}, true); err != nil {
					t.Error(err)
				}
			})
		}
		group.Wait()
	}
}

// slowLook is a file system on which another process creates the marker after Open
// has not found it.
type slowLook struct{ OS }

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
	if _, err := Open(filepath.Join(t.TempDir(), "spool"), marker, slowLook{}, true); err != nil {
		t.Error(err)
	}
}

// noLocks is a file system whose locks succeed always, or fail always.
type noLocks struct {
	OS
	err error
}

type noLocksFile struct {
	File
	err error
}

func (n noLocks) Open(name string) (File, error) {
	f, err := n.OS.Open(name)
	return noLocksFile{f, n.err}, err
}

func (f noLocksFile) Lock() (bool, error) { return f.err == nil, f.err }

func TestLocksThatDoNotExclude(t *testing.T) {
	_, err := Open(filepath.Join(t.TempDir(), "spool"), marker, noLocks{}, true)
	asError(t, err, CannotCreate, "locks do not exclude other processes on this file system")
	_, err = Open(filepath.Join(t.TempDir(), "spool"), marker, noLocks{err: errors.ErrUnsupported}, true)
	asError(t, err, CannotCreate, "files cannot be locked: unsupported operation")
}

// A lock on a file that was removed or replaced after it was opened is no lock.
func TestLockOfRemovedFile(t *testing.T) {
	name := filepath.Join(t.TempDir(), "x")
	created, err := OS{}.Create(name)
	if err != nil {
		t.Fatal(err)
	}
	created.Close()
	opened, err := OS{}.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer opened.Close()
	for _, change := range []func() error{
		func() error { return os.Remove(name) },
		func() error { return os.WriteFile(name, nil, 0o600) },
	} {
		if err := change(); err != nil {
			t.Fatal(err)
		}
		if got, err := opened.Lock(); got || err != nil {
			t.Errorf("Lock returned %v, %v", got, err)
		}
	}
}
