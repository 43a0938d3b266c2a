package cli

import (
	"errors"
	"fmt"
	"io"
	"mime"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"

	"mailpipe/compose"
	"mailpipe/internal/address"
	"mailpipe/internal/charset"
	"mailpipe/internal/message"
	"mailpipe/internal/termtext"
)

// reply takes what an answer needs from the message of --reply-to-message
// (RFC 5322 §3.6.4), where the flags leave it open.
func (d *draft) reply() error {
	if !d.flags.IsSet("reply-to-message") {
		return nil
	}
	path := d.flags.String("reply-to-message")
	var r io.Reader = d.standardInput()
	if path != "-" {
		f, err := d.files.Open(path)
		if err != nil {
			return partError(path, err)
		}
		defer f.Close()
		r = f
	}
	header, err := message.ReadHeader(r)
	if err != nil {
		return &failure{exitData, fmt.Errorf("%s: %w", termtext.Line(path), err),
			"--reply-to-message takes one mail as it was saved, with its header"}
	}
	m := &d.message
	parent := lastOf(identifications(field(header, "Message-ID")))
	if m.InReplyTo == "" && len(parent) > 0 {
		m.InReplyTo = parent[0]
	}
	if len(m.References) == 0 {
		thread := identifications(field(header, "References"))
		if len(thread) == 0 {
			thread = lastOf(identifications(field(header, "In-Reply-To")))
		}
		m.References = append(thread, parent...)
	}
	if m.Subject == "" {
		m.Subject = replySubject(field(header, "Subject"))
	}
	if len(m.To) == 0 {
		return d.replyTo(path, header)
	}
	return nil
}

// replyTo finds whom an answer goes to.
func (d *draft) replyTo(path string, header message.Header) error {
	for _, name := range []string{"Reply-To", "From"} {
		all, err := address.ParseHeader(field(header, name))
		if err != nil {
			return &failure{exitData, fmt.Errorf("%s: %s: %s", termtext.Line(path), name, err),
				"-t names whom the answer goes to"}
		}
		if len(all) == 0 { // also a group of nobody
			continue
		}
		for _, a := range all {
			a.Name = printable(a.Name)
			d.message.To = append(d.message.To, compose.Address(a))
		}
		return nil
	}
	return nil
}

// field returns the unfolded value of the first field of that name.
func field(header message.Header, name string) string {
	f, _ := header.Get(name)
	return f.Value()
}

// identifications returns what stands in angle brackets in a field of
// Message-IDs, not in its comments. One that our own header could not carry is
// left out.
func identifications(value string) []string {
	var list []string
	starts := "<("
	for {
		at := strings.IndexAny(value, starts)
		if at < 0 {
			return list
		}
		if value[at] == '(' {
			next, closed := address.SkipCFWS(value, at)
			if !closed { // it is no comment, and not looked through once more
				starts, next = "<", at
			}
			value = value[next:]
			continue
		}
		value = value[at+1:]
		end := strings.IndexAny(value, "<>")
		if end <= 0 || value[end] == '<' {
			continue
		}
		one := value[:end]
		value = value[end:]
		odd := strings.ContainsFunc(one, func(r rune) bool { return r <= ' ' || r > '~' })
		if !odd && len(one) <= maxIdentification {
			list = append(list, one)
		}
	}
}

// maxIdentification leaves room for the field's name on a line of 998 octets (RFC 5322 §2.1.1).
const maxIdentification = 900

func lastOf(list []string) []string { return list[max(len(list)-1, 0):] }

// replySubject decodes a subject and puts one "Re: " before it.
func replySubject(raw string) string {
	words := mime.WordDecoder{CharsetReader: func(name string, r io.Reader) (io.Reader, error) {
		e, known := charset.Find(name)
		if !known {
			return nil, errors.ErrUnsupported // the word stays as it stands
		}
		return e.NewDecoder().Reader(r), nil
	}}
	if !utf8.ValidString(raw) { // from before MIME: read as display names are
		raw, _ = charmap.Windows1252.NewDecoder().String(raw)
	}
	subject, err := words.DecodeHeader(raw)
	if err != nil {
		subject = decodeEach(&words, raw)
	}
	subject = strings.TrimSpace(printable(subject))
	if len(subject) >= 3 && strings.EqualFold(subject[:3], "re:") {
		return subject
	}
	return strings.TrimSpace("Re: " + subject)
}

// decodeEach decodes the words that can be decoded, each for itself.
func decodeEach(words *mime.WordDecoder, raw string) string {
	var out strings.Builder
	joins := false // the word before was an encoded one: blanks between two are not shown
	for i, word := range strings.Fields(raw) {
		text, err := words.DecodeHeader(word)
		if err != nil {
			text = word
		}
		decoded := text != word
		if i > 0 && !(joins && decoded) {
			out.WriteByte(' ')
		}
		joins = decoded
		out.WriteString(text)
	}
	return out.String()
}

// printable makes of what a stranger wrote a text that our header can carry.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(s, "\ufffd"))
}
