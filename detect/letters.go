package detect

import (
	"strings"
	"sync"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"

	"mailpipe/internal/charset"
)

// A highByteStats has the numbers of the octets over 127 of a text.
type highByteStats struct {
	count [256]int // of each octet
	total int
	runs  int // sequences of such octets
}

func countHighBytes(b []byte) *highByteStats {
	s := new(highByteStats)
	wasHigh := false
	for _, c := range b {
		isHigh := c >= 0x80
		if isHigh {
			s.count[c]++
			s.total++
		}
		if isHigh && !wasHigh {
			s.runs++
		}
		wasHigh = isHigh
	}
	return s
}

// share returns the part, from 0 to 1, that the octets from first to last are of
// all that are over 127.
func (s *highByteStats) share(first, last int) float64 {
	n := 0
	for _, k := range s.count[first : last+1] {
		n += k
	}
	return float64(n) / float64(s.total)
}

// among returns how many octets of the text are among these.
func (s *highByteStats) among(octets string) (n int) {
	for _, c := range []byte(octets) {
		n += s.count[c]
	}
	return n
}

// distinct returns how many of these octets the text has at least once.
func (s *highByteStats) distinct(octets string) (n int) {
	for _, c := range []byte(octets) {
		if s.count[c] > 0 {
			n++
		}
	}
	return n
}

// meanRun returns the mean length of the sequences of octets over 127: in Latin
// script these are single letters, in other scripts they are words.
func (s *highByteStats) meanRun() float64 { return float64(s.total) / float64(max(s.runs, 1)) }

// hasUndefined reports whether the text has an octet among the letters, from 0xC0
// on, that a charset of one octet per character does not define.
func (s *highByteStats) hasUndefined(name string) bool {
	if strings.HasPrefix(name, "iso-8859-8") {
		name = "windows-1255" // the library means this one, too
	}
	e, _ := charset.Find(name)
	table, ok := e.(*charmap.Charmap)
	if !ok {
		return false
	}
	for c := 0xC0; c <= 0xFF; c++ {
		if s.count[c] > 0 && table.DecodeByte(byte(c)) == utf8.RuneError {
			return true
		}
	}
	return false
}

// octets returns letters in a charset.
func octets(name, letters string) string {
	e, _ := charset.Find(name)
	encoded, err := e.NewEncoder().String(letters)
	if err != nil {
		panic(err) // of a table below
	}
	return encoded
}

// maxLatinRun is above the mean length of the sequences of octets over 127 in any
// text in Latin script. In the corpus it is at most 1.5; in other scripts it is at
// least 2.5.
const maxLatinRun = 2.5

// An alphabet is the letters of languages that the library confuses with others.
type alphabet struct {
	charset string
	letters string // all that are not ASCII
	marks   string // those that the languages it is confused with lack
	minimum int    // number of different marks that a text must have
}

// alphabets has the letters by the exemplar sets of Unicode CLDR. Each is in the
// charset of ISO 8859, which has them where its Windows variant has them, too.
var alphabets = sync.OnceValue(func() []alphabet {
	list := []alphabet{
		{"iso-8859-13", "ąčęėįšųūž", "čėįšūž", 3},   // Lithuanian
		{"iso-8859-13", "āčēģīķļņšūž", "āēīšūž", 4}, // Latvian
		{"iso-8859-9", "âçîğöûüıİş", "çğüış", 3},    // Turkish
		{"iso-8859-2", "áéíóőöúűü", "őöűü", 3},      // Hungarian
		{"iso-8859-1", "äåöüß", "ä", 1},             // Finnish, Swedish, German
	}
	for i, a := range list {
		list[i].letters = octets(a.charset, a.letters+strings.ToUpper(a.letters))
		list[i].marks = octets(a.charset, a.marks)
	}
	return list
})

// byAlphabet returns the charset of the first alphabet that a text is written in,
// or "".
func byAlphabet(_ []byte, stats *highByteStats) string {
	const minLetters, minFitting = 0.5, 0.98 // shares; a few letters may be those of a foreign name
	letters := stats.share(0xC0, 0xFF)
	if letters < minLetters || stats.meanRun() >= maxLatinRun {
		return ""
	}
	for _, a := range alphabets() {
		fitting := float64(stats.among(a.letters)) / float64(stats.total)
		if fitting >= minFitting*letters && stats.distinct(a.marks) >= a.minimum {
			return a.charset
		}
	}
	return ""
}

// minCentralLetters is how many central letters make a text a Central European one.
// A Western text has one or two, such as a superscript or a trademark sign.
const minCentralLetters = 3

// central has the octets that are letters of Polish, Czech, Slovak and Slovene in
// ISO 8859-2 or windows-1250, and signs or letters of rare words in ISO 8859-1 and
// windows-1252.
var central = sync.OnceValue(func() string {
	return octets("iso-8859-2", "ŁĽŚŠŹŽąłśšźžż") + octets("windows-1250", "ŠŤŽŹšťžźŁĄłąĽľż")
})

// centralLetters returns how many central letters are between two other letters.
func centralLetters(lines []byte) (n int) {
	isLetter := func(c byte) bool { return isASCIILetter(c) || c >= 0xC0 }
	for i := 1; i+1 < len(lines); i++ {
		isCentral := lines[i] >= 0x80 && strings.IndexByte(central(), lines[i]) >= 0
		if isCentral && isLetter(lines[i-1]) && isLetter(lines[i+1]) {
			n++
		}
	}
	return n
}

// ukrainian has the letters of KOI8-U where KOI8-R has signs for drawing boxes.
var ukrainian = sync.OnceValue(func() string { return octets("koi8-u", "єіїґЄІЇҐ") })

// dosCyrillic returns "ibm866" if the octets are letters of IBM866: capital ones at
// 0x80 to 0x9F, small ones at 0xA0 to 0xAF and 0xE0 to 0xEF.
func dosCyrillic(_ []byte, stats *highByteStats) string {
	const minLetters, minFirstHalf, minSecondHalf = 0.95, 0.3, 0.1 // shares in Russian
	const minWord = 3                                              // mean length of words
	firstHalf, secondHalf := stats.share(0xA0, 0xAF), stats.share(0xE0, 0xEF)
	letters := stats.share(0x80, 0xAF) + stats.share(0xE0, 0xF1) // F0 and F1 are Ё and ё
	if letters >= minLetters && firstHalf > minFirstHalf && secondHalf > minSecondHalf && stats.meanRun() > minWord {
		return "ibm866"
	}
	return ""
}
