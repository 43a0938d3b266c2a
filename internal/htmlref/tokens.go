package htmlref

import (
	"bytes"
	"io"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// MaxToken is the number of octets of the longest token that is read, such as a
// tag with an image in a data: URL. It bounds the memory for a page.
const MaxToken = 4 << 20

// Tokens reads the tokens of a page, however long it is. The content of
// noscript is HTML, because mail readers run no scripts.
type Tokens struct {
	z    *html.Tokenizer
	page io.Reader

	Token html.Token // without the text of a text or comment
	Raw   []byte     // its octets, until the next call of Next
}

// NewTokens returns the tokens of a page, which is in UTF-8.
func NewTokens(page io.Reader) *Tokens {
	z := html.NewTokenizer(page)
	z.SetMaxBuf(MaxToken)
	return &Tokens{z: z, page: page}
}

// Next reads a token. It returns false at the end of the page, at a tag without an
// end, at a token that is too long, and after an error of the page.
func (t *Tokens) Next() bool {
	t.Token = html.Token{Type: t.z.Next()}
	if t.Token.Type == html.ErrorToken {
		return false
	}
	t.Raw = t.z.Raw()
	if t.IsStartTag() {
		t.Raw = bytes.Clone(t.Raw) // Token changes them
		t.Token = t.z.Token()
	}
	if t.IsStart(atom.Noscript) {
		t.z.NextIsNotRawText()
	}
	return true
}

// IsTooLong reports whether Next returned false at a token that is too long.
func (t *Tokens) IsTooLong() bool { return t.z.Err() == html.ErrBufferExceeded }

// CopyRest writes the octets of the page that Next did not read.
func (t *Tokens) CopyRest(w io.Writer) error {
	if err := t.z.Err(); err != io.EOF && !t.IsTooLong() {
		return err
	}
	_, err := io.Copy(w, io.MultiReader(bytes.NewReader(t.z.Raw()), bytes.NewReader(t.z.Buffered()), t.page))
	return err
}

// IsStartTag reports whether the token is a start tag. One that closes itself is
// too: HTML ignores the slash.
func (t *Tokens) IsStartTag() bool {
	return t.Token.Type == html.StartTagToken || t.Token.Type == html.SelfClosingTagToken
}

// IsStart reports whether the token is the start tag of that element.
func (t *Tokens) IsStart(element atom.Atom) bool {
	return t.IsStartTag() && t.Token.DataAtom == element
}

// Find returns the value of an attribute without whitespace around it.
func Find(list []html.Attribute, name string) (value string, ok bool) {
	for _, a := range list {
		if a.Key == name {
			return strings.Trim(a.Val, Space), true
		}
	}
	return "", false
}
