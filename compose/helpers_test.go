package compose

import (
	"bytes"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"mailpipe/internal/inspect"
)

var (
	alice = Address{Name: "Alice", Local: "alice", Domain: "example.org"}
	bob   = Address{Local: "bob", Domain: "example.org"}
)

// A memFile is a part that can be read at any offset, like a file. It counts its
// Closes.
type memFile struct {
	*bytes.Reader
	closed *int // may be nil
}

func (f memFile) Close() error {
	if f.closed != nil {
		*f.closed++
	}
	return nil
}

// part returns a part of known size that can be read at any offset.
func part(name, content string) Part {
	return Part{Name: name, Size: int64(len(content)), Open: func() (io.ReadCloser, error) {
		return memFile{Reader: bytes.NewReader([]byte(content))}, nil
	}}
}

// pipe returns a part of unknown size that can be read only once, a few octets
// at a time.
func pipe(name, content string) Part {
	return Part{Name: name, Open: func() (io.ReadCloser, error) {
		return io.NopCloser(&trickle{strings.NewReader(content), 1000}), nil
	}}
}

type trickle struct {
	r io.Reader
	n int // octets in one Read
}

func (t *trickle) Read(p []byte) (int, error) { return t.r.Read(p[:min(len(p), t.n)]) }

func textPart(content string) *Part {
	p := part("", content)
	return &p
}

// letter returns a message without parts, with everything that makes its octets
// the same each time.
func letter() *Message {
	return &Message{
		From: alice, To: []Address{bob}, Subject: "Report",
		Date:      time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC),
		MessageID: "id@example.org", Boundary: "b",
	}
}

// write returns m as it is written, and checks what must be true of every
// message.
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
		t.Errorf("WriteTo returned %d, but wrote %d octets", n, b.Len())
	}
	if known && size != n {
		t.Errorf("Size returned %d, but WriteTo wrote %d octets", size, n)
	}
	checkFindings(t, b.Bytes())
	return b.String()
}

// ofContent are the rules that find something in what the tests give to compose: files
// with other content than their names say, scripts, and a Bcc, which deliver removes.
var ofContent = []string{
	"bcc", "cid-unknown", "html-form", "html-script", "limit-parts", "lone-dot", "name-extension",
}

// checkFindings asserts that nothing is wrong with a mail, except what is given by its
// content and what is in attached messages.
func checkFindings(t *testing.T, mail []byte) {
	t.Helper()
	attached := map[string]bool{} // the numbers of parts
	findings, err := inspect.Read(bytes.NewReader(mail), inspect.Visitor{End: func(p *inspect.Part) error {
		for up := p.Parent; up != nil; up = up.Parent {
			attached[p.Number] = attached[p.Number] || up.Type == "message/rfc822"
		}
		return nil
	}})
	if err != nil {
		t.Error(err)
	}
	for _, f := range findings.List {
		if !attached[f.Part] && !slices.Contains(ofContent, f.ID) {
			t.Errorf("line %d, part %s: %s: %s", f.Line, f.Part, f.ID, f.Words())
		}
	}
}

// addTo returns a Message.Note that appends the words of each note to notes.
func addTo(notes *[]string) func(Note) {
	return func(n Note) { *notes = append(*notes, n.String()) }
}

// wantError asserts that Plan fails with an error of the kind want, and with
// these words in its message.
func wantError(t *testing.T, m *Message, want error, words string) {
	t.Helper()
	_, err := m.Plan()
	if !errors.Is(err, want) {
		t.Fatalf("Plan returned %v, want %v", err, want)
	}
	if !strings.Contains(err.Error(), words) {
		t.Errorf("Plan returned %q, want the words %q", err, words)
	}
}
