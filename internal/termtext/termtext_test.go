package termtext

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"
)

// O06: nothing that moves a terminal.
func TestText(t *testing.T) {
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
		{"\u0605٣", "\u0605٣"}, // seen, though Unicode calls it a format character
		{"\ufffd", "\ufffd"},   // a replacement character that is really there
		{"\xe2\x80", `\xe2\x80`},
	} {
		if got := Text(tt.in); got != tt.want {
			t.Errorf("Text(%q) = %q, want %q", tt.in, got, tt.want)
		}
	}
}

func TestLine(t *testing.T) {
	for _, unit := range []string{"a", "é", "日", "👍", "\x1b", "\u202e", "\U000e0041", "\xff", `\`, "é\x1b", "日\u202e"} {
		for n := LineMax - 12; n < LineMax+12; n++ {
			in := strings.Repeat("\n", n%3) + strings.Repeat("x", n%7) + strings.Repeat(unit, n)
			got := Line(in)
			if len(got) > LineMax+3 {
				t.Fatalf("%d times %q: %d octets", n, unit, len(got))
			}
			whole := Text(in)
			if got == whole {
				continue
			}
			if len(whole) <= LineMax {
				t.Fatalf("%d times %q: changed", n, unit)
			}
			head, cut := strings.CutSuffix(got, "...")
			if !cut || !strings.HasPrefix(whole, head) || !utf8.ValidString(head) {
				t.Fatalf("%d times %q: cut to %q", n, unit, head[len(head)-20:])
			}
			if i := strings.LastIndex(head, `\u`); i >= 0 && unit != `\` && !strings.Contains(head[i:], "}") {
				t.Fatalf("%d times %q: cut within an escape: %q", n, unit, head[i:])
			}
			if i := strings.LastIndex(head, `\x`); i >= 0 && len(head)-i < len(`\x1b`) {
				t.Fatalf("%d times %q: cut within an escape: %q", n, unit, head[i:])
			}
		}
	}
}

func FuzzText(f *testing.F) {
	f.Add("\x1b]0;x\x07")
	f.Add("a\u202eb\xff")
	f.Fuzz(func(t *testing.T, s string) {
		got := Text(s)
		if !utf8.ValidString(got) {
			t.Fatalf("%q", got)
		}
		for _, r := range got {
			if unicode.IsControl(r) || hidden(r) {
				t.Fatalf("Text(%q) = %q", s, got)
			}
		}
		if Text(got) != got {
			t.Fatalf("escaped twice: %q", got)
		}
		Line(s)
	})
}
