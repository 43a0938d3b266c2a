package repair

import (
	"bytes"
	"io"
	"strings"

	"mailpipe/internal/ascii"
	"mailpipe/internal/charset"
	"mailpipe/internal/message"
	"mailpipe/internal/transfer"
)

// scan reads up to the next delimiter, or to the end, and returns where the content
// before it begins and ends, and what it is. The line ending before a delimiter
// belongs to the delimiter.
func (w *walker) scan(also ...io.Writer) (from, to int64, stats *transfer.Stats) {
	stats = new(transfer.Stats)
	all := io.MultiWriter(append(also, stats)...)
	from = w.in.pos
	last, eol := byte('\n'), 0
	for {
		block := w.in.ordinary()
		if len(block) == 0 {
			block = w.in.line()
			if len(block) == 0 || w.isDelimiter(block) {
				break
			}
		}
		all.Write(block)
		last, eol = lineEnding(last, block)
		w.in.skip(len(block))
	}
	stats.End()
	if w.in.pos < w.in.end { // at a delimiter
		return from, w.in.pos - int64(eol), stats
	}
	return from, w.in.pos, stats
}

// lineEnding returns the last octet of a block, and the length of the line ending
// there. before is the octet before the block.
func lineEnding(before byte, block []byte) (last byte, length int) {
	n := len(block)
	if n > 1 {
		before = block[n-2]
	}
	switch {
	case block[n-1] != '\n':
		return block[n-1], 0
	case before == '\r':
		return '\n', 2
	}
	return '\n', 1
}

// leaf writes an entity without parts.
func (w *walker) leaf(e *entity) error {
	var found detector
	from, to, stats := w.scan(&found)
	isText := strings.HasPrefix(e.mediaType, "text/")
	hasCharset := e.charset != "" && !charset.IsASCII(e.charset) && (!charset.IsUTF8(e.charset) || found.isUTF8())
	if isText && e.isIdentity() && stats.HasHigh && !hasCharset {
		e.newCharset = "utf-8"
		w.note("charset")
	}
	hasLines := (isText || strings.HasPrefix(e.mediaType, "message/")) && !charset.IsWide(e.charset)
	switch why := stats.Problem(w.bits()); {
	case !e.isIdentity() && why == "":
	case !e.isIdentity():
		return w.recode(e, from, to, why)
	case why != "", e.newCharset != "", e.encoding == "binary":
		if found.isMostlyPlain(stats) {
			e.newEncoding = "quoted-printable"
		}
		return w.encodeLeaf(e, from, to, hasLines)
	case stats.HasHigh && e.encoding != "8bit":
		e.newEncoding = "8bit"
		w.note("label")
	}
	w.writeHead(e)
	return w.copy(from, to)
}

// encodeLeaf writes an entity in quoted-printable, or in base64 if that is under two
// thirds of it.
func (w *walker) encodeLeaf(e *entity, from, to int64, hasLines bool) error {
	content := func() io.Reader {
		r := w.in.section(from, to)
		if e.newCharset != "" {
			r = charset.NewReader(r, new(charset.Mixed))
		}
		return r
	}
	if e.newEncoding == "" {
		quoted, encoded, err := transfer.Sizes(content(), transfer.Options{EOL: "\r\n", Lines: hasLines, Dashes: true})
		if err != nil {
			return err
		}
		e.newEncoding = "quoted-printable"
		if 3*encoded < 2*quoted {
			e.newEncoding = "base64"
		}
	}
	w.note(e.newEncoding)
	w.writeHead(e)
	return w.encode(e.newEncoding, hasLines, content())
}

// recode writes an entity that is encoded already, but so that SMTP cannot carry it:
// in one long line, for example.
func (w *walker) recode(e *entity, from, to int64, why string) error {
	bad := &message.Error{Kind: message.ErrContent, Field: "Content-Transfer-Encoding", Why: why}
	if e.encoding != "base64" && e.encoding != "quoted-printable" {
		return bad
	}
	w.note(e.encoding)
	w.writeHead(e)
	hasLines := strings.HasPrefix(e.mediaType, "text/") && e.encoding == "quoted-printable"
	err := w.encode(e.encoding, hasLines, transfer.NewDecoder(e.encoding, w.in.section(from, to)))
	if err == transfer.ErrInvalid {
		return bad
	}
	return err
}

// encode writes content in an encoding.
func (w *walker) encode(encoding string, hasLines bool, content io.Reader) error {
	enc := transfer.NewEncoder(encoding, w.out, transfer.Options{EOL: "\r\n", Lines: hasLines, Dashes: true})
	w.unended = true
	_, err := io.CopyBuffer(struct{ io.Writer }{enc}, content, make([]byte, blockSize))
	if err != nil {
		return err
	}
	return enc.Close()
}

// copy writes a part of the content with CRLF as line endings.
func (w *walker) copy(from, to int64) error {
	w.unended = w.in.pos > from
	_, err := io.CopyBuffer(&transfer.LineWriter{Out: w.out}, w.in.section(from, to), make([]byte, blockSize))
	return err
}

// A detector finds out which charset and which encoding fit what is written to it.
type detector struct {
	utf8  charset.Mixed
	plain int64 // octets that are themselves in quoted-printable
}

func (d *detector) Write(p []byte) (int, error) {
	d.utf8.Decode(p, false)
	d.plain += int64(ascii.Printable(p) - bytes.Count(p, []byte("=")))
	return len(p), nil
}

// isUTF8 reports whether all octets are UTF-8. Nothing may be written after it.
func (d *detector) isUTF8() bool {
	d.utf8.Decode(nil, true)
	return d.utf8.Invalid() == 0
}

// isMostlyPlain reports whether base64 is certainly not under two thirds of
// quoted-printable: of which at most every third octet takes more than one.
func (d *detector) isMostlyPlain(stats *transfer.Stats) bool {
	lines := stats.Size("\r\n") - stats.Size("\n")
	return 5*(stats.Octets-d.plain+2*lines) < stats.Octets
}
