package config

import "bytes"

// Limits for the structure of a file. The deepest valid one has three levels:
// accounts, an account, a list. The TOML library stores the whole path of each
// key, and all beginnings of the path. Without limits, a file of 1 MiB would
// take gigabytes.
const (
	maxDepth  = 4   // parts of a key; brackets around a value
	maxKeyLen = 128 // octets
)

const tooLongKey = "too long key: over 128 octets"

// checkShape returns the line and the reason if a file exceeds the limits. It
// does not check the syntax: the library stops at the first error.
func checkShape(text []byte) (line int, reason string) {
	line = 1
	start, parts, depth := 0, 1, 0 // of what may be a key; its parts; the brackets around it
	inValue := false               // after an =, until the end of the value
	for i := 0; i < len(text); i++ {
		switch text[i] {
		case '"', '\'':
			end := stringEnd(text, i)
			line += bytes.Count(text[i:end], []byte("\n"))
			i = end - 1
			continue
		case '#':
			end := bytes.IndexByte(text[i:], '\n')
			if end < 0 {
				return 0, ""
			}
			i += end - 1
			continue
		case '.':
			parts++
		case '[', '{':
			depth++
			start, parts = i, 1
		case ']', '}':
			if !inValue && i-start > maxKeyLen { // the end of a table's name
				return line, tooLongKey
			}
			depth = max(depth-1, 0)
		case '=':
			if i-start > maxKeyLen {
				return line, tooLongKey
			}
			inValue = true
			start, parts = i, 1
		case ',':
			start, parts = i, 1
		case '\n':
			line++
			inValue = inValue && depth > 0
			start, parts = i, 1
		}
		if depth > maxDepth || parts > maxDepth {
			return line, "nested too deeply"
		}
	}
	return 0, ""
}

// stringEnd returns the index after the string that begins at start.
func stringEnd(text []byte, start int) int {
	quote := text[start : start+1]
	if long := bytes.Repeat(quote, 3); bytes.HasPrefix(text[start:], long) {
		quote = long
	}
	for i := start + len(quote); i < len(text); i++ {
		switch {
		case quote[0] == '"' && text[i] == '\\':
			i++
		case bytes.HasPrefix(text[i:], quote):
			i += len(quote)
			return i + extraQuotes(text[i:], quote)
		case len(quote) == 1 && text[i] == '\n': // not closed
			return i
		}
	}
	return len(text)
}

// extraQuotes returns how many quotes follow the end of a multi-line string and
// belong to its content: at most two.
func extraQuotes(text, quote []byte) int {
	n := 0
	for len(quote) == 3 && n < min(2, len(text)) && text[n] == quote[0] {
		n++
	}
	return n
}
