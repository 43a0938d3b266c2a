package transfer

import (
	"bytes"
	"strings"
	"testing"

	"mailpipe/internal/ascii"
	"mailpipe/internal/mimetest"
)

// facts are the results of a Stats.
type facts struct {
	octets, lfs, crlfs                                int64
	longest                                           int
	hasHigh, hasNUL, hasBareCR, hasFrom, hasDelimiter bool
}

// factsOf returns what a Stats finds in content that comes in pieces.
func factsOf(token string, pieces [][]byte) facts {
	s := Stats{IsDelimiter: func(line []byte) bool {
		for _, level := range []string{"1", "2", "3"} {
			if bytes.HasPrefix(line, []byte("--=_"+level+"_"+token)) {
				return true
			}
		}
		return false
	}}
	for _, p := range pieces {
		s.Write(p)
	}
	s.End()
	return facts{
		octets: s.Octets, lfs: s.lfs, crlfs: s.crlfs, longest: s.longest,
		hasHigh: s.HasHigh, hasNUL: s.hasNUL, hasBareCR: s.hasBareCR(),
		hasFrom: s.HasFrom, hasDelimiter: s.hasDelimiter,
	}
}

func TestStats(t *testing.T) {
	for _, c := range []struct {
		in   string
		want facts
	}{
		{"a\nbb\r\nccc", facts{octets: 9, longest: 3, lfs: 2, crlfs: 1}},
		{"é\x00", facts{octets: 3, hasHigh: true, hasNUL: true, longest: 3}},
		{"a\rb\n", facts{octets: 4, hasBareCR: true, longest: 3, lfs: 1}},
		{"\r", facts{octets: 1, hasBareCR: true, longest: 1}},
		{"From x\nFrom", facts{octets: 11, hasFrom: true, longest: 6, lfs: 1}},
		{"x\nFrom ", facts{octets: 7, hasFrom: true, longest: 5, lfs: 1}},
		{"--=_2_tok--x\n", facts{octets: 13, hasDelimiter: true, longest: 12, lfs: 1}},
	} {
		for _, pieces := range mimetest.Cuts([]byte(c.in)) {
			if got := factsOf("tok", pieces); got != c.want {
				t.Errorf("%q in %d pieces: %+v, want %+v", c.in, len(pieces), got, c.want)
			}
		}
	}
}

// naiveFacts finds the same line by line.
func naiveFacts(content string) (f facts) {
	f.octets = int64(len(content))
	for line := range strings.SplitAfterSeq(content, "\n") {
		text, ended := strings.CutSuffix(line, "\n")
		if ended {
			f.lfs++
			var isCRLF bool
			text, isCRLF = strings.CutSuffix(text, "\r")
			if isCRLF {
				f.crlfs++
			}
		}
		f.longest = max(f.longest, len(text))
		f.hasHigh = f.hasHigh || !ascii.OnlyString(text)
		f.hasNUL = f.hasNUL || strings.Contains(text, "\x00")
		f.hasBareCR = f.hasBareCR || strings.Contains(text, "\r")
		f.hasFrom = f.hasFrom || strings.HasPrefix(text, "From ")
		for _, delimiter := range []string{"--=_1_t", "--=_2_t", "--=_3_t"} {
			f.hasDelimiter = f.hasDelimiter || strings.HasPrefix(text, delimiter)
		}
	}
	return f
}

func FuzzStats(f *testing.F) {
	for _, s := range []string{
		"a\r\nb\n", "\r\r\n", "x\n--=_1_t", "From x\r", strings.Repeat("x", 100) + "\r\n", "é\x00\n\n",
		"--=_4_t\n --=_1_t", "a\rb\r",
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, p []byte) {
		want := naiveFacts(string(p))
		for _, pieces := range mimetest.Cuts(p) {
			if got := factsOf("t", pieces); got != want {
				t.Fatalf("%q in %d pieces: %+v, want %+v", p, len(pieces), got, want)
			}
		}
	})
}
