package termtext

import "testing"

func TestColumns(t *testing.T) {
	for _, tt := range []struct {
		in   string
		want int
	}{
		{"", 0},
		{"abc", 3},
		{"é", 1},
		{"e\u0301", 1}, // a letter and a combining accent
		{"日本", 4},
		{"Ａ", 2}, // a full-width A
		{"ｱ", 1}, // a half-width kana
		{"a\u200db", 2},
		{"□", 1},       // of ambiguous width: narrow
		{"\u0605٣", 2}, // an Arabic number sign is visible
	} {
		if got := Columns(tt.in); got != tt.want {
			t.Errorf("Columns(%q) = %d, want %d", tt.in, got, tt.want)
		}
	}
}

func TestCut(t *testing.T) {
	for _, tt := range []struct {
		limit      int
		mark, want string
	}{
		{7, "", "a日本é"},
		{6, "", "a日本é"},
		{5, "", "a日本"},
		{5, "…", "a日…"}, // half of a wide character is not shown
		{4, "", "a日"},
		{1, "", "a"},
		{0, "", ""},
		{-1, "", ""},
	} {
		if got := Cut("a日本é", tt.limit, tt.mark); got != tt.want {
			t.Errorf("Cut to %d: %q, want %q", tt.limit, got, tt.want)
		}
	}
}
