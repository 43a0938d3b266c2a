package directory

import (
	"errors"
	"io/fs"
	"testing"

	"mailpipe/internal/spool"
	"mailpipe/internal/statedir"
)

// A slow is a file system in which another process acts after a file was created.
type slow struct {
	statedir.Files
	created func()
}

func (s *slow) Create(name string) (statedir.File, error) {
	f, err := s.Files.Create(name)
	if created := s.created; created != nil {
		s.created = nil
		created()
	}
	return f, err
}

// Two processes create an entry with the same ID. The slower one does not remove the
// content of the other.
func TestTwoDraftsOfOneID(t *testing.T) {
	other := openNew(t)
	files := &slow{Files: statedir.OS{}}
	s, err := openWith(other.Name(), files, false)
	if err != nil {
		t.Fatal(err)
	}
	id := spool.NewID(noon)
	files.created = func() {
		d, err := other.CreateAs(id)
		if err != nil {
			t.Fatal(err)
		}
		defer d.Close()
		e, err := d.Commit(spool.Envelope{State: spool.Queued, Recipients: []spool.Recipient{{Address: "bob@example.org"}}})
		if err != nil {
			t.Fatal(err)
		}
		e.Close()
	}
	if _, err := s.CreateAs(id); !errors.Is(err, fs.ErrExist) {
		t.Errorf("the slower process: %v", err)
	}
	e, err := other.Take(id)
	if err != nil {
		t.Fatal(err)
	}
	e.Close()
}
