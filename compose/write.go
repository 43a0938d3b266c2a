package compose

import (
	"bytes"
	"cmp"
	"io"

	"mailpipe/internal/transfer"
	"mailpipe/internal/writebehind"
)

// A piece is a stretch of the message: header fields and delimiters as they are
// written, and then the content of a part, which is encoded while it is written.
type piece struct {
	literal string
	content *entity // nil means none
}

// pieces returns the message in the order in which it is written.
func (b *builder) pieces(header string, root *entity, token string) []piece {
	list := []piece{{literal: header}}
	list = b.appendEntity(list, root, token)
	if root.level > 0 || !endsLine(root) {
		list = append(list, piece{literal: b.eol})
	}
	return list
}

// endsLine reports whether the content of the only part of a plain message ends
// with a line ending.
func endsLine(e *entity) bool {
	head := e.text.head // all of it
	return len(head) == 0 || e.encoding != "base64" && bytes.HasSuffix(head, []byte("\n"))
}

// appendEntity appends the pieces of an entity (RFC 2046 §5.1.1). The line
// ending before a delimiter belongs to the delimiter.
func (b *builder) appendEntity(list []piece, e *entity, token string) []piece {
	header := e.header(b.eol, token) + b.eol
	if e.level == 0 {
		return append(list, piece{header, e})
	}
	list = append(list, piece{literal: header})
	delimiter := "--" + boundary(e.level, token)
	for i, part := range e.parts {
		if i > 0 {
			list = append(list, piece{literal: b.eol})
		}
		list = append(list, piece{literal: delimiter + b.eol})
		list = b.appendEntity(list, part, token)
	}
	return append(list, piece{literal: b.eol + delimiter + "--"})
}

// Size returns the number of octets that WriteTo writes. It is not known if the
// size of a file is not known, for a text of over 1 MiB, and for a file that is
// sent as quoted-printable. SMTP counts CRLF (RFC 1870): set Message.CRLF if the
// size is for an envelope.
func (p *Plan) Size() (n int64, known bool) {
	for _, piece := range p.pieces {
		n += int64(len(piece.literal))
		if piece.content == nil {
			continue
		}
		if piece.content.size < 0 {
			return 0, false
		}
		n += piece.content.size
	}
	return n, len(p.pieces) > 0
}

// WriteTo writes the message and closes its parts. It can be called once.
//
// The message is complete only if the error is nil: the closing boundary is not
// written before all parts were read to their end. An error is that of w or of a
// part, or ErrChanged if a part is not what Plan saw any more.
func (p *Plan) WriteTo(w io.Writer) (int64, error) {
	switch {
	case p == nil || p.pieces == nil:
		return 0, invalid("this Plan was not made by Message.Plan")
	case p.closed:
		return 0, invalid("this Plan was already written or closed")
	}
	defer p.Close()
	size := outputSize
	if n, known := p.Size(); known && (n < outputSize || p.isPlain) {
		size = int(n) + transfer.MaxReserve // in one write
	}
	counted := &writebehind.Counter{W: w}
	err := p.writePieces(transfer.NewOutput(counted, size))
	return counted.N, err
}

// writePieces writes everything through out, after an error what came before it.
func (p *Plan) writePieces(out *transfer.Output) error {
	err := p.encodePieces(out)
	return cmp.Or(err, out.Flush())
}

// encodePieces passes the pieces to out. After an error, it passes nothing more.
func (p *Plan) encodePieces(out *transfer.Output) error {
	buf := make([]byte, readSize)
	for _, piece := range p.pieces {
		out.Write([]byte(piece.literal))
		e := piece.content
		if e == nil {
			continue
		}
		enc := newEncoder(e.encoding, out, p.eol, e.hasLines(), e.label(), p.token)
		if err := e.copyTo(enc, buf); err != nil {
			return err
		}
		if err := enc.Close(); err != nil {
			return err
		}
	}
	return nil
}
