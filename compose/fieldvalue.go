package compose

import (
	"cmp"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"unicode/utf8"

	"mailpipe/internal/address"
	"mailpipe/internal/ascii"
	"mailpipe/internal/header"
	"mailpipe/internal/transfer"
)

// checkStructured returns an error if the value cannot be written without encoded
// words.
func (f Field) checkStructured() error {
	if header.IsUnstructured(f.Name) {
		return nil
	}
	_, value := f.structured()
	if !ascii.OnlyString(value) {
		err := fmt.Errorf("header %+q: this field must be ASCII", f.Name)
		return &kindError{ErrArgument, &kindError{ErrNotASCII, err}}
	}
	for s := " " + value; s != ""; s = s[header.WordLen(s):] {
		if n := len(f.Name) + len(":") + header.WordLen(s); n > transfer.LineMax {
			return invalid("header %+q: too long: a line of %d octets without a space, the limit is %d",
				f.Name, n, transfer.LineMax)
		}
	}
	return nil
}

// structured returns the value of a structured field as it is written, and before
// it the phrase of List-Id if it needs encoded words (RFC 2919 §3).
func (f Field) structured() (phrase, value string) {
	value = strings.Trim(f.Value, " ")
	name := strings.ToLower(f.Name)
	switch {
	case name == "list-id" && !ascii.OnlyString(value):
		if i := strings.LastIndexByte(value, '<'); i > 0 {
			return strings.Trim(value[:i], ` "`), value[i:]
		}
	case strings.HasPrefix(name, "list-"):
		value = encodeURLs(value)
	case strings.HasPrefix(name, "autocrypt"):
		value = splitKey(value)
	}
	return "", value
}

// encodeURLs makes ASCII of the URLs of a List- field, which are in angle brackets
// (RFC 2369 §2). A URL with an invalid domain stays as it is.
func encodeURLs(value string) string {
	var b strings.Builder
	for {
		before, rest, opened := strings.Cut(value, "<")
		raw, after, closed := strings.Cut(rest, ">")
		if !opened || !closed {
			return b.String() + value
		}
		b.WriteString(before + "<" + encodeURL(raw) + ">")
		value = after
	}
}

// encodeURL percent-encodes what is not ASCII in a URL (RFC 3986 §2.1), except the
// host or the domain of a mailto: URL, of which it makes A-labels.
func encodeURL(raw string) string {
	encoded := ascii.Escape(raw, '%', func(c byte) bool { return c < utf8.RuneSelf })
	u, err := url.Parse(encoded)
	if err != nil || encoded == raw {
		return encoded
	}
	mailbox, domain, _ := strings.Cut(u.Opaque, "@")
	domain, err = url.PathUnescape(domain)
	host := u.Hostname() // Parse has decoded it
	name := cmp.Or(host, domain)
	if err != nil || ascii.OnlyString(name) {
		return encoded
	}
	labels, err := address.ParseDomain(name)
	if err != nil {
		return raw
	}
	if host != "" {
		u.Host = strings.Replace(u.Host, host, labels, 1)
	} else {
		u.Opaque = mailbox + "@" + labels
	}
	return u.String()
}

// splitKey puts a space before each line of the key in an Autocrypt field, which
// allows spaces there.
func splitKey(value string) string {
	const attribute = "keydata="
	before, key, found := strings.Cut(value, attribute)
	if !found {
		return value
	}
	var b strings.Builder
	b.WriteString(before + attribute)
	for line := range slices.Chunk([]byte(strings.ReplaceAll(key, " ", "")), header.FoldColumns-1) {
		b.WriteString(" " + string(line))
	}
	return b.String()
}

// writeStructured writes a structured field, which was checked.
func (f Field) writeStructured(h *header.Writer) {
	phrase, value := f.structured()
	h.Begin(f.Name)
	if phrase != "" {
		h.Phrase(phrase)
	}
	h.Words(value)
	h.End()
}

// write writes a field of Message.Header, which was checked.
func (f Field) write(h *header.Writer) {
	list, err := f.addresses()
	switch {
	case err == nil && list != nil:
		addresses(h, f.Name, list)
	case header.IsUnstructured(f.Name):
		h.Text(f.Name, strings.Trim(f.Value, " "), header.TokenLimit)
	default:
		f.writeStructured(h)
	}
}
