package compose

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"
	"time"
)

var (
	alice = Address{Name: "Alice", Local: "alice", Domain: "example.org"}
	bob   = Address{Local: "bob", Domain: "example.org"}
)

// memFile is a part that can be read at will, as a file can.
type memFile struct {
	*bytes.Reader
	closed *int
}

func (f memFile) Close() error {
	if f.closed != nil {
		*f.closed++
	}
	return nil
}

func part(name, content string) Part {
	return Part{Name: name, Size: int64(len(content)), Open: func() (io.ReadCloser, error) {
		return memFile{Reader: bytes.NewReader([]byte(content))}, nil
	}}
}

// pipe is a part of unknown size that can be read but once, a few octets at a time.
func pipe(name, content string) Part {
	return Part{Name: name, Open: func() (io.ReadCloser, error) {
		return io.NopCloser(&trickle{strings.NewReader(content), 1000}), nil
	}}
}

type trickle struct {
	r io.Reader
	n int
}

func (t *trickle) Read(p []byte) (int, error) { return t.r.Read(p[:min(len(p), t.n)]) }

func textPart(content string) *Part {
	p := part("", content)
	return &p
}

// letter returns a message with all that makes its bytes the same each time.
func letter() *Message {
	return &Message{
		From: alice, To: []Address{bob}, Subject: "Report",
		Date:      time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC),
		MessageID: "id@example.org", Boundary: "b",
	}
}

// write writes m, and holds what every message must keep.
func write(t *testing.T, m *Message) string {
	t.Helper()
	p, err := m.Plan()
	if err != nil {
		t.Fatal(err)
	}
	size, known := p.Size()
	var b bytes.Buffer
	n, err := p.WriteTo(&b)
	if err != nil {
		t.Fatal(err)
	}
	if n != int64(b.Len()) {
		t.Errorf("WriteTo returned %d for %d octets", n, b.Len())
	}
	if known && size != n {
		t.Errorf("Size is %d, written were %d", size, n)
	}
	return b.String()
}

// addTo returns a Message.Note that appends the words of each note to notes.
func addTo(notes *[]string) func(Note) {
	return func(n Note) { *notes = append(*notes, n.String()) }
}

func wantError(t *testing.T, m *Message, want error, words string) {
	t.Helper()
	_, err := m.Plan()
	if !errors.Is(err, want) {
		t.Fatalf("Plan: %v, want %v", err, want)
	}
	if !strings.Contains(err.Error(), words) {
		t.Errorf("Plan: %q does not say %q", err, words)
	}
}
