package repair

import (
	"bytes"

	"mailpipe/internal/charset"
	"mailpipe/internal/message"
)

// nameMax is the maximum length of the name of a field.
const nameMax = 76

// readHead reads the header of an entity. It ends before a line that is not a field,
// before a delimiter, and after an empty line.
func (w *walker) readHead() (message.Header, error) {
	start := w.in.pos
	for w.in.pos-start <= message.Lookahead {
		line := w.in.line()
		text := withoutEOL(line)
		isFirst := w.in.pos == start
		switch name := message.FieldName(line); {
		case w.in.inLine && len(line) > 0: // the rest of a line that is longer than a block
		case len(text) == 0 && bytes.HasSuffix(line, []byte("\n")):
			h, err := w.header(start)
			w.in.skip(len(line))
			return h, err
		case len(line) > 0 && (line[0] == ' ' || line[0] == '\t') && !isFirst:
		case name == "", len(name) > nameMax, w.isDelimiter(line):
			w.note("header")
			return w.header(start)
		}
		w.in.skip(len(line))
	}
	return message.Header{}, &message.Error{Kind: message.ErrHeader, Why: "header longer than 1 MiB"}
}

// header returns the header from an offset to here.
func (w *walker) header(start int64) (message.Header, error) {
	fields, err := w.in.held().Bytes(start, w.in.pos)
	return message.NewHeader(fields, 1), err
}

// readTop reads the header of the message. Input that does not begin with a field is
// all text.
func (w *walker) readTop() (message.Header, error) {
	w.in.seek(int64(message.MboxLine(w.in.line())))
	switch {
	case w.in.pos == 0:
	case message.FieldName(w.in.line()) == "": // a text that begins with From
		w.in.seek(0)
	default:
		w.note("mbox")
		begin := w.in.pos
		w.in.seek(0)
		if err := message.CheckSeries(w.in); err != nil {
			return message.Header{}, err
		}
		w.in.seek(begin)
	}
	line := w.in.line()
	if mark, rest := charset.CutBOM(line); mark == "utf-8" && message.FieldName(rest) != "" {
		w.note("mark")
		w.in.seek(w.in.pos + int64(len(line)-len(rest)))
	}
	start := w.in.pos
	h, err := w.readHead()
	if err == nil && h.IsEmpty() {
		w.repairs = append(w.repairs[:0], "text")
		w.in.seek(start)
	}
	return h, err
}
