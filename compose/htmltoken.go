package compose

import (
	"bytes"
	"io"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// maxToken is the number of octets of the longest token that is read, such as a
// tag with an image in a data: URL. It bounds the memory for a page.
const maxToken = 4 << 20

// A tokenReader reads the tokens of a page, however long it is. The content of
// noscript is HTML, because mail readers run no scripts.
type tokenReader struct {
	z    *html.Tokenizer
	page io.Reader

	token html.Token // without the text of a text or comment
	raw   []byte     // its octets, until the next call of next
}

func newTokenReader(page io.Reader) *tokenReader {
	z := html.NewTokenizer(page)
	z.SetMaxBuf(maxToken)
	return &tokenReader{z: z, page: page}
}

// next reads a token. It returns false at the end of the page, at a tag without an
// end, at a token that is too long, and after an error of the page.
func (t *tokenReader) next() bool {
	t.token = html.Token{Type: t.z.Next()}
	if t.token.Type == html.ErrorToken {
		return false
	}
	t.raw = t.z.Raw()
	if t.isStartTag() {
		t.raw = bytes.Clone(t.raw) // Token changes them
		t.token = t.z.Token()
	}
	if t.isStart(atom.Noscript) {
		t.z.NextIsNotRawText()
	}
	return true
}

// isTooLong reports whether next returned false at a token that is too long.
func (t *tokenReader) isTooLong() bool { return t.z.Err() == html.ErrBufferExceeded }

// copyRest writes the octets of the page that next did not read.
func (t *tokenReader) copyRest(w io.Writer) error {
	if err := t.z.Err(); err != io.EOF && !t.isTooLong() {
		return err
	}
	_, err := io.Copy(w, io.MultiReader(bytes.NewReader(t.z.Raw()), bytes.NewReader(t.z.Buffered()), t.page))
	return err
}

// isStartTag reports whether the token is a start tag. One that closes itself is
// too: HTML ignores the slash.
func (t *tokenReader) isStartTag() bool {
	return t.token.Type == html.StartTagToken || t.token.Type == html.SelfClosingTagToken
}

// isStart reports whether the token is the start tag of that element.
func (t *tokenReader) isStart(element atom.Atom) bool {
	return t.isStartTag() && t.token.DataAtom == element
}

// findAttribute returns the value of an attribute without whitespace around it.
func findAttribute(list []html.Attribute, name string) (value string, ok bool) {
	for _, a := range list {
		if a.Key == name {
			return strings.Trim(a.Val, htmlSpace), true
		}
	}
	return "", false
}
