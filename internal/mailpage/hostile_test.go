package mailpage

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/net/html/atom"

	"mailpipe/internal/testservers"
)

// checkPage asserts that a mail puts no script into its page, and no HTML out of its frame.
func checkPage(t *testing.T, mail string) {
	t.Helper()
	elements := parse(t, show(t, mail))
	for _, n := range elements {
		switch n.DataAtom {
		case atom.Html, atom.Head, atom.Meta, atom.Title, atom.Style, atom.Body, atom.Article,
			atom.H1, atom.H2, atom.H3, atom.P, atom.Ul, atom.Li, atom.B, atom.Code,
			atom.Table, atom.Tbody, atom.Tr, atom.Th, atom.Td, atom.A,
			atom.Section, atom.Small, atom.Pre, atom.Img, atom.Details, atom.Summary:
		case atom.Iframe:
			if n.Attr[0].Key != "sandbox" || n.Attr[0].Val != "" || len(n.Attr) != 2 {
				t.Errorf("a frame has the attributes %q", n.Attr)
			}
			if scripts := all(parse(t, attr(n, "srcdoc")), atom.Script); len(scripts) > 0 {
				t.Errorf("a frame has a script: %q", attr(n, "srcdoc"))
			}
		default:
			t.Errorf("the page has the element %s", n.Data)
		}
		for _, a := range n.Attr {
			if strings.HasPrefix(a.Key, "on") {
				t.Errorf("the element %s has the attribute %s", n.Data, a.Key)
			}
		}
	}
}

func FuzzPage(f *testing.F) {
	f.Add([]byte(example))
	for _, s := range breakouts {
		f.Add([]byte("Content-Type: text/html\n\n<p title='" + s + "'><style>" + s + "</style>" +
			"<img src=\"" + s + "\">" + s))
		f.Add([]byte("Subject: " + s + "\nContent-Type: multipart/mixed; boundary=\"" + s + "\"\n" +
			"\n--" + s + "\n\n" + s))
	}
	f.Add([]byte("Content-Type: text/html\n\n<img src=cid:x\x000\x00>" +
		"<svg><style><script>x</script></style><plaintext><script>"))
	f.Fuzz(func(t *testing.T, mail []byte) { checkPage(t, string(mail)) })
}

// The mails that Python's tests have, most of them invalid.
func TestMailsOfOthers(t *testing.T) {
	const dir = "../../testdata/corpus/libpython3.11-testsuite"
	testservers.NeedFiles(t, dir, ".ci/corpus")
	mails := 0
	err := filepath.WalkDir(dir, func(name string, d fs.DirEntry, err error) error {
		if err != nil || !strings.Contains(name, "/test_email/data/") || !strings.HasSuffix(name, ".txt") {
			return err
		}
		mail, err := os.ReadFile(name)
		mails++
		checkPage(t, string(mail))
		return err
	})
	if err != nil || mails < 20 {
		t.Errorf("%d mails, %v", mails, err)
	}
}
