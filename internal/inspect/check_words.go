package inspect

import (
	"bytes"
	"strings"
	"unicode/utf8"

	"mailpipe/internal/address"
	"mailpipe/internal/charset"
	"mailpipe/internal/header"
	"mailpipe/internal/message"
)

// wordMax is the length of an encoded word (RFC 2047 §2).
const wordMax = 75

// checkWords checks the encoded words of a field.
func (w *walker) checkWords(p *Part, f message.Field) {
	value := f.Value()
	isAddresses := header.IsAddresses(f.Name())
	isText := f.Is("Subject", "Comments", "Keywords", "Organization", "Content-Description")
	switch {
	case !strings.Contains(value, "=?"):
	case f.Is("Content-Type", "Content-Disposition"):
		if hasWord(value) {
			w.report(p, wordParameter, f.Line, f.Name())
		}
	case isAddresses || isText:
		for i := 0; i < len(value); i++ {
			switch {
			case isAddresses && value[i] == '"':
				text, next, ok := address.QuotedString(value, i)
				if hasWord(text) {
					w.report(p, wordQuoted, f.Line, f.Name()+": "+text)
				}
				if !ok {
					return
				}
				i = next - 1
			case strings.HasPrefix(value[i:], "=?"):
				n, rule := wordProblem(value[i:])
				isWord := n > len("=?")
				if isWord && rule == nil && isText && i > 0 && !isSpace(value[i-1]) {
					rule = wordSyntax // no reader decodes it
				}
				if rule != nil {
					w.report(p, rule, f.Line, f.Name()+": "+value[i:i+n])
				}
				i += n - 1
			}
		}
	}
}

// hasWord reports whether a text has an encoded word.
func hasWord(text string) bool {
	for {
		i := strings.Index(text, "=?")
		if i < 0 {
			return false
		}
		text = text[i:]
		if n, _, _, _ := address.EncodedWord(text); n > 0 {
			return true
		}
		text = text[len("=?"):]
	}
}

// wordProblem returns the rule that the encoded word at the beginning of s breaks, or
// nil, and the length of that word. What does not look like a word breaks no rule.
func wordProblem(s string) (n int, rule *Rule) {
	n, name, octets, ok := address.EncodedWord(s)
	switch {
	case n == 0 && looksLikeWord(s):
		word, _, _ := strings.Cut(s, " ")
		return len(word), wordSyntax
	case n == 0:
		return len("=?"), nil
	case !ok || !isPadded(s[:n]):
		return n, wordSyntax
	case n > wordMax:
		return n, wordLength
	case !isCharset(name):
		return n, wordCharset
	case !isWhole(name, octets):
		return n, wordSplit
	}
	return n, nil
}

// isPadded reports whether an encoded word in base64 has its padding.
func isPadded(word string) bool {
	fields := strings.Split(word, "?") // =, charset, encoding, text, =
	return !strings.EqualFold(fields[2], "b") || len(fields[3])%4 == 0
}

// looksLikeWord reports whether s begins as an encoded word does.
func looksLikeWord(s string) bool {
	name, rest, _ := strings.Cut(s[len("=?"):], "?")
	return name != "" && !strings.ContainsAny(name, " \t\"<>") && len(rest) > 1 &&
		strings.IndexByte("bBqQ", rest[0]) >= 0 && rest[1] == '?'
}

// isCharset reports whether a charset is known, at least to others.
func isCharset(name string) bool {
	_, known := charset.Find(name)
	switch charset.Plain(name) {
	case "utf7", "iso2022kr", "csiso2022kr", "iso2022cn", "iso2022cnext", "iso2022jp1", "iso2022jp2", "utf32",
		"utf32be", "utf32le", "unknown8bit", "tcvn", "tcvn57121", "viscii", "windows31j", "gb18030":
		return true
	}
	return known
}

// isWhole reports whether octets are whole characters of a charset.
func isWhole(name string, octets []byte) bool {
	e, known := charset.Find(name)
	switch {
	case !known:
		return true
	case charset.IsUTF8(name):
		return utf8.Valid(octets)
	}
	text, err := e.NewDecoder().Bytes(octets)
	return err == nil && !bytes.ContainsRune(text, utf8.RuneError)
}
