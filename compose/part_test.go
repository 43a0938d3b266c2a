package compose

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
)

func openFile(t *testing.T, name, content string) *os.File {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	return f
}

func filePart(t *testing.T, f fs.File) Part {
	t.Helper()
	p, err := File(f)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestConstructors(t *testing.T) {
	inMemory, err := fstest.MapFS{"mem.csv": {Data: []byte("c,d")}}.Open("mem.csv")
	if err != nil {
		t.Fatal(err)
	}
	m := letter()
	m.Detect = byName
	m.Text = Text("Hélène\n")
	m.HTML = Text("<p>Hélène")
	m.Files = []Part{
		filePart(t, openFile(t, "disk.csv", "a,b")),
		filePart(t, openFile(t, "empty.csv", "")),
		filePart(t, inMemory),
		Bytes("bytes.csv", []byte("e,f")),
		Bytes("nothing.csv", nil),
	}
	want := []struct{ name, body string }{
		{"", "Hélène\n"}, {"", "<p>Hélène"},
		{"disk.csv", "a,b"}, {"empty.csv", ""}, {"mem.csv", "c,d"}, {"bytes.csv", "e,f"}, {"nothing.csv", ""},
	}
	for range 2 { // the same Message can be planned again
		plan, err := m.Plan()
		if err != nil {
			t.Fatal(err)
		}
		if _, known := plan.Size(); !known {
			t.Error("the size is not known")
		}
		var b bytes.Buffer
		if _, err := plan.WriteTo(&b); err != nil {
			t.Fatal(err)
		}
		_, leaves := readBack(t, b.String())
		for i, l := range leaves {
			if l.name != want[i].name || l.body != want[i].body {
				t.Errorf("part %d is %q %q, want %q", i, l.name, l.body, want[i])
			}
		}
	}
}

// A part without a Size is sent whole, also if it can be read at any offset.
func TestPartWithoutSize(t *testing.T) {
	content := strings.Repeat("x", 3*headSize)
	for _, size := range []int64{0, -1} {
		m := letter()
		p := part("a", content)
		p.Size = size
		m.Files = []Part{p}
		if _, leaves := readBack(t, write(t, m)); leaves[0].body != content {
			t.Errorf("with Size %d, %d octets were sent, want %d", size, len(leaves[0].body), len(content))
		}
	}
}

// File sends what a regular file holds when it is called, and does not close it.
func TestFileThatGrows(t *testing.T) {
	f := openFile(t, "a.log", "one\n")
	m := letter()
	m.Files = []Part{filePart(t, f)}
	log, err := os.OpenFile(f.Name(), os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := log.WriteString("two\n"); err != nil {
		t.Fatal(err)
	}
	if err := log.Close(); err != nil {
		t.Fatal(err)
	}
	if _, leaves := readBack(t, write(t, m)); leaves[0].body != "one\n" {
		t.Errorf("sent as %q", leaves[0].body)
	}
	if err := os.Truncate(f.Name(), 2); err != nil {
		t.Fatal(err)
	}
	wantError(t, m, ErrChanged, "a.log: changed while it was read: it ends after 2 of 4 octets")
	if err := f.Close(); err != nil {
		t.Errorf("Close: %v", err)
	}
}

func TestFileOfAPipe(t *testing.T) {
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	go func() {
		io.WriteString(w, "from a pipe")
		w.Close()
	}()
	p := filePart(t, r)
	p.Name = "p.txt"
	m := letter()
	m.Files = []Part{p}
	if _, leaves := readBack(t, write(t, m)); leaves[0].body != "from a pipe" {
		t.Errorf("sent as %q", leaves[0].body)
	}
}

func TestFileRefusesADirectory(t *testing.T) {
	f, err := os.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if _, err := File(f); err == nil || !strings.HasSuffix(err.Error(), ": is a directory") {
		t.Errorf("%v", err)
	}
}

// An error of the Detector is an error of Plan.
func TestDetectorThatFails(t *testing.T) {
	m := letter()
	m.Detect = func(string, []byte, io.ReaderAt, int64) (string, string, error) { return "", "", errDisk }
	m.Files = []Part{part("a", "x")}
	wantError(t, m, errDisk, "disk on fire")
	m.Files = nil
	m.Text = textPart("Gr\xF6\xDFe")
	wantError(t, m, errDisk, "disk on fire")
}

// A mistake of the calling program is an error, not a panic.
func TestMisuse(t *testing.T) {
	var zero Plan
	if _, known := zero.Size(); known {
		t.Error("a zero Plan has a size")
	}
	if _, err := zero.WriteTo(io.Discard); !errors.Is(err, ErrArgument) {
		t.Errorf("a zero Plan: %v", err)
	}
	if _, err := (*Plan)(nil).WriteTo(io.Discard); !errors.Is(err, ErrArgument) {
		t.Errorf("a nil Plan: %v", err)
	}
	if _, err := File(nil); !errors.Is(err, ErrArgument) {
		t.Errorf("a nil file: %v", err)
	}
	if err := zero.Close(); err != nil {
		t.Errorf("Close of a zero Plan: %v", err)
	}
	m := letter()
	m.Text = Text("hi")
	p, err := m.Plan()
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []error{nil, ErrArgument} {
		if _, err := p.WriteTo(io.Discard); !errors.Is(err, want) {
			t.Errorf("WriteTo, call %d: %v", i+1, err)
		}
	}
	m.Text = &Part{}
	wantError(t, m, ErrArgument, "the text: the part has no Open")
	m.Text = nil
	m.Files = []Part{{Name: "x"}}
	wantError(t, m, ErrArgument, "x: the part has no Open")
	m.Files[0].Open = func() (io.ReadCloser, error) { return nil, nil }
	wantError(t, m, ErrArgument, "x: Open returned nil")
	m.Files = nil
	m.Related = func(string) (Part, error) { return Part{}, nil }
	m.HTML = Text("<img src=a.png>")
	wantError(t, m, ErrArgument, "a.png: the part has no Open")
}
