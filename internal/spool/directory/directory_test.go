package directory

import (
	"bytes"
	"errors"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"mailpipe/internal/spool"
	"mailpipe/internal/statedir"
)

// openNew opens a new spool.
func openNew(t *testing.T) *spool.Spool {
	t.Helper()
	s, err := openWith(filepath.Join(t.TempDir(), "spool"), statedir.OS{}, true)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

var stores sync.Map // by their spools

// openWith is Open with the file system of a test.
func openWith(path string, files statedir.Files, create bool) (*spool.Spool, error) {
	opened, err := open(path, files, create)
	s, err := newSpool(opened, err)
	stores.Store(s, opened)
	return s, err
}

func storeOf(s *spool.Spool) *store {
	found, _ := stores.Load(s)
	return found.(*store)
}

const content = "Subject: x\r\n\r\ntext\r\n"

// add commits a message to bob and carol, and returns its locked entry.
func add(t *testing.T, s *spool.Spool) *spool.Entry {
	t.Helper()
	e, err := addTo(s)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func addTo(s *spool.Spool) (*spool.Entry, error) {
	d, err := s.Create()
	if err != nil {
		return nil, err
	}
	defer d.Close()
	if _, err := d.Write([]byte(content)); err != nil {
		return nil, err
	}
	return d.Commit(spool.Envelope{
		Created: time.Now(), State: spool.Queued, From: "alice@example.org",
		Recipients: []spool.Recipient{{Address: "bob@example.org"}, {Address: "carol@example.org"}},
	})
}

func TestLife(t *testing.T) {
	s := openNew(t)
	e := add(t, s)
	id := e.ID
	if _, err := s.Take(id); !errors.Is(err, spool.ErrInUse) {
		t.Errorf("Take of a locked entry returned %v", err)
	}
	if err := e.Dot([]string{"bob@example.org"}); err != nil {
		t.Fatal(err)
	}
	e.Close() // as if the process had died

	e, err := s.Take(id)
	if err != nil {
		t.Fatal(err)
	}
	if len(e.Interrupted) != 1 || e.Interrupted[0] != "bob@example.org" {
		t.Errorf("interrupted: %q", e.Interrupted)
	}
	var b bytes.Buffer
	if _, err := e.WriteTo(&b); err != nil || b.String() != content {
		t.Errorf("content %q, %v", b.String(), err)
	}
	e.Recipients[0].Outcome = "accepted"
	if err := e.Save(); err != nil {
		t.Fatal(err)
	}
	e.Close()

	e, err = s.Take(id)
	if err != nil || e.Interrupted != nil || len(e.Pending()) != 1 {
		t.Fatal(err, e.Interrupted, e.Pending())
	}
	if err := e.Remove(); err != nil {
		t.Fatal(err)
	}
	e.Close()
	s.Close()
	if names, _ := filepath.Glob(filepath.Join(s.Name(), "2*")); len(names) > 0 {
		t.Errorf("left: %q", names)
	}
	if _, err := s.Find(id); !errors.Is(err, spool.ErrNotFound) {
		t.Errorf("Find returned %v", err)
	}
}

// A noList is a file system whose directories cannot be listed.
type noList struct{ statedir.Files }

func (noList) List(string) ([]string, error) { return nil, errors.New("listed") }

// A whole ID is found without a look at all others, so that thousands can be named.
func TestFindWholeID(t *testing.T) {
	s := openNew(t)
	e := add(t, s)
	defer e.Close()
	s, err := openWith(s.Name(), noList{statedir.OS{}}, false)
	if err != nil {
		t.Fatal(err)
	}
	if id, err := s.Find(e.ID); id != e.ID || err != nil {
		t.Errorf("Find: %q, %v", id, err)
	}
	if _, err := s.Find("20260101T000000Z-aaaaaa"); !errors.Is(err, spool.ErrNotFound) {
		t.Errorf("Find: %v, want %v", err, spool.ErrNotFound)
	}
	if _, err := s.Find(e.ID[1:]); err == nil || errors.Is(err, spool.ErrNotFound) {
		t.Errorf("Find: %v, want that it lists", err)
	}
}
