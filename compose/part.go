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
	Name        string // file name in UTF-8; empty means none
	Type        string // media type with or without parameters; empty means detected
	Charset     string // of a text; empty means detected
	Encoding    string // one of Encodings(); empty means chosen
	Disposition string // attachment or inline; empty means attachment. An inline part has a Content-ID, and is related to the HTML if there is one
	ContentID   string // without angle brackets; empty means made if one is needed

	// Size is the number of octets to read; 0 or less means unknown, and then
	// the part is read to its end. If Size is known, fewer octets are an
	// error, and what follows them is not read.
	Size int64

	// Open is called once by Plan. The Plan closes what it returns. If Size is
	// known and the reader is an io.ReaderAt, Plan reads at any offset; it is
	// read from its beginning, by Read, only when the message is written.
	Open func() (io.ReadCloser, error)
}

// Text returns a part with the text s, for Message.Text or Message.HTML.
func Text(s string) *Part {
	return &Part{Charset: "utf-8", Size: int64(len(s)), Open: func() (io.ReadCloser, error) {
		return openReader{strings.NewReader(s)}, nil
	}}
}

// Bytes returns a part with the content of a file, for Message.Files. The
// content must not change before the message was written.
func Bytes(name string, content []byte) Part {
	return Part{Name: name, Size: int64(len(content)), Open: func() (io.ReadCloser, error) {
		return openReader{bytes.NewReader(content)}, nil
	}}
}

// File returns a part with the name and the content of f, for Message.Files. A
// regular file is sent as long as it is now, even if it grows. The caller
// closes f after the message was written.
//
// If f is not an io.ReaderAt, or not a regular file, only one Plan can read it.
func File(f fs.File) (Part, error) {
	info, err := f.Stat()
	if err != nil {
		return Part{}, err
	}
	if info.IsDir() {
		return Part{}, fmt.Errorf("%s: is a directory", info.Name())
	}
	part := Part{Name: info.Name(), Open: func() (io.ReadCloser, error) { return io.NopCloser(f), nil }}
	at, ok := f.(io.ReaderAt)
	if ok && info.Mode().IsRegular() && info.Size() > 0 {
		part.Size = info.Size()
		part.Open = func() (io.ReadCloser, error) {
			return openReader{io.NewSectionReader(at, 0, part.Size)}, nil
		}
	}
	return part, nil
}

// memory is content that can be read at any offset and needs no Close.
type memory interface {
	io.Reader
	io.ReaderAt
}

type openReader struct{ memory }

func (openReader) Close() error { return nil }
