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
