package inspect

import (
	"bytes"
	"slices"
)

// delimiter returns the level of the multipart that a line separates or closes (RFC
// 2046 §5.1.1), or -1.
func (w *walker) delimiter(line []byte) (level int, closes bool) {
	if w.in.inLine || !bytes.HasPrefix(line, []byte("--")) {
		return -1, false
	}
	for level := len(w.delimiters) - 1; level >= 0; level-- {
		rest, ok := bytes.CutPrefix(line, w.delimiters[level])
		rest = bytes.TrimRight(rest, " \t\r\n")
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

// startsLikeDelimiter reports whether a line, which is no delimiter, begins like one.
func (w *walker) startsLikeDelimiter(line []byte) bool {
	if !bytes.HasPrefix(line, []byte("--")) {
		return false
	}
	return slices.ContainsFunc(w.delimiters, func(d []byte) bool { return bytes.HasPrefix(line, d) })
}

// atDelimiter reports whether a delimiter comes next.
func (w *walker) atDelimiter() bool { return w.isDelimiter(w.in.line()) }
