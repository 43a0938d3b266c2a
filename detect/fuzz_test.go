package detect

import (
	"bytes"
	"os"
	"regexp"
	"testing"

	"mailpipe/internal/ascii"
	"mailpipe/internal/charset"
)

// mediaTypeForm is what RFC 6838 §4.2 allows in a media type.
var mediaTypeForm = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9!#$&^_.+-]{0,126}/[A-Za-z0-9][A-Za-z0-9!#$&^_.+-]{0,126}$`)

// check holds what is true of any answer.
func check(t *testing.T, name string, content []byte, r Result) {
	t.Helper()
	if !mediaTypeForm.MatchString(r.Type) {
		t.Errorf("%q of %q: %q is no media type", name, content, r.Type)
	}
	switch r.Encoding {
	case "7bit":
		if !ascii.Only(content) || bytes.IndexByte(content, 0) >= 0 {
			t.Errorf("%q of %q: 7bit", name, content)
		}
	case "quoted-printable", "base64":
	default:
		t.Errorf("%q of %q: encoding %q", name, content, r.Encoding)
	}
	if r.Charset == "utf-8" && !charset.MostlyUTF8(content) && len(content) < HeadSize {
		t.Errorf("%q of %q: not UTF-8", name, content)
	}
	if r.Charset == "us-ascii" && !ascii.Only(content) {
		t.Errorf("%q of %q: not ASCII", name, content)
	}
	for _, c := range []byte(r.Why + r.Charset) {
		if c < ' ' || c > '~' {
			t.Errorf("%q of %q: %q", name, content, r.Why)
		}
	}
}

// FuzzFile: any octets under any name have an answer, the same for what can be
// read at will and what can be read but once, where it is all there.
func FuzzFile(f *testing.F) {
	for _, l := range lies {
		f.Add(l.name, []byte(l.content))
	}
	for _, k := range kinds {
		f.Add("", []byte(k.content))
	}
	f.Fuzz(func(t *testing.T, name string, content []byte) {
		head := Bytes(name, content)
		check(t, name, content, head)
		file := fileOf(t, name, content)
		check(t, name, content, file)
		if len(content) < HeadSize && head != file {
			t.Errorf("%q of %q: Bytes %+v, File %+v", name, content, head, file)
		}
		Charset(content)
	})
}

// TestTruncations cuts files of every kind at many places.
func TestTruncations(t *testing.T) {
	for _, l := range lies {
		for n := range len(l.content) {
			content := []byte(l.content[:n])
			check(t, l.name, content, Bytes(l.name, content))
			// The file became shorter, and its size is the old one.
			r, err := File(l.name, bytes.NewReader(content), int64(len(l.content)))
			if err != nil {
				t.Error(err)
			}
			check(t, l.name, content, r)
		}
	}
	files := readCorpus(t)
	for i := 0; i < len(files); i += 7 {
		content, err := os.ReadFile(files[i].path)
		if err != nil {
			t.Fatal(err)
		}
		content = content[:min(len(content), HeadSize-1)]
		for cut := len(content); cut > 0; cut = cut * 2 / 3 {
			check(t, files[i].path, content[:cut], Bytes(files[i].path, content[:cut]))
		}
	}
}
