package directory

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"mailpipe/internal/spool"
	"mailpipe/internal/statedir"
)

// An envelope may have 20,000 recipients.
func TestManyRecipients(t *testing.T) {
	s := openNew(t)
	d, err := s.Create()
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	var want []spool.Recipient
	var addresses []string
	for i := range 20000 {
		addresses = append(addresses, fmt.Sprintf("user%d@%s.example.org", i, strings.Repeat("x", i%60+1)))
		want = append(want, spool.Recipient{Address: addresses[i]})
	}
	e, err := d.Commit(spool.Envelope{State: spool.Queued, Recipients: want})
	if err != nil {
		t.Fatal(err)
	}
	if err := e.Dot(addresses); err != nil {
		t.Fatal(err)
	}
	e.Close()
	e, err = s.Take(e.ID)
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	if !slices.Equal(e.Interrupted, addresses) || !slices.Equal(e.Pending(), addresses) {
		t.Errorf("%d interrupted, %d pending", len(e.Interrupted), len(e.Pending()))
	}
}

// The content is streamed: 64 MiB need little memory.
func TestMemory(t *testing.T) {
	s := openNew(t)
	d, err := s.Create()
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	block := bytes.Repeat([]byte("0123456789abcd\r\n"), 4096)
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	for range 1024 {
		if _, err := d.Write(block); err != nil {
			t.Fatal(err)
		}
	}
	e, err := d.Commit(spool.Envelope{State: spool.Queued, Recipients: []spool.Recipient{{Address: "bob@example.org"}}})
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	n, err := e.WriteTo(io.Discard)
	runtime.ReadMemStats(&after)
	if err != nil || n != 64<<20 || e.Size != n {
		t.Errorf("%d octets, %v", n, err)
	}
	if used := after.TotalAlloc - before.TotalAlloc; used > 1<<20 {
		t.Errorf("%d octets of memory were allocated", used)
	}
}

// counting counts the calls that a list of entries makes.
type counting struct {
	statedir.Files
	opened, others int
}

func (c *counting) Open(name string) (statedir.File, error) {
	c.opened++
	return c.Files.Open(name)
}

func (c *counting) Lstat(name string) (os.FileInfo, error) {
	c.others++
	return c.Files.Lstat(name)
}

// Read opens one file, and nothing else is looked at.
func TestReadOpensOneFile(t *testing.T) {
	c := &counting{Files: statedir.OS{}}
	s, err := openWith(filepath.Join(t.TempDir(), "spool"), c, true)
	if err != nil {
		t.Fatal(err)
	}
	e := add(t, s)
	defer e.Close()
	c.opened, c.others = 0, 0
	if _, err := s.Read(e.ID); err != nil || c.opened != 1 || c.others != 0 {
		t.Errorf("%d files opened, %d other calls, %v", c.opened, c.others, err)
	}
}

// syncs counts the calls of SyncDir.
type syncs struct {
	statedir.Files
	n int
}

func (s *syncs) SyncDir(dir string) error {
	s.n++
	return s.Files.SyncDir(dir)
}

// A message that is sent and removed costs one sync of the directory.
func TestOneSyncPerMessage(t *testing.T) {
	c := &syncs{Files: statedir.OS{}}
	s, err := openWith(filepath.Join(t.TempDir(), "spool"), c, true)
	if err != nil {
		t.Fatal(err)
	}
	var entries []*spool.Entry
	for range 10 {
		entries = append(entries, add(t, s))
	}
	c.n = 0
	for _, e := range entries {
		if err := errors.Join(e.Dot(e.Pending()), e.Remove(), e.Close()); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.Close(); err != nil || c.n != 11 { // the last one is that of Close
		t.Errorf("%d syncs for 10 messages, %v", c.n, err)
	}
}

// Sweep removes what was left a day ago, unless it belongs to an entry or is locked.
func TestSweep(t *testing.T) {
	s := openNew(t)
	entry := add(t, s)
	entry.Close()
	var want []string
	id := func(n int) string { return fmt.Sprintf("20260101T00000%dZ-aaaaaa", n) }
	old := time.Now().Add(-sweepAge - time.Minute)
	for i, name := range []string{
		id(0) + ".eml", id(1) + ".dot", id(2) + ".json.new", id(3) + ".dot.new", // removed
		id(4) + ".eml.bak", "other.eml", entry.ID + ".dot", // not ours, or of an entry
	} {
		if err := os.WriteFile(filepath.Join(s.Name(), name), nil, 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Chtimes(filepath.Join(s.Name(), name), old, old); err != nil {
			t.Fatal(err)
		}
		if i >= 4 {
			want = append(want, name)
		}
	}
	locked, err := s.CreateAs(id(5))
	if err != nil {
		t.Fatal(err)
	}
	defer locked.Close()
	fresh := id(6) + ".eml"
	if err := os.WriteFile(filepath.Join(s.Name(), fresh), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{id(5) + ".eml", entry.ID + ".eml", entry.ID + ".json"} {
		if err := os.Chtimes(filepath.Join(s.Name(), name), old, old); err != nil {
			t.Fatal(err)
		}
		want = append(want, name)
	}
	want = append(want, fresh, marker)
	if err := s.Sweep(time.Now()); err != nil {
		t.Fatal(err)
	}
	got, err := storeOf(s).dir.List()
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(want)
	if !slices.Equal(got, want) {
		t.Errorf("left %q, want %q", got, want)
	}
}

func TestFind(t *testing.T) {
	s := openNew(t)
	for _, id := range []string{"20260101T000000Z-aaaaaa", "20260101T000001Z-aaaaab", "20260101T000002Z-aaaaaa"} {
		if err := os.WriteFile(filepath.Join(s.Name(), id+".json"), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, tt := range []struct {
		suffix, want string
		err          error
	}{
		{"b", "20260101T000001Z-aaaaab", nil},
		{"20260101T000002Z-aaaaaa", "20260101T000002Z-aaaaaa", nil},
		{"aaaaaa", "", spool.ErrAmbiguous},
		{"", "", spool.ErrNotFound}, {"x", "", spool.ErrNotFound}, {"../x", "", spool.ErrNotFound},
	} {
		if got, err := s.Find(tt.suffix); got != tt.want || !errors.Is(err, tt.err) {
			t.Errorf("%q: %q, %v", tt.suffix, got, err)
		}
	}
	if _, err := s.Take("../x"); !errors.Is(err, spool.ErrNotFound) {
		t.Errorf("Take of a path returned %v", err)
	}
}

func BenchmarkList(b *testing.B) {
	s, err := Open(filepath.Join(b.TempDir(), "spool"))
	if err != nil {
		b.Fatal(err)
	}
	for range 10000 {
		e, err := addTo(s)
		if err != nil {
			b.Fatal(err)
		}
		e.Close()
	}
	for b.Loop() {
		ids, err := s.IDs()
		if err != nil {
			b.Fatal(err)
		}
		for _, id := range ids {
			if _, err := s.Read(id); err != nil {
				b.Fatal(err)
			}
		}
	}
}
