package inspect

import "mailpipe/internal/message"

// nameMax is the maximum length of the name of a field.
const nameMax = 76

// header reads a header. It ends before a line that is not a field, before a delimiter,
// and after an empty line.
func (w *walker) header() message.Header {
	start := w.in.number
	var fields []byte
	for len(fields) <= headerMax {
		line := w.in.line()
		text := withoutEOL(line)
		switch name := message.FieldName(text); {
		case len(line) == 0:
			return message.NewHeader(fields, start)
		case w.in.inLine: // the rest of a line that is longer than a block
		case len(text) == 0:
			w.skip(line)
			return message.NewHeader(fields, start)
		case isSpace(text[0]) && len(fields) > 0:
		case w.isDelimiter(line):
			return message.NewHeader(fields, start)
		case name == "", len(name) > nameMax:
			w.notField = w.in.number
			return message.NewHeader(fields, start)
		}
		fields = append(fields, line...)
		w.skip(line)
	}
	w.report(nil, limitHeader, w.in.number, "")
	w.in.stop()
	return message.NewHeader(fields, start)
}

func isSpace(c byte) bool { return c == ' ' || c == '\t' }
