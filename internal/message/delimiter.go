package message

import "bytes"

// Delimiters are the delimiters of the multiparts around what is read, the outermost
// one first: two dashes and the boundary (RFC 2046 §5.1.1).
type Delimiters [][]byte

// Find returns the level of the multipart that a line separates or closes, or -1.
func (d Delimiters) Find(line []byte) (level int, closes bool) {
	if !bytes.HasPrefix(line, []byte("--")) {
		return -1, false
	}
	for level := len(d) - 1; level >= 0; level-- {
		rest, ok := bytes.CutPrefix(line, d[level])
		rest = bytes.TrimRight(rest, " \t\r\n")
		if ok && (len(rest) == 0 || string(rest) == "--") {
			return level, len(rest) > 0
		}
	}
	return -1, false
}
