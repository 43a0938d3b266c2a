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
var mediaTypeForm = regexp.MustCompile(`(?i)^[a-z0-9][a-z0-9!#$&^_.+-]{0,126}/[a-z0-9][a-z0-9!#$&^_.+-]{0,126}$`)

// check checks what is true of every Result.
func check(t *testing.T, name string, content []byte, r Result) {
	t.Helper()
	if !mediaTypeForm.MatchString(r.Type) {
		t.Errorf("%q of %q: %q is not a media type", name, content, r.Type)
	}
	switch r.Encoding {
	case "7bit":
		if !ascii.Only(content) || bytes.IndexByte(content, 0) >= 0 {
			t.Errorf("%q of %q: encoding 7bit", name, content)
		}
	case "quoted-printable", "base64":
	default:
		t.Errorf("%q of %q: encoding %q", name, content, r.Encoding)
	}
	if r.Charset == "utf-8" && !charset.MostlyUTF8(content) && len(content) < HeadSize {
		t.Errorf("%q of %q: charset utf-8", name, content)
	}
	if r.Charset == "us-ascii" && !ascii.Only(content) {
		t.Errorf("%q of %q: charset us-ascii", name, content)
	}
	for _, c := range []byte(r.Why + r.Charset) {
		if c < ' ' || c > '~' {
			t.Errorf("%q of %q: %q", name, content, r.Why)
		}
	}
}

// Every content under every name has a Result, which is the same for File and for
// Bytes if the content is whole.
func FuzzFile(f *testing.F) {
	for _, m := range misleading {
		f.Add(m.name, []byte(m.content))
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

// Files of every kind are cut at many offsets.
func TestTruncations(t *testing.T) {
	for _, m := range misleading {
		for n := range len(m.content) {
			content := []byte(m.content[:n])
			check(t, m.name, content, Bytes(m.name, content))
			// Or the file has become shorter than its size.
			r, err := File(m.name, bytes.NewReader(content), int64(len(m.content)))
			if err != nil {
				t.Error(err)
			}
			check(t, m.name, content, r)
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
