package directory

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"mailpipe/internal/spool"
	"mailpipe/internal/statedir"
)

// A faulty is a file system of which one call, or every call from one on, fails.
// Only calls that change something fail.
type faulty struct {
	statedir.Files
	calls  int
	at     int // the first call that fails; 0 means none
	always bool
	err    error
}

func (f *faulty) fault(op, name string) error {
	f.calls++
	if f.at > 0 && (f.calls == f.at || f.always && f.calls > f.at) {
		return &fs.PathError{Op: op, Path: name, Err: f.err}
	}
	return nil
}

func (f *faulty) Mkdir(name string) error {
	if err := f.fault("mkdir", name); err != nil {
		return err
	}
	return f.Files.Mkdir(name)
}

func (f *faulty) Create(name string) (statedir.File, error) {
	if err := f.fault("open", name); err != nil {
		return nil, err
	}
	file, err := f.Files.Create(name)
	if err != nil {
		return nil, err
	}
	return faultyFile{file, f, name}, nil
}

func (f *faulty) Rename(from, to string) error {
	if err := f.fault("rename", from); err != nil {
		return err
	}
	return f.Files.Rename(from, to)
}

func (f *faulty) Remove(name string) error {
	if err := f.fault("remove", name); err != nil {
		return err
	}
	return f.Files.Remove(name)
}

func (f *faulty) SyncDir(dir string) error {
	if err := f.fault("sync", dir); err != nil {
		return err
	}
	return f.Files.SyncDir(dir)
}

type faultyFile struct {
	statedir.File
	f    *faulty
	name string
}

// Write writes half of p before it fails, as a full disk does.
func (f faultyFile) Write(p []byte) (int, error) {
	if err := f.f.fault("write", f.name); err != nil {
		n, _ := f.File.Write(p[:len(p)/2])
		return n, err
	}
	return f.File.Write(p)
}

func (f faultyFile) Sync() error {
	if err := f.f.fault("sync", f.name); err != nil {
		return err
	}
	return f.File.Sync()
}

// If a call fails, the caller gets a clear error, no message that is stored is lost,
// and no half-written entry counts.
func TestFaults(t *testing.T) {
	faults := 0
	for _, sc := range scenarios {
		t.Run(sc.name, func(t *testing.T) {
			counter := &faulty{Files: statedir.OS{}}
			runFaulty(t, sc, counter)
			for at := 1; at <= counter.calls; at++ {
				for _, always := range []bool{false, true} {
					reason := []error{syscall.ENOSPC, syscall.EROFS, syscall.EIO}[at%3]
					runFaulty(t, sc, &faulty{Files: statedir.OS{}, at: at, always: always, err: reason})
					faults++
				}
			}
		})
	}
	t.Logf("%d faults in %d scenarios", faults, len(scenarios))
}

// runFaulty runs a scenario and asserts what it leaves.
func runFaulty(t *testing.T, sc scenario, f *faulty) {
	t.Helper()
	dir := t.TempDir()
	h := newHistory()
	err := func() error {
		a, err := openWith(filepath.Join(dir, "a"), f, true)
		if err != nil {
			return err
		}
		b, err := openWith(filepath.Join(dir, "b"), f, true)
		if err != nil {
			return err
		}
		err = sc.run(a, b, h)
		f.at = 0 // the disk is repaired
		return errors.Join(err, a.Close(), b.Close())
	}()
	if err != nil {
		e, ok := errors.AsType[*spool.Error](err)
		if !ok || !errors.Is(err, f.err) || e.Where != filepath.Join(dir, "a") && e.Where != filepath.Join(dir, "b") {
			t.Errorf("call %d, always %v: error %v", f.at, f.always, err)
		}
	}
	f.at = 0
	a, err := openWith(filepath.Join(dir, "a"), statedir.OS{}, true)
	if err != nil {
		t.Fatal(err)
	}
	b, err := openWith(filepath.Join(dir, "b"), statedir.OS{}, true)
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(h.check(a, b), checkSwept(a), checkSwept(b)); err != nil {
		t.Errorf("%v: %v", f.err, err)
	}
	ids, err := a.IDs()
	if err != nil {
		t.Fatal(err)
	}
	for _, id := range ids { // a Commit that failed leaves nothing
		if _, err := a.Take(id); is[*spool.DamageError](err) {
			t.Errorf("%s: %v", id, err)
		}
	}
}

// Remove and Save of a message that was accepted fail: ID.dot stays.
func TestAcceptedButNotRecorded(t *testing.T) {
	for _, finish := range []func(*spool.Entry) error{(*spool.Entry).Remove, (*spool.Entry).Save} {
		f := &faulty{Files: statedir.OS{}, err: syscall.EROFS}
		s, err := openWith(filepath.Join(t.TempDir(), "spool"), f, true)
		if err != nil {
			t.Fatal(err)
		}
		e := add(t, s)
		if err := e.Dot([]string{"bob@example.org"}); err != nil {
			t.Fatal(err)
		}
		f.at, f.always = f.calls+1, true
		if err := finish(e); !errors.Is(err, syscall.EROFS) {
			t.Errorf("error %v", err)
		}
		e.Close()
		again, err := s.Take(e.ID)
		if err != nil {
			t.Fatal(err)
		}
		if len(again.Interrupted) != 1 || again.Recipients[0].Outcome != "unknown" {
			t.Errorf("interrupted %q, recipients %+v", again.Interrupted, again.Recipients)
		}
		again.Close()
	}
}

// The directory is removed while it is used.
func TestDirectoryRemoved(t *testing.T) {
	s := openNew(t)
	d, err := s.Create()
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	if err := os.RemoveAll(s.Name()); err != nil {
		t.Fatal(err)
	}
	_, err = d.Commit(spool.Envelope{State: spool.Queued, Recipients: []spool.Recipient{{Address: "bob@example.org"}}})
	asError(t, err, spool.CannotCreate, "no such file or directory")
	_, err = s.Create()
	asError(t, err, spool.CannotCreate, "no such file or directory")
	_, err = s.IDs()
	asError(t, err, spool.IO, "no such file or directory")
}
