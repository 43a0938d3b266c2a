package repair

import (
	"cmp"
	"crypto/sha256"
	"fmt"
	"strings"
	"unicode"

	"mailpipe/internal/message"
)

// multipart writes a multipart with its parts and the text before and after them.
func (w *walker) multipart(e *entity, depth int) error {
	if mustEncode(e.boundary) || strings.ContainsFunc(e.boundary, unicode.IsControl) {
		e.newBoundary = fmt.Sprintf("=_%x", sha256.Sum224([]byte(e.boundary)))
	}
	w.relabel(e)
	w.writeHead(e)
	level := len(w.delimiters)
	w.delimiters = append(w.delimiters, []byte("--"+e.boundary))
	w.written = append(w.written, []byte("--"+cmp.Or(e.newBoundary, e.boundary)))
	partType := "text/plain"
	if e.mediaType == "multipart/digest" {
		partType = "message/rfc822" // RFC 2046 §5.1.5
	}
	if err := w.preamble(level, partType); err != nil {
		return err
	}
	for {
		line := w.in.line()
		found, closes := w.delimiters.Find(line)
		hasEnd := found == level
		if hasEnd {
			w.in.skip(len(line))
		} else {
			w.note("end")
			w.cut = true
		}
		closes = closes || !hasEnd
		w.writeDelimiter(level, closes)
		if closes {
			w.delimiters, w.written = w.delimiters[:level], w.written[:level]
			if hasEnd {
				return w.plain(w.scan())
			}
			return nil
		}
		if err := w.next(partType, depth); err != nil {
			return err
		}
	}
}

// preamble writes the text before the first part. If there is no delimiter, that text
// is the only part.
func (w *walker) preamble(level int, partType string) error {
	c := w.scan()
	if found, _ := w.delimiters.Find(w.in.line()); found == level {
		return w.plain(c)
	}
	w.in.seek(c.from)
	w.writeDelimiter(level, false)
	return w.leaf(newEntity(message.Header{}, partType))
}

// plain writes text that no reader shows: in quoted-printable if SMTP cannot carry it.
func (w *walker) plain(c *content) error {
	if c.Problem(w.bits()) == "" {
		return w.copy(c)
	}
	w.note("quoted-printable")
	return w.encode("quoted-printable", true, w.in.section(c.from, c.to))
}

// writeDelimiter writes the delimiter before a part, or that after the last one.
func (w *walker) writeDelimiter(level int, closes bool) {
	if w.unended {
		w.out.Write(crlf)
	}
	w.out.Write(w.written[level])
	if closes {
		w.out.Write([]byte("--"))
	}
	w.out.Write(crlf)
	w.unended = false
}

func (w *walker) isDelimiter(line []byte) bool {
	level, _ := w.delimiters.Find(line)
	return level >= 0
}
