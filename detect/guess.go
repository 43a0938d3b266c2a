package detect

import (
	"bytes"
	"sort"
	"strings"

	"github.com/gogs/chardet"
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
	case h.share(0x80, 0xAF)+h.share(0xE0, 0xF1) >= 0.95 && h.share(0xA0, 0xAF) > 0.3 && h.share(0xE0, 0xEF) > 0.1:
		return "ibm866"
	case isThai(lines, h):
		return "tis-620"
	case isBaltic(h):
		return h.sister("iso-8859-13")
	}
	charset := best(lines)
	switch charset {
	case "iso-8859-8-i":
		charset = "iso-8859-8"
	case "koi8-r":
		if h.of("\xA4\xA6\xA7\xAD\xB4\xB6\xB7\xBD") > 0 {
			charset = "koi8-u"
		}
	}
	return h.sister(charset)
}

// best asks the library and sorts its answers, whose order is not stable.
func best(lines []byte) string {
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
		if a.Confidence < leastConfidence {
			return ""
		}
		return name
	}
	return ""
}

// highLines returns the lines that have octets over 127, at most guessSize of them.
func highLines(b []byte) []byte {
	out := make([]byte, 0, guessSize)
	for len(b) > 0 && len(out) < guessSize {
		line, rest, _ := bytes.Cut(b, []byte("\n"))
		if !isASCII(line) {
			out = append(out, line[:min(len(line), guessSize-len(out))]...)
			if len(out) < guessSize {
				out = append(out, '\n')
			}
		}
		b = rest
	}
	return out
}

// highs counts the octets over 127 of a text.
type highs struct {
	n     [256]int
	total int
}

func count(b []byte) *highs {
	h := new(highs)
	for _, c := range b {
		if c >= 0x80 {
			h.n[c]++
			h.total++
		}
	}
	return h
}

// share is the part of the high octets that are from first to last.
func (h *highs) share(first, last int) float64 {
	n := 0
	for _, k := range h.n[first : last+1] {
		n += k
	}
	return float64(n) / float64(h.total)
}

// of counts the octets that are among these.
func (h *highs) of(octets string) (n int) {
	for _, c := range []byte(octets) {
		n += h.n[c]
	}
	return n
}

// kinds counts how many of these octets occur.
func (h *highs) kinds(octets string) (n int) {
	for _, c := range []byte(octets) {
		if h.n[c] > 0 {
			n++
		}
	}
	return n
}

// sister returns the Windows charset where ISO's has only controls for what occurs.
func (h *highs) sister(charset string) string {
	if name := sisters()[charset]; name != "" && h.share(0x80, 0x9F) > 0 {
		return name
	}
	return charset
}

// isThai reports whether the octets are Thai letters in runs as long as a
// language has that puts no blanks between its words.
func isThai(lines []byte, h *highs) bool {
	const leastRun = 6
	if h.share(0xA1, 0xDA)+h.share(0xDF, 0xFB) < 1 || h.share(0xA1, 0xCE) < 0.5 {
		return false
	}
	runs, high := 0, false
	for _, c := range lines {
		if c >= 0x80 && !high {
			runs++
		}
		high = c >= 0x80
	}
	return h.total >= leastRun*runs
}

// isBaltic reports whether the letters are those of Lithuanian or Latvian,
// which have the same octets in ISO 8859-13 and windows-1257.
func isBaltic(h *highs) bool {
	const lithuanian, latvian = "\xE0\xE8\xE6\xEB\xE1\xF0\xF8\xFB\xFE", "\xE2\xE8\xE7\xEC\xEE\xED\xEF\xF2\xF0\xFB\xFE"
	const capitals = "\xC0\xC8\xC6\xCB\xC1\xD0\xD8\xDB\xDE\xC2\xC7\xCC\xCE\xCD\xCF\xD2"
	letters := float64(h.total) * (h.share(0xC0, 0xFF))
	for _, language := range [...]string{lithuanian, latvian} {
		if h.kinds(language) >= 4 && h.of("\xF0\xFE") > 0 && float64(h.of(language)+h.of(capitals)) >= 0.97*letters {
			return true
		}
	}
	return false
}
