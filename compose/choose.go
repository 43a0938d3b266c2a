package compose

import (
	"bytes"
	"cmp"
	"io"
	"slices"
	"strings"

	"mailpipe/internal/transfer"
	"mailpipe/internal/writebehind"
)

// encodings are the transfer encodings of RFC 2045 §6 that compose writes.
var encodings = []string{"7bit", "8bit", "quoted-printable", "base64"}

// Encodings returns the transfer encodings that Part.Encoding may name.
func Encodings() []string { return slices.Clone(encodings) }

// chooseForText returns the encoding of a text and the length of the encoded
// text, or -1 if that is not known. The encoding is requested, unless that is
// empty.
func (b *builder) chooseForText(t *text, requested string) (encoding string, size int64, err error) {
	stats := newStats(b.m.Boundary)
	stats.Write(t.head)
	stats.End()
	isWhole := t.rest == nil

	encoding = requested
	if requested == "" {
		encoding = b.bestForText(t.head, isWhole, stats)
	}
	isIdentity := encoding == "7bit" || encoding == "8bit"
	if why := stats.Problem(encoding); isIdentity && why != "" {
		return "", 0, invalid("%s: cannot be sent as %s: %s", t.label, encoding, why)
	}

	switch {
	case !isWhole:
		size = -1
	case isIdentity:
		size = stats.Size(b.eol)
	case encoding == "base64":
		size = transfer.Base64Size(stats.Size("\r\n"), b.eol)
	default:
		size = b.quotedSize(t.head)
	}
	return encoding, size, nil
}

// bestForText returns 7bit if that can carry the text, and otherwise
// quoted-printable, or base64 if that is shorter by a third. If more follows
// the head, the encoding must be able to carry anything.
func (b *builder) bestForText(head []byte, isWhole bool, stats *transfer.Stats) string {
	if isWhole && !stats.HasFrom && stats.Problem("7bit") == "" {
		return "7bit"
	}
	if 3*transfer.Base64Size(stats.Size("\r\n"), b.eol) < 2*b.quotedSize(head) {
		return "base64"
	}
	return "quoted-printable"
}

// quotedSize returns the length of a text in quoted-printable.
func (b *builder) quotedSize(content []byte) int64 {
	counted := &writebehind.Counter{W: io.Discard}
	out := transfer.NewOutput(counted, 4<<10)
	e := newEncoder("quoted-printable", out, b.eol, true, "", "")
	e.Write(content) // io.Discard never fails
	e.Close()
	out.Flush()
	return counted.N
}

// chooseForFile fills in the encoding of a file and its encoded length. The
// encoding is requested, unless that is empty.
func (b *builder) chooseForFile(e *entity, requested string, head []byte) error {
	switch {
	case strings.HasPrefix(e.mediaType, "message/"):
		return b.chooseForMessage(e, requested, head)
	case requested == "7bit" || requested == "8bit":
		stats, isWhole, err := b.examine(e.src, head)
		if err != nil {
			return err
		}
		if why := stats.Problem(requested); why != "" {
			return invalid("%s: cannot be sent as %s: %s", e.src.label, requested, why)
		}
		e.encoding, e.size = requested, -1
		if isWhole {
			e.size = stats.Size(b.eol)
		}
	case requested == "quoted-printable":
		e.encoding, e.size = requested, -1
	default:
		e.useBase64(b.eol)
	}
	return nil
}

// chooseForMessage is chooseForFile for a file that is a message. A message must
// not be encoded (RFC 2046 §5.2.1). If neither 7bit nor 8bit can carry it, it
// becomes application/octet-stream.
func (b *builder) chooseForMessage(e *entity, requested string, head []byte) error {
	stats, isWhole, err := b.examine(e.src, head)
	if err != nil {
		return err
	}
	why := stats.Problem(cmp.Or(requested, "8bit"))
	switch {
	case requested == "base64" || requested == "quoted-printable":
		why = "a message must not be encoded"
	case !beginsWithField(head):
		why = "it does not begin with a header field"
	case !isWhole:
		why = "it is too long to be checked before it is sent"
	}
	if why != "" {
		b.note(Note{Kind: NoteMessageAttached, Part: e.src.label, Why: why})
		e.mediaType, e.params = octetStream, nil
		e.useBase64(b.eol)
		return nil
	}
	e.encoding = requested
	if requested == "" {
		e.encoding = "8bit"
		if !stats.HasHigh {
			e.encoding = "7bit"
		}
	}
	e.size = stats.Size(b.eol)
	return nil
}

func (e *entity) useBase64(eol string) {
	e.encoding, e.size = "base64", -1
	if e.src.size >= 0 {
		e.size = transfer.Base64Size(e.src.size, eol)
	}
}

// examine collects the stats of a file. isWhole is false if they are those of
// the head only, because the file can be read only once.
func (b *builder) examine(src *source, head []byte) (stats *transfer.Stats, isWhole bool, err error) {
	stats = newStats(b.m.Boundary)
	if src.at == nil {
		stats.Write(head)
	} else if err := src.scan(stats); err != nil {
		return nil, false, err
	}
	stats.End()
	return stats, stats.Octets == src.size, nil
}

// beginsWithField reports whether a message begins with a header field, as it must.
func beginsWithField(head []byte) bool {
	line, _, _ := bytes.Cut(head, []byte("\n"))
	name, _, found := bytes.Cut(line, []byte(":"))
	name = bytes.TrimRight(name, " \t")
	return found && len(name) > 0 && !bytes.ContainsFunc(name, func(r rune) bool { return r <= ' ' || r > '~' })
}
