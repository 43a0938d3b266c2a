// Package detect finds the media type, the charset and the shortest transfer
// encoding of a file from its content and its name.
//
// It reads no tables of the host, so that a file has the same Result on every
// machine. All functions may be called concurrently.
//
// The first question is whether the content is text, because a text may begin
// like anything: one that begins with "BM" is not a bitmap. The type of a text
// is that of its own label (such as BEGIN:VCARD), or else of its file name, or
// else of its structure: #!, XML, HTML, JSON. The type of any other content is
// what its structure or its magic number says, whatever the name.
package detect

import (
	"errors"
	"io"
	"path"
	"strings"
)

// HeadSize is the number of octets at the beginning of a file that suffice for
// Bytes.
const HeadSize = 64 << 10

// wholeSize is the size in octets up to which File reads all of a file.
const wholeSize = 256 << 10

// Media types of content about which nothing more is known.
const (
	binaryType = "application/octet-stream"
	textType   = "text/plain"
)

// A Result is what a file is. The zero Result is only returned together with an
// error.
type Result struct {
	// Type is the media type without parameters. It is never empty.
	Type string
	// Charset is the IANA name of the charset in lower case. It is empty if no
	// charset is likely enough, or if the type has no charset parameter.
	Charset string
	// Encoding is the shortest transfer encoding that can carry the content:
	// 7bit, quoted-printable or base64. It is never 7bit if only the beginning
	// of the content is known. The command "mailpipe detect" prints it; compose
	// makes its own choice, which depends on more than the length.
	Encoding string
	// Why names in a few words of ASCII what the type was found by.
	Why string
}

// String returns the type, with its charset parameter if there is one.
func (r Result) String() string {
	if r.Charset == "" {
		return r.Type
	}
	return r.Type + "; charset=" + r.Charset
}

// File returns what a file is. The size is in octets; 0 or a negative size means
// unknown. File reads all of a short file; of a long one, it reads the beginning and,
// if it is an archive, parts that the directory names. It does not keep r. The error
// is that of reading r, or means that r is nil; the Result is then zero.
func File(name string, r io.ReaderAt, size int64) (Result, error) {
	if r == nil {
		return Result{}, errors.New("missing reader")
	}
	want := int64(HeadSize)
	if 0 < size && size <= wholeSize {
		want = size
	}
	content, err := readAt(r, 0, want)
	if err != nil {
		return Result{}, err
	}
	n := int64(len(content))
	isWhole := n == size || size <= 0 && n < HeadSize
	s := newSample(name, content, isWhole)
	s.at, s.size = r, size
	result := s.result()
	if s.err != nil {
		return Result{}, s.err
	}
	return result, nil
}

// Bytes returns what content is. A content of less than HeadSize octets must be
// the whole file. A longer one may be the beginning of a file.
func Bytes(name string, content []byte) Result {
	isWhole := len(content) < HeadSize
	return newSample(name, content[:min(len(content), HeadSize)], isWhole).result()
}

// A sample is what is known of a file while the rules are applied to it.
type sample struct {
	base    string // file name without directories, in lower case
	ext     string // what follows the last dot of base
	content []byte // the beginning of the file, or all of it
	whole   bool   // content is the whole file

	at   io.ReaderAt // reads the rest of the file; nil means that it cannot be read
	size int64       // octets of the file; 0 or negative means unknown
	err  error       // the first error of at

	text text // the content of a text
}

func newSample(name string, content []byte, isWhole bool) *sample {
	base := strings.ToLower(path.Base(strings.ReplaceAll(name, `\`, "/")))
	ext := ""
	if i := strings.LastIndexByte(base, '.'); i >= 0 {
		ext = base[i+1:]
	}
	return &sample{base: base, ext: ext, content: content, whole: isWhole}
}

func (s *sample) result() Result {
	if len(s.content) == 0 {
		return s.emptyResult()
	}
	var isText bool
	s.text, isText = readText(s.content, s.whole)
	rules, r := binaryRules[:], Result{Type: binaryType, Why: "unknown content"}
	if isText {
		rules, r = textRules[:], Result{Type: textType, Why: "text"}
	}
	for _, apply := range rules {
		if mediaType, why := apply(s); mediaType != "" {
			r.Type, r.Why = mediaType, why
			break
		}
	}
	if isText && hasCharset(r.Type) {
		r.Charset = s.charset(r.Type)
	}
	r.Encoding = shortestEncoding(s.content, isText, s.whole)
	r.Why += s.nameMismatch(r.Type)
	return r
}

// emptyResult is for a file without content. If its name is that of a text, so
// is the file.
func (s *sample) emptyResult() Result {
	r := Result{Type: binaryType, Encoding: "7bit", Why: "no content"}
	if named := s.textName(); named != "" {
		r.Type, r.Why = named, "file name, no content"
	}
	return r
}

// A rule returns the media type of a file, and what it was found by. The type is
// empty if the rule does not apply.
type rule func(s *sample) (mediaType, why string)

// The rules are in order: the first that applies decides. A page description
// and a mail may contain octets that no text has.
var (
	textRules   = [...]rule{byPage, byLabel, byMail, byName, byLatePDF, byInterpreter, byMarkup, byJSON}
	binaryRules = [...]rule{byPage, byMail, byLatePDF, byZip, byOLE, byDER, byOgg, byMagic}
)

// nameMismatch returns words for Why if the file name is that of another type.
func (s *sample) nameMismatch(mediaType string) string {
	named := s.named()
	if named == "" || named == mediaType {
		return ""
	}
	return "; the file name says " + named
}

// hasCharset reports whether a media type has a charset parameter.
func hasCharset(mediaType string) bool {
	return strings.HasPrefix(mediaType, "text/") || strings.HasSuffix(mediaType, "+xml") ||
		mediaType == "application/xml" || mediaType == "application/sql"
}

// maxRead is the number of octets that a rule may read at once beyond content.
const maxRead = 1 << 20

// read returns n octets of the file from off, or as many as there are. Without
// s.at it returns what content has of them.
func (s *sample) read(off, n int64) []byte {
	if off < 0 || n <= 0 {
		return nil
	}
	known := int64(len(s.content))
	if off+n <= known || s.whole || s.at == nil {
		return s.content[min(off, known):min(off+n, known)]
	}
	b, err := readAt(s.at, off, min(n, maxRead))
	if s.err == nil {
		s.err = err
	}
	return b
}

// readAt returns n octets of r from off, or as many as there are.
func readAt(r io.ReaderAt, off, n int64) ([]byte, error) {
	b := make([]byte, n)
	got, err := io.ReadFull(io.NewSectionReader(r, off, n), b)
	if err == io.EOF || err == io.ErrUnexpectedEOF {
		err = nil
	}
	return b[:got], err
}
