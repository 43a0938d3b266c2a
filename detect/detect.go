// Package detect tells the media type, the charset and the shortest transfer
// encoding of a file by its content, refined by its name. It reads no tables
// of the host: the same file gives the same answer everywhere.
//
// Text is told from other bytes first, and never goes through binary magic:
// prose that begins "BM" is prose. Text is then named by a label of its own, by
// its file name, by the interpreter, the root element or the JSON it holds. Other
// bytes are named by what they hold, and against their name where that lies.
package detect

import (
	"bytes"
	"io"
	"path"
	"strings"
)

// HeadSize is how many octets of a file's beginning are looked at.
const HeadSize = 64 << 10

// wholeSize is the size in octets up to which a text that can be read at will
// is read whole to judge its charset and encoding.
const wholeSize = 256 << 10

// The types of what is not known more closely.
const (
	binaryType = "application/octet-stream"
	textType   = "text/plain"
)

// Result is what was found out.
type Result struct {
	Type     string // media type without parameters, never empty
	Charset  string // IANA name in lower case; empty when none is certain or the type takes none
	Encoding string // 7bit, quoted-printable or base64
	Why      string // which rule decided, in a few words
}

// String returns the type with its charset parameter.
func (r Result) String() string {
	if r.Charset == "" {
		return r.Type
	}
	return r.Type + "; charset=" + r.Charset
}

// File returns what a file is. The size is in octets; 0 or a negative size means
// unknown. An error is one of reading r; the Result is then zero.
func File(name string, r io.ReaderAt, size int64) (Result, error) {
	want := int64(HeadSize)
	if size > 0 {
		want = min(size, HeadSize)
	}
	head, err := readAt(r, 0, make([]byte, want))
	if err != nil {
		return Result{}, err
	}
	n := int64(len(head))
	s := newSample(name, head)
	s.at, s.size = r, size
	s.whole = n == size || size <= 0 && n < HeadSize
	all := head
	if n == HeadSize && size > HeadSize && size <= wholeSize && bytes.IndexByte(head, 0) < 0 {
		all, err = readAt(r, 0, make([]byte, size)) // what holds NULs is base64 whatever follows
		s.failed(err)
	}
	result := s.decide(all, int64(len(all)) == size || s.whole)
	if s.err != nil {
		return Result{}, s.err
	}
	return result, nil
}

// Bytes returns what content is. The content is a whole file, or at least the
// first HeadSize octets of it.
func Bytes(name string, content []byte) Result {
	s := newSample(name, content)
	return s.decide(s.head, s.whole)
}

// sample is what is known of a file while the rules are tried.
type sample struct {
	base  string      // the name without folders, in lower case
	ext   string      // what follows its last dot
	head  []byte      // at most HeadSize
	whole bool        // the head is all there is
	at    io.ReaderAt // nil: only the head can be read
	size  int64       // where at is not nil
	err   error       // the first of reading at
}

func (s *sample) failed(err error) {
	if s.err == nil {
		s.err = err
	}
}

func newSample(name string, head []byte) *sample {
	whole := len(head) < HeadSize
	if len(head) > HeadSize {
		head = head[:HeadSize]
	}
	base := strings.ToLower(path.Base(strings.ReplaceAll(name, `\`, "/")))
	ext := ""
	if i := strings.LastIndexByte(base, '.'); i >= 0 {
		ext = base[i+1:]
	}
	return &sample{base: base, ext: ext, head: head, whole: whole}
}

// decide applies the rules to the head. all is what is known of the content,
// whole says that it is all of it.
func (s *sample) decide(all []byte, whole bool) Result {
	if len(all) == 0 {
		return s.empty()
	}
	t, isText := readText(all, whole)
	if !isText {
		r := s.binary()
		r.Encoding = binaryEncoding(all)
		return s.lie(r)
	}
	t.body = t.body[:min(len(t.body), HeadSize)]
	r := s.text(t)
	if hasCharset(r.Type) {
		r.Charset = t.charset
		if r.Charset == "" {
			r.Charset = sister(declared(r.Type, t.body), all)
		}
		if r.Charset == "" {
			r.Charset = guess(all)
		}
	}
	r.Encoding = textEncoding(all, whole)
	return s.lie(r)
}

// empty names a file without content: by its name when that is a text's.
func (s *sample) empty() Result {
	r := Result{Type: binaryType, Encoding: "7bit", Why: "it is empty"}
	if t := s.textName(); t != "" {
		r.Type, r.Why = t, "it is empty, by its name"
	}
	return r
}

// A rule returns a type and why, or an empty type when it does not apply.
type rule func(s *sample, t text) (mediaType, why string)

// textRules stand in their order: the first that applies decides.
var textRules = [...]rule{byPage, byLabel, byMail, byName, byInterpreter, byMarkup, byJSON}

// binaryRules likewise. A page description or a mail may hold any octet.
var binaryRules = [...]rule{byPage, byMail, byZip, byOLE, byDER, byBrand, byOgg, bySignature, byMagic}

func (s *sample) text(t text) Result {
	for _, apply := range textRules {
		if mediaType, why := apply(s, t); mediaType != "" {
			return Result{Type: mediaType, Why: why}
		}
	}
	return Result{Type: textType, Why: "it is text"}
}

func (s *sample) binary() Result {
	t := text{body: s.head}
	for _, apply := range binaryRules {
		if mediaType, why := apply(s, t); mediaType != "" {
			return Result{Type: mediaType, Why: why}
		}
	}
	return Result{Type: binaryType, Why: "no known content"}
}

// lie says so when the content is another than the name tells.
func (s *sample) lie(r Result) Result {
	named := s.textName()
	if named == "" {
		named = binaryNames()[s.ext]
	}
	if named != "" && named != r.Type {
		r.Why += "; its name says " + named
	}
	return r
}

// hasCharset reports whether a media type takes a charset parameter.
func hasCharset(mediaType string) bool {
	return strings.HasPrefix(mediaType, "text/") || strings.HasSuffix(mediaType, "+xml") ||
		mediaType == "application/xml" || mediaType == "application/sql"
}

// readAt fills buf from off and returns the part of it that r has.
func readAt(r io.ReaderAt, off int64, buf []byte) ([]byte, error) {
	n, err := io.ReadFull(io.NewSectionReader(r, off, int64(len(buf))), buf)
	if err == io.EOF || err == io.ErrUnexpectedEOF {
		err = nil
	}
	return buf[:n], err
}

// maxRead is how much is read at once of what a rule looks for beyond the head.
const maxRead = 1 << 20

// read returns what can be read of n octets from off, of the file or its head.
func (s *sample) read(off, n int64) []byte {
	if off >= 0 && n >= 0 && off+n <= int64(len(s.head)) {
		return s.head[off : off+n]
	}
	if s.at != nil && off >= 0 && n > 0 {
		b, err := readAt(s.at, off, make([]byte, min(n, maxRead)))
		s.failed(err)
		return b
	}
	if off < 0 || off > int64(len(s.head)) {
		return nil
	}
	return s.head[off:]
}
