package compose

import (
	"bytes"
	"fmt"
	"io"
	"io/fs"
	"strings"
)

// A Part is a text, a file or an image.
type Part struct {
	Name      string // file name in UTF-8, sent without directories; empty means made from the type
	Type      string // media type, with or without parameters; empty means detected, or text/plain or text/html
	Charset   string // of a text; empty means detected
	Encoding  string // one of Encodings(); empty means chosen
	ContentID string // without angle brackets; empty means made if one is needed

	// Disposition is attachment or inline; empty means attachment. An inline
	// part has a Content-ID. If there is HTML, it is related to the HTML.
	Disposition string

	// Path is what HTML refers to an inline part by: a path relative to the
	// directory of the page. Empty means Name.
	Path string

	// Size is the length in octets; 0 or less means unknown. A part of unknown
	// size is read to its end. If a size is known and the part ends before it,
	// that is an error; what follows is not read.
	Size int64

	// Open is called once by each Plan, which closes the reader. If the size is
	// known and the reader is an io.ReaderAt too, Plan uses ReadAt only, and
	// Read begins when the message is written. Only Check allows a nil Open.
	Open func() (io.ReadCloser, error)
}

// Text returns a part with the text s, for Message.Text or Message.HTML.
func Text(s string) *Part {
	size := int64(len(s))
	return &Part{Charset: "utf-8", Size: size, Open: opener(strings.NewReader(s), 0, size)}
}

// Bytes returns a file with this name and content, for Message.Files. The
// content must not change until the message is written.
func Bytes(name string, content []byte) Part {
	size := int64(len(content))
	return Part{Name: name, Size: size, Open: opener(bytes.NewReader(content), 0, size)}
}

// File returns a file with the name and the content of f, for Message.Files. If
// f is a regular file, it is sent with its present size, even if it grows. The
// caller closes f after the message is written.
//
// A pipe, or any f that is not an io.ReaderAt, can be in one Plan only.
func File(f fs.File) (Part, error) {
	if f == nil {
		return Part{}, invalid("missing file")
	}
	info, err := f.Stat()
	if err != nil {
		return Part{}, err
	}
	if info.IsDir() {
		return Part{}, fmt.Errorf("%s: is a directory", info.Name())
	}
	p := Part{Name: info.Name(), Open: func() (io.ReadCloser, error) { return io.NopCloser(f), nil }}
	at, isReaderAt := f.(io.ReaderAt)
	if isReaderAt && info.Mode().IsRegular() && info.Size() > 0 {
		p.Size = info.Size()
		p.Open = opener(at, 0, info.Size())
	}
	return p, nil
}

// opener returns an Open for size octets of r from offset on. Close does nothing.
func opener(r io.ReaderAt, offset, size int64) func() (io.ReadCloser, error) {
	return func() (io.ReadCloser, error) { return section{io.NewSectionReader(r, offset, size)}, nil }
}

type section struct{ *io.SectionReader }

func (section) Close() error { return nil }
