package detect

import (
	"bytes"
	"cmp"
	"sort"
	"strings"

	"github.com/gogs/chardet"

	"mailpipe/internal/ascii"
)

// guessSize is how many octets of lines that are not ASCII are looked at.
const guessSize = 2 << 10

// leastConfidence, of 100, below which no charset is claimed.
const leastConfidence = 20

// Charset tells the charset of a text's beginning, or "" when in doubt.
func Charset(head []byte) string {
	t, ok := readText(head, len(head) < HeadSize)
	switch {
	case !ok:
		return ""
	case t.charset != "":
		return t.charset
	}
	return guess(head)
}

// sisters are the charsets of Windows that have letters where those of ISO 8859 have controls.
var sisters = table(`
windows-1250  iso-8859-2
windows-1252  iso-8859-1 iso-8859-15
windows-1253  iso-8859-7
windows-1254  iso-8859-9
windows-1255  iso-8859-8
windows-1256  iso-8859-6
windows-1257  iso-8859-13
`)

// guess names a charset of eight bits by the letters of the languages written in it.
func guess(b []byte) string {
	lines := highLines(b)
	h := count(lines)
	switch {
	case h.total == 0:
		return ""
	case isDOSCyrillic(h):
		return "ibm866"
	}
	charset := cmp.Or(pairs(lines), thai(lines, h), h.alphabet())
	if charset == "" {
		charset = best(lines, h)
	}
	switch charset {
	case "iso-8859-8-i":
		charset = "iso-8859-8"
	case "", "iso-8859-1", "iso-8859-9":
		if centralLetters(lines) >= 3 && h.run() < 3 {
			charset = "iso-8859-2"
		}
	case "windows-1252", "windows-1254":
		if centralLetters(lines) >= 3 {
			charset = "windows-1250"
		}
	case "koi8-r":
		if h.of("\xA4\xA6\xA7\xAD\xB4\xB6\xB7\xBD") > 0 {
			charset = "koi8-u"
		}
	}
	return sister(charset, b)
}

// sister returns the Windows charset in place of ISO's where that has but
// controls for octets that occur, or signs for what must be letters.
func sister(charset string, b []byte) string {
	windows := sisters()[charset]
	if windows == "" || hasC1(b) {
		return cmp.Or(windows, charset)
	}
	switch charset {
	case "iso-8859-1":
		if bytes.IndexByte(b, 0xA4) >= 0 { // the euro: nobody writes the sign of currency
			return "iso-8859-15"
		}
	case "iso-8859-7":
		if i := bytes.IndexByte(b, 0xA2); i == 0 || i > 0 && b[i-1] <= ' ' { // a capital alpha with tonos
			return windows
		}
	case "iso-8859-8":
		if count(b).share(0xC0, 0xDE) > 0 { // points
			return windows
		}
	}
	return charset
}

// unassigned are octets that stand for nothing: a text that has one is not
// written so. That of ISO 8859-8 is here its sister's, since it is named for both.
var unassigned = map[string]string{
	"iso-8859-6":   "\xA1\xA2\xA3\xA5\xC0\xDB\xDC\xDD\xDE\xDF\xF3\xF4\xF5\xF6\xF7\xF8\xF9\xFA\xFB\xFC\xFD\xFE\xFF",
	"iso-8859-7":   "\xD2\xFF",
	"windows-1253": "\xD2\xFF",
	"iso-8859-8":   "\xD9\xDA\xDB\xDC\xDD\xDE\xDF\xFB\xFC\xFF",
	"iso-8859-8-i": "\xD9\xDA\xDB\xDC\xDD\xDE\xDF\xFB\xFC\xFF",
	"windows-1255": "\xD9\xDA\xDB\xDC\xDD\xDE\xDF\xFB\xFC\xFF",
}

// best asks the library and sorts its answers, whose order is not stable.
func best(lines []byte, h *highs) string {
	answers, err := chardet.NewTextDetector().DetectAll(lines)
	if err != nil {
		return ""
	}
	sort.Slice(answers, func(i, j int) bool {
		if answers[i].Confidence != answers[j].Confidence {
			return answers[i].Confidence > answers[j].Confidence
		}
		return answers[i].Charset < answers[j].Charset
	})
	for _, a := range answers {
		name := strings.ToLower(a.Charset)
		// What these claim has been proven or disproven before; EBCDIC is not mailed.
		if strings.HasPrefix(name, "utf-") || strings.HasPrefix(name, "iso-2022-") || strings.HasPrefix(name, "ibm42") {
			continue
		}
		if h.of(unassigned[name]) > 0 {
			continue
		}
		if a.Confidence < leastConfidence {
			return ""
		}
		return name
	}
	return ""
}

// highLines returns the lines that have octets over 127, at most guessSize of
// them. Of a long line it takes what is near these: a page may be one line of markup.
func highLines(b []byte) []byte {
	const long, near = 256, 32
	out := make([]byte, 0, guessSize)
	take := func(part []byte) { out = append(out, part[:min(len(part), guessSize-len(out))]...) }
	for len(b) > 0 && len(out) < guessSize {
		end := bytes.IndexByte(b, '\n') + 1
		if end == 0 {
			end = len(b)
		}
		line := b[:end]
		b = b[end:]
		switch {
		case ascii.Only(line):
		case len(line) <= long:
			take(line)
		default:
			for len(line) > 0 {
				n := runLength(line, false)
				take(line[:min(n, near)])
				take(line[max(n-near, min(n, near)):n])
				line = line[n:]
				n = runLength(line, true)
				take(line[:n])
				line = line[n:]
			}
		}
	}
	return out
}

// runLength is how many octets at the front of b are over 127, or are not.
func runLength(b []byte, high bool) (n int) {
	for n < len(b) && (b[n] >= 0x80) == high {
		n++
	}
	return n
}
