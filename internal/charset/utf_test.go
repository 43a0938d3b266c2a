package charset

import "testing"

func TestCutBOM(t *testing.T) {
	for _, tt := range []struct{ in, charset, rest string }{
		{"", "", ""},
		{"a", "", "a"},
		{"\xEF\xBB\xBFa", "utf-8", "a"},
		{"\xEF\xBB", "", "\xEF\xBB"},
		{"\xFE\xFF\x00a", "utf-16be", "\x00a"},
		{"\xFF\xFEa\x00", "utf-16le", "a\x00"},
		{"\xFF\xFE\x00\x00a\x00\x00\x00", "utf-32le", "a\x00\x00\x00"},
		{"\x00\x00\xFE\xFF\x00\x00\x00a", "utf-32be", "\x00\x00\x00a"},
		{"\xEF\xBB\xBF\xEF\xBB\xBF", "utf-8", "\xEF\xBB\xBF"}, // only the first one is a mark
	} {
		if charset, rest := CutBOM([]byte(tt.in)); charset != tt.charset || string(rest) != tt.rest {
			t.Errorf("CutBOM(%q) = %q, %q, want %q, %q", tt.in, charset, rest, tt.charset, tt.rest)
		}
	}
}

func TestIncompleteUTF8(t *testing.T) {
	for _, tt := range []struct {
		in   string
		want int
	}{
		{"", 0},
		{"a", 0},
		{"é", 0},
		{"a\xC3", 1},
		{"a\xE2\x82", 2},
		{"a\xF0\x9F\x98", 3},
		{"😀", 0},
		{"a\x82", 0},             // no beginning
		{"\x82\x82\x82\x82", 0},  // likewise
		{"\xE2\x82\xAC\xE2", 1},  // after a whole one
		{"\xC3a", 0},             // not at the end
		{"\xFF", 0},              // never valid
		{"a\xE2\x28", 0},         // cannot become valid
		{"a\xF0\x9F\x98\x80", 0}, // whole
	} {
		if got := IncompleteUTF8([]byte(tt.in)); got != tt.want {
			t.Errorf("IncompleteUTF8(%q) = %d, want %d", tt.in, got, tt.want)
		}
	}
}

func TestMostlyUTF8(t *testing.T) {
	const german = "Grüße aus Köln, wo es heute regnet und morgen schön wird\n" // 4 letters of two octets
	for _, tt := range []struct {
		name, in string
		want     bool
	}{
		{"empty", "", true},
		{"ASCII", "plain\n", true},
		{"UTF-8", german, true},
		{"cut at the end", german + "f\xC3", true},
		{"cut at the end, a character of four octets", german + "\xF0\x9F\x98", true},
		{"cut at the end, few letters", "Jürgen M\xC3", true},
		{"cut at the beginning", "\xBC" + german + german, true},
		{"cut at the beginning, a character of four octets", "\x9F\x98\x80" + german + german, true},
		{"cut in the middle", german + "\xE2\x82\n" + german, true},
		{"one stray octet", german + german + "\xFF\n", true},
		{"one line of windows-1252", german + german + german + "Stra\xDFe, K\xF6ln\n", true},
		{"an emoji cut in two lines", "日本語の\xF0\x9F\n \x98\x80テキストです\n", true},
		{"two octets of a binary header", "\xFE\xFF" + german + german, true},

		{"ASCII and a stray octet", "plain\xFF\n", false},
		{"windows-1252", "Gr\xFC\xDFe aus K\xF6ln\n", false},
		{"windows-1252 that ends like a cut character", "caf\xE9", false},
		{"windows-1252 with a letter and a quotation mark", "\x93CAF\xC9\x94\n", false},
		{"koi8-r", "\xF0\xD2\xC9\xD7\xC5\xD4, \xCB\xC1\xCB \xC4\xC5\xCC\xC1?\n", false},
		{"gb18030", "\xBBõ\xC6Ƭĸ\xB0\xE6\n", false}, // three of five characters are UTF-8 by chance
		{"half and half", "Gr\xC3\xBC\xC3\x9Fe, Gr\xFC\xDFe\n", false},
	} {
		if got := MostlyUTF8([]byte(tt.in)); got != tt.want {
			t.Errorf("%s: MostlyUTF8(%q) = %v, want %v", tt.name, tt.in, got, tt.want)
		}
	}
}
