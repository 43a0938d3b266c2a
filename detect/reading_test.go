package detect

import (
	"encoding/binary"
	"errors"
	"io"
	"math/rand/v2"
	"strings"
	"testing"
)

// noise returns random octets, more than File reads at the beginning.
func noise() string {
	b := make([]byte, wholeSize+512)
	rand.NewChaCha8([32]byte{1}).Read(b)
	return string(b)
}

// The type of a zip archive may be known only at its end, which Bytes does not
// have.
func TestLongZip(t *testing.T) {
	list := `<Override ContentType="` + wordMain + `"/>`
	late := zipOf("media/film.bin", noise(), "[Content_Types].xml", list, "_rels/.rels", "<Relationships/>")
	for _, name := range []string{"x", "x.docx"} {
		if r := fileOf(t, name, late); r.Type != wordType {
			t.Errorf("File of %s: %s (%s), want %s", name, r.Type, r.Why, wordType)
		}
	}
	if r := Bytes("x", []byte(late)); r.Type != "application/zip" {
		t.Errorf("Bytes of x: %s (%s), want application/zip", r.Type, r.Why)
	}
	if r := Bytes("x.docx", []byte(late)); r.Type != wordType {
		t.Errorf("Bytes of x.docx: %s (%s), want %s", r.Type, r.Why, wordType)
	}
}

// The type of a compound file may be known only from its directory, which may be
// anywhere.
func TestLongCompoundFile(t *testing.T) {
	short := oleOf(oleEntry{name: "WordDocument"})
	header, table, directory := short[:512], short[512:1024], short[1024:]
	long := []byte(header + table + noise() + directory)
	sector := len(header+table+noise())/512 - 1
	binary.LittleEndian.PutUint32(long[48:], uint32(sector))
	if r := fileOf(t, "x", long); r.Type != "application/msword" {
		t.Errorf("File: %s (%s), want application/msword", r.Type, r.Why)
	}
	if r := Bytes("x", long[:HeadSize]); r.Type != "application/x-ole-storage" {
		t.Errorf("Bytes of x: %s (%s), want application/x-ole-storage", r.Type, r.Why)
	}
	if r := Bytes("x.doc", long[:HeadSize]); r.Type != "application/msword" {
		t.Errorf("Bytes of x.doc: %s (%s), want application/msword", r.Type, r.Why)
	}
}

var errDisk = errors.New("I/O error")

// A fileAt fails to read from an offset on.
type fileAt struct {
	content string
	fails   int64
}

func (f fileAt) ReadAt(p []byte, off int64) (int, error) {
	if off >= f.fails {
		return 0, errDisk
	}
	n, err := strings.NewReader(f.content[:min(f.fails, int64(len(f.content)))]).ReadAt(p, off)
	if err == io.EOF {
		err = errDisk
	}
	return n, err
}

// A file that cannot be read is an error, wherever the read fails.
func TestReadErrors(t *testing.T) {
	zip := officeOf(wordMain)
	for fails := range int64(len(zip)) {
		r, err := File("x.docx", fileAt{zip, fails}, int64(len(zip)))
		if err != errDisk || r != (Result{}) {
			t.Fatalf("read error at %d: %+v, %v, want %v", fails, r, err, errDisk)
		}
	}
	long := zipOf("x", noise()) // its directory is not in what is read first
	ole := oleMagic + noise()
	for what, f := range map[string]fileAt{
		"long text":          {strings.Repeat("words\n", wholeSize/6), HeadSize},
		"directory of a zip": {long, wholeSize},
		"last octet":         {long, int64(len(long)) - 1},
		"compound file":      {ole[:30] + "\x09\x00" + ole[32:48] + "\x00\x02\x00\x00" + ole[52:], HeadSize},
	} {
		r, err := File("x", f, int64(len(f.content)))
		if err != errDisk || r != (Result{}) {
			t.Errorf("%s: %+v, %v, want %v", what, r, err, errDisk)
		}
	}
	for _, size := range []int64{6, 0, -1} {
		r, err := File("x.txt", fileAt{"hello\n", 0}, size)
		if err != errDisk || r != (Result{}) {
			t.Errorf("size %d: %+v, %v, want %v", size, r, err, errDisk)
		}
	}
}

// The size may be unknown or wrong.
func TestSizes(t *testing.T) {
	for _, c := range []struct {
		size           int64
		want, encoding string
	}{
		{-1, "text/plain; charset=us-ascii", "7bit"},
		{0, "text/plain; charset=us-ascii", "7bit"},
		{6, "text/plain; charset=us-ascii", "7bit"},
		{3, "text/plain; charset=us-ascii", "7bit"},            // only the first 3 octets are the file
		{100, "text/plain; charset=utf-8", "quoted-printable"}, // it may be growing
	} {
		r, err := File("x.txt", strings.NewReader("hello\n"), c.size)
		if r.String() != c.want || r.Encoding != c.encoding || err != nil {
			t.Errorf("size %d: %+v, %v", c.size, r, err)
		}
	}
}
