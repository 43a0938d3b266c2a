package compose

import (
	"bytes"
	"iter"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// htmlTokens yields the tokens of a page and the octets of each, which together
// are the page. A tag without an end is an ErrorToken. The content of noscript
// is HTML, because mail readers run no scripts.
func htmlTokens(page []byte) iter.Seq2[html.Token, []byte] {
	return func(yield func(html.Token, []byte) bool) {
		z := html.NewTokenizer(bytes.NewReader(page))
		for z.Next() != html.ErrorToken {
			raw := page[:len(z.Raw())]
			page = page[len(raw):]
			token := z.Token()
			if isStartTag(token) && token.DataAtom == atom.Noscript {
				z.NextIsNotRawText()
			}
			if !yield(token, raw) {
				return
			}
		}
		if len(page) > 0 {
			yield(html.Token{Type: html.ErrorToken}, page)
		}
	}
}

// isStartTag reports whether the token is a start tag. One that closes itself is
// too: HTML ignores the slash.
func isStartTag(token html.Token) bool {
	return token.Type == html.StartTagToken || token.Type == html.SelfClosingTagToken
}
