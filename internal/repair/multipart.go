package repair

import (
	"bytes"

	"mailpipe/internal/ascii"
	"mailpipe/internal/message"
	"mailpipe/internal/transfer"
)

// boundaryMax is the length of a boundary that fits in a line. RFC 2046 §5.1.1 allows
// 70.
const boundaryMax = 900

// multipart writes a multipart with its parts and the text before and after them.
func (w *walker) multipart(e *entity, boundary string, depth int) error {
	if len(boundary) > boundaryMax || !ascii.OnlyString(boundary) {
		return &message.Error{Kind: message.ErrStructure, Field: "Content-Type", Why: "invalid boundary"}
	}
	w.relabel(e)
	w.writeHead(e)
	level := len(w.delimiters)
	w.delimiters = append(w.delimiters, []byte("--"+boundary))
	partType := "text/plain"
	if e.mediaType == "multipart/digest" {
		partType = "message/rfc822" // RFC 2046 §5.1.5
	}
	if err := w.preamble(level, partType); err != nil {
		return err
	}
	for {
		found, closes := w.delimiter(w.in.line())
		if found != level {
			w.note("end")
			w.cut = true
			closes = true
		} else {
			w.in.skip(len(w.in.line()))
		}
		w.writeDelimiter(level, closes)
		if closes {
			w.delimiters = w.delimiters[:level]
			if found == level {
				return w.plain()
			}
			return w.in.failure
		}
		h, err := w.readHead()
		if err != nil {
			return err
		}
		if err := w.entity(newEntity(h, partType), depth+1); err != nil {
			return err
		}
	}
}

// preamble writes the text before the first part. If there is no delimiter, that text
// is the only part.
func (w *walker) preamble(level int, partType string) error {
	start := w.in.pos
	from, to, stats := w.scan()
	if found, _ := w.delimiter(w.in.line()); found == level {
		return w.writePlain(from, to, stats)
	}
	w.in.seek(start)
	w.writeDelimiter(level, false)
	return w.leaf(newEntity(&head{}, partType))
}

// plain writes the text after a multipart, which no reader shows.
func (w *walker) plain() error {
	from, to, stats := w.scan()
	return w.writePlain(from, to, stats)
}

// writePlain writes text that no reader shows: in quoted-printable if SMTP cannot
// carry it.
func (w *walker) writePlain(from, to int64, stats *transfer.Stats) error {
	if stats.Problem(w.bits()) == "" {
		return w.copy(from, to)
	}
	w.note("quoted-printable")
	return w.encode("quoted-printable", true, w.in.section(from, to))
}

// writeDelimiter writes the delimiter before a part, or that after the last one.
func (w *walker) writeDelimiter(level int, closes bool) {
	if w.unended {
		w.out.Write(crlf)
	}
	w.out.Write(w.delimiters[level])
	if closes {
		w.out.Write([]byte("--"))
	}
	w.out.Write(crlf)
	w.unended = false
}

// delimiter returns the level of the multipart that a line separates or closes (RFC
// 2046 §5.1.1), or -1.
func (w *walker) delimiter(line []byte) (level int, closes bool) {
	if !bytes.HasPrefix(line, []byte("--")) {
		return -1, false
	}
	text := bytes.TrimRight(line, " \t\r\n")
	for level := len(w.delimiters) - 1; level >= 0; level-- {
		rest, ok := bytes.CutPrefix(text, w.delimiters[level])
		if ok && (len(rest) == 0 || string(rest) == "--") {
			return level, len(rest) > 0
		}
	}
	return -1, false
}

func (w *walker) isDelimiter(line []byte) bool {
	level, _ := w.delimiter(line)
	return level >= 0
}
