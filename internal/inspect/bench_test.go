package inspect

import (
	"io"
	"strings"
	"testing"
)

// The rates of mails that consist of one kind of content.
func BenchmarkRead(b *testing.B) {
	for _, c := range []struct{ name, header, line string }{
		{"base64", "Content-Type: image/png\nContent-Transfer-Encoding: base64\n", strings.Repeat("QUJD", 19) + "\n"},
		{"text", "Content-Type: text/plain; charset=utf-8\n", "a line of ordinary text, which is quite boring\n"},
		{"quoted-printable", "Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: quoted-printable\n",
			"a line of ordinary text, which is quite boring=\n"},
		{"html", "Content-Type: text/html; charset=iso-8859-1\nContent-Transfer-Encoding: quoted-printable\n",
			"<p class=3D\"x\">h=E4llo</p><img src=3D\"cid:x\">=\n"},
	} {
		b.Run(c.name, func(b *testing.B) {
			mail := mime + c.header + "\n" + strings.Repeat(c.line, 1<<20/len(c.line))
			b.SetBytes(int64(len(mail)))
			b.ReportAllocs()
			for b.Loop() {
				if _, err := Read(struct{ io.Reader }{strings.NewReader(mail)}, Visitor{}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
