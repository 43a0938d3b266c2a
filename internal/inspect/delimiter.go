package inspect

import (
	"bytes"
	"slices"
)

// delimiter returns the level of the multipart that a line separates or closes, or -1.
func (w *walker) delimiter(line []byte) (level int, closes bool) {
	if w.in.inLine {
		return -1, false
	}
	return w.delimiters.Find(line)
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
