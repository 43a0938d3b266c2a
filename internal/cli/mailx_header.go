package cli

import (
	"bytes"
	"cmp"
	"io"
	"mime"
	"net/textproto"
	"slices"
	"strings"

	"mailpipe/internal/address"
	"mailpipe/internal/message"
	"mailpipe/internal/stdio"
)

// messageFields are the flags of send that are header fields.
var messageFields = []string{
	"from", "to", "cc", "bcc", "reply-to", "subject", "message-id", "in-reply-to", "references",
}

// sendWithHeader sends input that has a header, for -t. If the message is complete, or
// if there are neither files nor -E, the flags only add fields, and the message is sent as
// sendmail -t sends it. Otherwise the fields of the input count as those of -a do, and the
// rest of the input is the text.
func (s *sendmail) sendWithHeader() error {
	own := s.line.mailx
	in := stdio.NewInput(s.Stdin)
	if len(own.attachments) == 0 && !own.skipEmpty {
		return s.addFields(in)
	}
	h, err := message.ReadHeader(byteReader{in})
	if err != nil {
		return err
	}
	isComplete := false
	for f := range h.Fields() {
		isComplete = isComplete || isContent(f.Name())
	}
	if isComplete && len(own.attachments) > 0 {
		return usage("-t: no file can be added to a complete message")
	}
	if isComplete {
		return s.addFields(io.MultiReader(bytes.NewReader(h.Bytes()), strings.NewReader("\n"), in))
	}
	c, err := s.withFields(h)
	if err != nil {
		return err
	}
	return s.compose(c)
}

// A byteReader reads one octet at a time, so that the next reader reads what follows.
type byteReader struct{ io.Reader }

func (r byteReader) Read(p []byte) (int, error) { return r.Reader.Read(p[:min(len(p), 1)]) }

// isContent reports whether a field describes the content of a complete message.
func isContent(name string) bool {
	name = strings.ToLower(name)
	return name == "mime-version" || strings.HasPrefix(name, "content-")
}

// addFields sends a message with the fields of the flags before its own.
func (s *sendmail) addFields(in io.Reader) error {
	own := s.line.mailx
	var header strings.Builder
	if charset := s.flags.String("charset"); charset != "" || own.textType != "" {
		params := map[string]string{"charset": cmp.Or(charset, "utf-8")}
		header.WriteString("Content-Type: " + mime.FormatMediaType(cmp.Or(own.textType, "text/plain"), params) + "\n")
	}
	for _, a := range append(s.line.args, argument{"from", own.from}) {
		switch {
		case a.flag == "header":
			header.WriteString(a.value + "\n")
		case a.value != "" && slices.Contains(messageFields, a.flag):
			header.WriteString(textproto.CanonicalMIMEHeaderKey(a.flag) + ": " + a.value + "\n")
		}
	}
	in, isEmpty, err := readEmpty(in)
	if err != nil {
		return err
	}
	if isEmpty {
		s.note(nullBody)
	}
	s.in = io.MultiReader(strings.NewReader(header.String()), in)
	return s.run()
}

// readEmpty reports whether nothing follows the header of a message. It returns the
// whole message.
func readEmpty(in io.Reader) (whole io.Reader, isEmpty bool, err error) {
	whole, short, err := readShort(in)
	if err != nil || short == nil {
		return whole, false, err
	}
	rest := bytes.NewReader(short)
	_, err = message.ReadHeader(byteReader{rest})
	isEmpty = len(short) == 0 || err == nil && rest.Len() == 0
	return whole, isEmpty, nil
}

// withFields returns the call with the fields of a header as arguments. Flags have
// precedence, except those for recipients.
func (c *call) withFields(h message.Header) (*call, error) {
	own := c.line.mailx
	m := &mailxParser{parser: &parser{commandLine: *c.line}, mailxArgs: own}
	isAdded := func(name string) bool { return name == "to" || name == "cc" || name == "bcc" }
	for f := range h.Fields() {
		name := strings.ToLower(f.Name())
		if name == "from" && own.from != "" || m.has(name) && !isAdded(name) {
			continue
		}
		if err := m.field("-t", f.Name(), address.DecodeText(f.Value())); err != nil {
			return nil, err
		}
	}
	with, err := c.as("send", m.args...)
	if err != nil {
		return nil, err
	}
	with.line.sendmail, with.line.mailx = c.line.sendmail, own
	return with, nil
}
