package detect

import (
	"io"
	"strings"
	"testing"
)

func TestMediaType(t *testing.T) {
	late := strings.Repeat("words\n", HeadSize) + strings.Repeat("Gr\xFC\xDFe aus K\xF6ln\n", 10)
	for _, c := range []struct {
		name, content string
		at            io.ReaderAt
		want          string
	}{
		{name: "a.png", content: pngHead, want: "image/png"},
		{name: "a.png", content: "", at: strings.NewReader(pngHead), want: "image/png"},
		{name: "", content: late, want: "text/plain; charset=iso-8859-1"},
		{name: "a.txt", content: late, want: "text/plain; charset=utf-8"},
		{name: "a.txt", content: late, at: strings.NewReader(late), want: "text/plain; charset=utf-8"},
	} {
		size := int64(-1)
		if r, ok := c.at.(*strings.Reader); ok {
			size = r.Size()
		}
		mediaType, charset, err := MediaType(c.name, []byte(c.content), c.at, size)
		if got := (Result{Type: mediaType, Charset: charset}).String(); got != c.want || err != nil {
			t.Errorf("%q %.20q: %s, %v, want %s", c.name, c.content, got, err, c.want)
		}
	}
}

// No reader is an error of File, and an empty file for Part.
func TestNoReader(t *testing.T) {
	if r, err := File("a.txt", nil, 1); err == nil || r != (Result{}) {
		t.Errorf("File: %v, %v", r, err)
	}
	if r, err := Part("a.txt", nil, nil, -1); err != nil || r.Type != "text/plain" {
		t.Errorf("Part: %v, %v", r, err)
	}
}

// An error of reading is returned, wherever in the file it happens.
func TestMediaTypeReadErrors(t *testing.T) {
	long := zipOf("x", noise())
	for _, fails := range []int64{0, 1, HeadSize, wholeSize} {
		mediaType, charset, err := MediaType("a", nil, fileAt{long, fails}, int64(len(long)))
		if err != errDisk || mediaType != "" || charset != "" {
			t.Errorf("read error at %d: %q, %q, %v, want %v", fails, mediaType, charset, err, errDisk)
		}
	}
}
