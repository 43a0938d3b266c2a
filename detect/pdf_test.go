package detect

import (
	"strings"
	"testing"
)

// A PDF may begin with something else: readers search its header.
func TestLatePDF(t *testing.T) {
	const pdf = "%PDF-1.4\n%\xE2\xE3\xCF\xD3\n1 0 obj\n<</Length 1>>\nstream\n\x00\nendstream\nendobj\n"
	const plainPDF = "%PDF-1.4\n1 0 obj\n<</Type /Catalog>>\nendobj\n%%EOF\n"
	const warning = "<br />\n<b>Warning</b>:  Undefined variable $x in <b>/srv/pdf.php</b> on line <b>3</b><br />\n"
	for _, c := range []struct{ name, content, want string }{
		{"line-ending.pdf", "\n" + pdf, "application/pdf"},
		{"line-ending", "\r\n" + pdf, "application/pdf"},
		{"spaces", "  \n\n" + plainPDF, "application/pdf"},
		{"mark", "\xEF\xBB\xBF" + pdf, "application/pdf"},
		{"warning.pdf", warning + pdf, "application/pdf"},
		{"warning", warning + plainPDF, "application/pdf"},
		{"notice", "PHP Notice:  Undefined index: a in /srv/a.php on line 3\n" + pdf, "application/pdf"},
		{"printer", "\x1B%-12345X@PJL ENTER LANGUAGE=PDF\r\n" + pdf, "application/pdf"},
		{"header", "X-Powered-By: PHP/8.2\r\nContent-Type: application/pdf\r\n\r\n" + pdf, "application/pdf"},
		{"old-mac", "warning\r" + plainPDF, "application/pdf"},

		{"notes.txt", "A PDF begins like this:\n" + plainPDF, "text/plain"},
		{"notes.md", "\n" + plainPDF, "text/markdown"},
		{"notes", "A PDF begins with\n%PDF-1.4\nand a binary comment.\n", "text/plain"},
		{"inside.tar", tarOf("a.pdf", pdf), "application/x-tar"},
		{"inside", tarOf("a.pdf", "\n"+pdf), "application/x-tar"},
		{"inside.zip", zipOf("mimetype", pdf), "application/zip"},
		{"far", strings.Repeat("a line\n", 200) + pdf, binaryType},
	} {
		if got := fileOf(t, c.name, c.content); got.Type != c.want {
			t.Errorf("%s: %s (%s), want %s", c.name, got.Type, got.Why, c.want)
		}
	}
}
