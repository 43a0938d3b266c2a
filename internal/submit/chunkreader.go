package submit

import (
	"bytes"
	"io"
	"strconv"
	"strings"

	"mailpipe/wire"
)

// A chunkReader reads the content of a mail that comes in chunks (RFC 3030 §2). It
// reads the BDAT command of each chunk after the first, and answers it.
type chunkReader struct {
	c    *conn
	left int64 // octets of the chunk
	last bool
	err  error
}

// bdat reads a mail that begins with this chunk, and answers its end.
func (c *conn) bdat(rest string) error {
	size, last, ok := parseChunk(rest)
	if !ok {
		return c.reply(501, "5.5.4 invalid chunk size")
	}
	if !c.hasRecipients() {
		if _, err := io.CopyN(io.Discard, c.in, size); err != nil {
			return err
		}
		return c.reply(503, "5.5.1 no valid recipients")
	}
	if err := c.out.Flush(); err != nil {
		return err
	}
	reply, err := c.deliver(&chunkReader{c: c, left: size, last: last})
	if err != nil {
		return nil // the next command is the reason, or has the same error
	}
	c.stage = wire.StageDot
	return c.reply(reply.Code, reply.Text)
}

func parseChunk(rest string) (size int64, last, ok bool) {
	words := strings.Fields(rest)
	if len(words) == 2 && strings.EqualFold(words[1], "LAST") {
		words, last = words[:1], true
	}
	if len(words) != 1 {
		return 0, false, false
	}
	size, err := strconv.ParseInt(words[0], 10, 64)
	return size, last, err == nil && size >= 0
}

func (r *chunkReader) Read(p []byte) (int, error) {
	for r.left == 0 && r.err == nil {
		r.err = r.next()
	}
	if r.err != nil {
		return 0, r.err
	}
	n, err := r.c.in.Read(p[:min(int64(len(p)), r.left)])
	r.left -= int64(n)
	r.c.traceContent(p[:n])
	if err != nil {
		r.err = io.ErrUnexpectedEOF
	}
	return n, r.err
}

// next reads the command of the next chunk. Any other command ends the mail, and the
// session reads it.
func (r *chunkReader) next() error {
	if r.last {
		return io.EOF
	}
	err := r.c.reply(250, "2.0.0 Ok")
	if err == nil {
		err = r.c.out.Flush()
	}
	if err != nil {
		return err
	}
	verb, _ := r.c.in.Peek(len("BDAT"))
	if !bytes.EqualFold(verb, []byte("BDAT")) {
		return io.ErrUnexpectedEOF
	}
	line, err := r.c.line()
	if err != nil {
		return io.ErrUnexpectedEOF
	}
	r.c.trace(wire.DirSent, line)
	var ok bool
	if r.left, r.last, ok = parseChunk(line[len("BDAT"):]); !ok {
		_ = r.c.reply(501, "5.5.4 invalid chunk size")
		return io.ErrUnexpectedEOF
	}
	return nil
}
