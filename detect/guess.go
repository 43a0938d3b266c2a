package detect

import (
	"bytes"
	"cmp"
	"slices"
	"strings"

	"github.com/gogs/chardet"

	"mailpipe/internal/ascii"
)

// Charset returns the charset of a text: its IANA name in lower case, or "" if no
// charset is likely enough. A head of less than HeadSize octets must be the whole
// text.
func Charset(head []byte) string {
	t, isText := readText(head, len(head) < HeadSize)
	if !isText || t.charset != "" {
		return t.charset
	}
	return guess(head)
}

// charset returns the charset of a text.
func (s *sample) charset(mediaType string) string {
	if s.text.charset != "" {
		return s.text.charset
	}
	if name := declared(mediaType, s.text.body); name != "" {
		return windowsVariant(name, s.content)
	}
	return guess(s.content)
}

// guess returns the charset of a text whose octets prove none, or "". It looks at
// the letters of the languages that are written in each charset.
func guess(b []byte) string {
	lines := highLines(b)
	stats := countHighBytes(lines)
	if stats.total == 0 {
		return ""
	}
	name := ""
	for _, find := range [...]func([]byte, *highByteStats) string{dosCyrillic, pairs, thai, byAlphabet, byLibrary} {
		name = find(lines, stats)
		if name != "" {
			break
		}
	}
	return windowsVariant(correct(name, lines, stats), b)
}

// correct returns name, or the charset that the library confuses with it.
func correct(name string, lines []byte, stats *highByteStats) string {
	isCentral := centralLetters(lines) >= minCentralLetters
	switch name {
	case "windows-1252", "windows-1254":
		if isCentral {
			return "windows-1250"
		}
	case "", "iso-8859-1", "iso-8859-9":
		if isCentral && stats.meanRun() < maxLatinRun {
			return "iso-8859-2"
		}
	case "koi8-r":
		if stats.among(ukrainian()) > 0 {
			return "koi8-u"
		}
	}
	return name
}

// windowsVariants are the charsets of Windows that have letters where those of ISO
// 8859 have control characters, at 0x80 to 0x9F.
var windowsVariants = table(`
windows-1250  iso-8859-2
windows-1252  iso-8859-1 iso-8859-15
windows-1253  iso-8859-7
windows-1254  iso-8859-9
windows-1255  iso-8859-8
windows-1256  iso-8859-6
windows-1257  iso-8859-13
`)

// windowsVariant returns the charset of Windows in place of that of ISO 8859 if b
// has octets that are controls or unlikely signs in the latter.
func windowsVariant(name string, b []byte) string {
	variant := windowsVariants()[name]
	if variant == "" {
		return name
	}
	stats := countHighBytes(b)
	if stats.share(0x80, 0x9F) > 0 {
		return variant
	}
	switch name {
	case "iso-8859-1":
		const euro = 0xA4 // in ISO 8859-15; in ISO 8859-1 it is a currency sign that is hardly ever used
		if stats.count[euro] > 0 {
			return "iso-8859-15"
		}
	case "iso-8859-7":
		const capitalAlphaTonos = 0xA2 // a quotation mark in ISO 8859-7
		i := bytes.IndexByte(b, capitalAlphaTonos)
		beginsWord := i == 0 || i > 0 && b[i-1] <= ' '
		if beginsWord {
			return variant
		}
	case "iso-8859-8":
		if stats.share(0xC0, 0xDE) > 0 { // vowel points
			return variant
		}
	}
	return name
}

// minConfidence is the confidence, from 0 to 100, that the library must have in a
// charset. Its answers below are often wrong.
const minConfidence = 20

// byLibrary returns the likeliest charset by the library, or "".
func byLibrary(lines []byte, stats *highByteStats) string {
	answers, err := chardet.NewTextDetector().DetectAll(lines)
	if err != nil {
		return ""
	}
	slices.SortFunc(answers, func(a, b chardet.Result) int { // those of equal confidence come in any order
		return cmp.Or(b.Confidence-a.Confidence, strings.Compare(a.Charset, b.Charset))
	})
	for _, a := range answers {
		name := strings.ToLower(a.Charset)
		isProvable := strings.HasPrefix(name, "utf-") || strings.HasPrefix(name, "iso-2022-")
		isEBCDIC := strings.HasPrefix(name, "ibm42")
		if isProvable || isEBCDIC || stats.hasUndefined(name) {
			continue
		}
		if a.Confidence < minConfidence {
			return ""
		}
		return strings.TrimSuffix(name, "-i") // iso-8859-8-i
	}
	return ""
}

// guessSize is the number of octets of the lines that a guess is made from. More
// of them do not make it better.
const guessSize = 2 << 10

// highLines returns the lines of b that are not ASCII, up to guessSize octets. Of
// a long line, which may be a whole page of markup, it returns the octets over
// 127 and what is near them.
func highLines(b []byte) []byte {
	const long = 256 // octets of a line
	out := make([]byte, 0, guessSize)
	for line := range bytes.Lines(b) {
		if len(out) >= guessSize {
			break
		}
		if ascii.Only(line) {
			continue
		}
		if len(line) > long {
			line = nearHigh(line)
		}
		out = append(out, line[:min(len(line), guessSize-len(out))]...)
	}
	return out
}

// nearHigh returns the octets of a line that are over 127 or near one that is.
func nearHigh(line []byte) (out []byte) {
	const near = 32 // octets: some words
	done := 0       // the octets before done are in out, or not near
	for i, c := range line {
		if c < 0x80 {
			continue
		}
		start, end := max(done, i-near), min(i+near, len(line))
		if start < end {
			out = append(out, line[start:end]...)
			done = end
		}
		if len(out) >= guessSize {
			break
		}
	}
	return out
}
