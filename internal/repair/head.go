package repair

import (
	"bytes"
	"strings"

	"mailpipe/internal/charset"
	"mailpipe/internal/message"
)

// A head is the header of an entity, in the order of the input. A header of 1 MiB
// may have 300,000 fields, so a field is only its place in the header.
type head struct {
	raw    []byte
	fields []field
}

// A field is where a field is in the header.
type field struct{ start, colon, end int32 }

// add adds a field, which begins with the line raw.
func (h *head) add(raw []byte) {
	start := int32(len(h.raw))
	h.raw = append(h.raw, raw...)
	colon := start + int32(bytes.IndexByte(raw, ':'))
	h.fields = append(h.fields, field{start, colon, int32(len(h.raw))})
}

// extend adds a line to the last field.
func (h *head) extend(line []byte) {
	h.raw = append(h.raw, line...)
	h.fields[len(h.fields)-1].end = int32(len(h.raw))
}

func (h *head) name(f field) string { return strings.TrimRight(string(h.raw[f.start:f.colon]), " \t") }

// value returns what follows the colon, unfolded.
func (h *head) value(f field) string {
	return unfold.Replace(string(h.raw[f.colon+1 : f.end]))
}

var unfold = strings.NewReplacer("\r\n", "", "\n", "")

// get returns the value of the first field with a name, without spaces around it.
func (h *head) get(name string) (value string, ok bool) {
	for _, f := range h.fields {
		if h.is(f, name) {
			return strings.Trim(spaces(h.value(f)), " "), true
		}
	}
	return "", false
}

// is reports whether a field has a name, in any case.
func (h *head) is(f field, name string) bool {
	written := bytes.TrimRight(h.raw[f.start:f.colon], " \t")
	return len(written) == len(name) && strings.EqualFold(string(written), name)
}

// nameMax is the maximum length of the name of a field.
const nameMax = 76

// readHead reads the header of an entity. It ends before a line that is not a field,
// before a delimiter, and after an empty line.
func (w *walker) readHead() (*head, error) {
	h := &head{}
	for {
		line := w.in.line()
		text := bytes.TrimSuffix(bytes.TrimSuffix(line, []byte("\n")), []byte("\r"))
		isSpace := len(text) > 0 && (text[0] == ' ' || text[0] == '\t')
		switch name := message.FieldName(line); {
		case len(text) == 0 && bytes.HasSuffix(line, []byte("\n")):
			w.in.skip(len(line))
			return h, nil
		case w.isDelimiter(line), len(line) == 0:
			w.note("header")
			return h, w.in.failure
		case isSpace && len(h.fields) > 0:
			h.extend(line)
		case isSpace, name == "", len(name) > nameMax:
			w.note("header")
			return h, nil
		default:
			h.add(line)
		}
		w.in.skip(len(line))
		if err := w.readRest(h); err != nil {
			return nil, err
		}
	}
}

// readRest reads the rest of a line that is longer than a block.
func (w *walker) readRest(h *head) error {
	for w.in.inLine && w.in.pos < w.in.end && len(h.raw) <= message.Lookahead {
		line := w.in.line()
		h.extend(line)
		w.in.skip(len(line))
	}
	if len(h.raw) > message.Lookahead {
		return &message.Error{Kind: message.ErrHeader, Why: "header longer than 1 MiB"}
	}
	return nil
}

// readTop reads the header of the message. Input that does not begin with a field is
// all text.
func (w *walker) readTop() (*head, error) {
	line := w.in.line()
	if n := message.MboxLine(line); n > 0 {
		w.note("mbox")
		if err := message.CheckSeries(w.in.reader()); err != nil {
			return nil, err
		}
		w.in.seek(int64(n))
		line = w.in.line()
	}
	if mark, rest := charset.CutBOM(line); mark == "utf-8" && message.FieldName(rest) != "" {
		w.note("mark")
		w.in.skip(len(line) - len(rest))
		w.in.inLine = false
	}
	start := w.in.pos
	h, err := w.readHead()
	if err == nil && len(h.fields) == 0 {
		w.repairs = append(w.repairs[:0], "text")
		w.in.seek(start)
	}
	return h, err
}
