package header

import (
	"mime"
	"strings"
	"testing"
	"unicode/utf8"

	"mailpipe/internal/mimetest"
)

func paramField(name, value string) string {
	h := &Writer{EOL: "\n", Tail: 1}
	h.Begin("Content-Disposition")
	h.Put(" " + "attachment")
	h.Param(name, value)
	h.End()
	return string(h.buf)
}

// File names that need RFC 2231, and its continuations.
func TestParam(t *testing.T) {
	const d = "Content-Disposition: attachment;"
	for _, c := range []struct{ in, want string }{
		{"chart.png", d + " filename=chart.png\n"},
		{"my chart.png", d + " filename=\"my chart.png\"\n"},
		{"a'b(1).txt", d + " filename=\"a'b(1).txt\"\n"},
		{"été 2026.png", d + " filename*=utf-8''%C3%A9t%C3%A9%202026.png\n"},
		{`a"b.txt`, d + " filename*=utf-8''a%22b.txt\n"},
		{`a\b;c,d`, d + " filename*=utf-8''a%5Cb%3Bc%2Cd\n"},
		{" a", d + " filename*=utf-8''%20a\n"},
		{"=?utf-8?Q?x?=", d + " filename*=utf-8''%3D%3Futf-8%3FQ%3Fx%3F%3D\n"},
		{"a~b", d + " filename=a~b\n"},
		{".bashrc", d + " filename=.bashrc\n"},
		{strings.Repeat("n", 60), d + "\n filename=" + strings.Repeat("n", 60) + "\n"},
		{
			strings.Repeat("n", 66),
			d + "\n filename*0*=utf-8''" + strings.Repeat("n", 55) + ";\n filename*1*=nnnnnnnnnnn\n",
		},
		{
			strings.Repeat("é", 12),
			d + "\n filename*0*=utf-8''" + strings.Repeat("%C3%A9", 9) +
				";\n filename*1*=" + strings.Repeat("%C3%A9", 3) + "\n",
		},
	} {
		if got := paramField("filename", c.in); got != c.want {
			t.Errorf("%q is written as\n%s, want\n%s", c.in, got, c.want)
		}
	}
}

func FuzzParam(f *testing.F) {
	for _, s := range []string{
		"a.png", "été.png", `";,\`, strings.Repeat("😀é", 40), "100%.txt", strings.Repeat("a", 200), "=?x", " ",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if !isHeaderText(s) {
			return
		}
		got := paramField("filename", s)
		if n := mimetest.LongestLine(got); n > 76 {
			t.Fatalf("a line of %d octets in %q", n, got)
		}
		value := mimetest.Unfold(t, got)
		if strings.Contains(value, "=?") {
			t.Fatalf("an encoded word in %q", value)
		}
		quoted := strings.Split(value, `"`)
		if len(quoted) > 1 && strings.ContainsAny(quoted[1], ";,\\\n") {
			t.Fatalf("a character in quotes that readers get wrong: %q", value)
		}
		_, params, err := mime.ParseMediaType(value)
		if err != nil || params["filename"] != s {
			t.Fatalf("%q is read back as %q, %v", s, params["filename"], err)
		}
		for _, line := range strings.Split(got, "\n") { // every section contains whole characters
			if _, v, ok := strings.Cut(line, "*="); ok {
				v = strings.TrimSuffix(strings.TrimPrefix(v, "utf-8''"), ";")
				_, params, err := mime.ParseMediaType("x; f*=utf-8''" + v)
				if err != nil || !utf8.ValidString(params["f"]) {
					t.Fatalf("a section that is not whole characters: %q, %v", line, err)
				}
			}
		}
	})
}
