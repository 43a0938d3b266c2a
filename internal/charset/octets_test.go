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
