package termtext

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"
)

// No text from outside controls a terminal.
func TestEscape(t *testing.T) {
	for _, tt := range []struct{ in, want string }{
		{"", ""},
		{"550 no such user", "550 no such user"},
		{"été 日本 👍", "été 日本 👍"},
		{`C:\dir`, `C:\dir`},
		{"\x1b[31mred", `\x1b[31mred`},
		{"a\tb\r\nc\x00\x7f", `a\x09b\x0d\x0ac\x00\x7f`},
		{"\u0085\u009b31m", `\u{0085}\u{009b}31m`},
		{"\x9b31m\xff", `\x9b31m\xff`},
		{"invoice\u202efdp.exe", `invoice\u{202e}fdp.exe`},
		{"\u2066x\u2069\u200e", `\u{2066}x\u{2069}\u{200e}`},
		{"a\u200bb\ufeffc", `a\u{200b}b\u{feff}c`},
		{"a\u2062b\u206f\ufff9", `a\u{2062}b\u{206f}\u{fff9}`},
		{"a\U000e0041\U000e0000", `a\u{e0041}\u{e0000}`},
		{"a\ufffeb\uffff\ufdd0\U0010ffff", `a\u{fffe}b\u{ffff}\u{fdd0}\u{10ffff}`},
		{"\ue000", "\ue000"},   // for private use, which a font may have
		{"\u0605٣", "\u0605٣"}, // visible, although Unicode calls it a format character
		{"\ufffd", "\ufffd"},   // a replacement character that is really in the text
		{"\xe2\x80", `\xe2\x80`},
	} {
		if got := Escape(tt.in); got != tt.want {
			t.Errorf("Escape(%q) = %q, want %q", tt.in, got, tt.want)
		}
	}
}

func TestLine(t *testing.T) {
	units := []string{"a", "é", "日", "👍", "\x1b", "\u202e", "\U000e0041", "\xff", `\`, "é\x1b", "日\u202e"}
	for _, unit := range units {
		for n := LineMax - 12; n < LineMax+12; n++ {
			in := strings.Repeat("\n", n%3) + strings.Repeat("x", n%7) + strings.Repeat(unit, n)
			checkLine(t, in, unit != `\`)
			if t.Failed() {
				t.Fatalf("%d times %q", n, unit)
			}
		}
	}
}

// checkLine asserts that Line cuts Escape(in) where it may. escapes says that a
// backslash in the result begins an escape.
func checkLine(t *testing.T, in string, escapes bool) {
	t.Helper()
	got, whole := Line(in), Escape(in)
	if len(whole) <= LineMax {
		if got != whole {
			t.Errorf("a short text was changed: %q", got)
		}
		return
	}
	head, cut := strings.CutSuffix(got, "...")
	if !cut || !strings.HasPrefix(whole, head) || !utf8.ValidString(head) {
		t.Errorf("cut to %q", got[len(got)-20:])
	}
	if len(head) > LineMax || len(head) <= LineMax-len(longestEscape)-utf8.UTFMax {
		t.Errorf("cut to %d octets", len(head))
	}
	i := strings.LastIndexByte(head, '\\')
	if !escapes || i < 0 {
		return
	}
	last := head[i:]
	if strings.HasPrefix(last, `\x`) && len(last) < len(`\x1b`) ||
		strings.HasPrefix(last, `\u`) && !strings.Contains(last, "}") || last == `\` {
		t.Errorf("an escape was cut: %q", last)
	}
}

func TestBidiOverride(t *testing.T) {
	overrides := "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
	for r := range rune(0x3000) {
		if got, want := BidiOverride(r), strings.ContainsRune(overrides, r); got != want {
			t.Errorf("BidiOverride(%U) = %v, want %v", r, got, want)
		}
	}
}

func FuzzEscape(f *testing.F) {
	f.Add("\x1b]0;x\x07")
	f.Add("a\u202eb\xff")
	f.Fuzz(func(t *testing.T, s string) {
		got := Escape(s)
		if !utf8.ValidString(got) {
			t.Fatalf("Escape(%q) = %q, not valid UTF-8", s, got)
		}
		for _, r := range got {
			if unicode.IsControl(r) || invisible(r) {
				t.Fatalf("Escape(%q) = %q, with %U", s, got, r)
			}
		}
		if again := Escape(got); again != got {
			t.Fatalf("Escape(%q) = %q, escaped again: %q", s, got, again)
		}
		checkLine(t, s, !strings.Contains(s, `\`))
	})
}
