package cli

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"mime"
	"strings"

	"golang.org/x/text/encoding/htmlindex"

	"mailpipe/compose"
	"mailpipe/internal/address"
	"mailpipe/internal/message"
	"mailpipe/internal/safe"
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
	header, err := readHeader(r)
	if err != nil {
		return fail(exitData, fmt.Errorf("%s: %w", safe.Line(path), err))
	}
	m := &d.message
	parent := lastID(field(header, "Message-ID"))
	if m.InReplyTo == "" {
		m.InReplyTo = parent
	}
	if len(m.References) == 0 {
		thread := field(header, "References")
		if thread == "" {
			thread = lastID(field(header, "In-Reply-To"))
		}
		for _, one := range strings.Fields(thread) {
			m.References = append(m.References, id(one))
		}
		if parent != "" {
			m.References = append(m.References, parent)
		}
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
		value := field(header, name)
		if value == "" {
			continue
		}
		all, err := address.ParseHeader(value)
		if err != nil {
			return fail(exitData, fmt.Errorf("%s: %s: %s", safe.Line(path), name, err))
		}
		for _, a := range all {
			d.message.To = append(d.message.To, compose.Address(a))
		}
		return nil
	}
	return nil
}

// readHeader reads the header of a message; what follows is nobody's concern here.
func readHeader(r io.Reader) (message.Header, error) {
	in := bufio.NewReader(io.LimitReader(r, message.Lookahead))
	var header bytes.Buffer
	for {
		line, err := in.ReadBytes('\n')
		header.Write(line)
		if blank := len(bytes.TrimRight(line, "\r\n")) == 0; blank || err == io.EOF {
			break
		}
		if err != nil {
			return nil, err
		}
	}
	header.WriteString("\r\n\r\n")
	m, err := message.Read(&header, message.Options{AllowTruncated: true})
	if err != nil {
		return nil, err
	}
	defer m.Close()
	return m.Header, nil
}

// field returns the unfolded value of the first field of that name.
func field(header message.Header, name string) string {
	for _, f := range header {
		if !strings.EqualFold(f.Name, name) {
			continue
		}
		_, value, _ := strings.Cut(string(f.Raw), ":")
		value = strings.NewReplacer("\r", "", "\n", "").Replace(value)
		return strings.TrimSpace(value)
	}
	return ""
}

// lastID returns the last Message-ID of a field, without its brackets.
func lastID(value string) string {
	start, end := strings.LastIndexByte(value, '<'), strings.LastIndexByte(value, '>')
	if start < 0 || end < start {
		return ""
	}
	return value[start+1 : end]
}

// replySubject decodes a subject and puts one "Re: " before it.
func replySubject(raw string) string {
	words := mime.WordDecoder{CharsetReader: func(charset string, r io.Reader) (io.Reader, error) {
		e, err := htmlindex.Get(charset)
		if err != nil {
			return nil, err
		}
		return e.NewDecoder().Reader(r), nil
	}}
	subject, err := words.DecodeHeader(raw)
	if err != nil {
		subject = raw
	}
	subject = strings.Map(func(r rune) rune { // what a stranger wrote must not fail our header
		if safe.Control(r) {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(subject, "\ufffd"))
	if len(subject) >= 3 && strings.EqualFold(subject[:3], "re:") {
		return subject
	}
	return "Re: " + subject
}
