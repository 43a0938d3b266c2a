package mailpage

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"mailpipe/internal/inspect"
)

// show returns the page of some mails.
func show(t *testing.T, mails ...string) string {
	t.Helper()
	var b strings.Builder
	write(t, &b, mails...)
	return b.String()
}

func write(t *testing.T, w io.Writer, mails ...string) {
	t.Helper()
	p := New(w)
	for i, mail := range mails {
		m := p.Mail(fmt.Sprintf("%d.eml", i+1), false)
		defer m.Close()
		findings, err := inspect.Read(strings.NewReader(mail), m.Outline())
		if err != nil {
			t.Fatal(err)
		}
		if err := m.Show(findings, strings.NewReader(mail)); err != nil {
			t.Fatal(err)
		}
	}
	if err := p.End(); err != nil {
		t.Fatal(err)
	}
}

const top = "From: a@example.org\nTo: b@example.org\nDate: Mon, 30 Nov 2026 12:00:00 +0000\n" +
	"Message-ID: <1@example.org>\nMIME-Version: 1.0\n"

// parse parses a page and returns its elements.
func parse(t *testing.T, page string) (elements []*html.Node) {
	t.Helper()
	doc, err := html.Parse(strings.NewReader(page))
	if err != nil {
		t.Fatal(err)
	}
	for n := range doc.Descendants() {
		if n.Type == html.ElementNode {
			elements = append(elements, n)
		}
	}
	return elements
}

// all returns the elements of a kind.
func all(elements []*html.Node, kind atom.Atom) (found []*html.Node) {
	for _, n := range elements {
		if n.DataAtom == kind {
			found = append(found, n)
		}
	}
	return found
}

func attr(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

func textOf(n *html.Node) string {
	var b strings.Builder
	for d := range n.Descendants() {
		if d.Type == html.TextNode {
			b.WriteString(d.Data)
		}
	}
	return b.String()
}

// texts returns the text of each element of a kind.
func texts(elements []*html.Node, kind atom.Atom) (list []string) {
	for _, n := range all(elements, kind) {
		list = append(list, strings.Join(strings.Fields(textOf(n)), " "))
	}
	return list
}

const (
	pixel   = "R0lGODlhAQABAAAAACwAAAAAAQABAAACAkQBADs="
	dataURL = "data:image/gif;base64," + pixel
)

const example = top + `Subject: =?utf-8?q?Gr=C3=BC=C3=9Fe?=
Content-Type: multipart/related; boundary=b

--b
Content-Type: text/html; charset=iso-8859-1
Content-Transfer-Encoding: quoted-printable

<p>h=E4llo<img src=3D"cid:x%40y" alt=3D'"'><img src=3Dcid:none>
<img src=3Dhttp://192.0.2.1/open.gif>
--b
Content-Type: image/gif
Content-Transfer-Encoding: base64
Content-ID: <x@y>
Content-Disposition: inline; filename="a.gif"

` + pixel + `
--b
Content-Type: message/rfc822

Subject: inner
Content-Type: text/plain; charset=utf-8

1 < 2
--b
Content-Type: application/zip; name=a.zip

x
--b--
`

// The page has the header fields, the findings, the tree, the texts, the images, the
// HTML and the source.
func TestPage(t *testing.T) {
	page := show(t, example)
	elements := parse(t, page)
	if got := texts(elements, atom.Title); len(got) != 1 || got[0] != "Grüße" {
		t.Error("title:", got)
	}
	rows := strings.Join(texts(elements, atom.Tr), "\n")
	for _, want := range []string{
		"Froma@example.org", "SubjectGrüße", "TEXTmultipart/related",
		"1text/html; charset=iso-8859-1quoted-printable",
		"2image/gifbase6429inlinea.gif", "3message/rfc822", "3.1text/plain; charset=utf-8", "4application/zip",
		"Subjectinner",
	} {
		if !strings.Contains(rows, want) {
			t.Errorf("there is no row %q in\n%s", want, rows)
		}
	}
	finding := texts(elements, atom.Li)[0]
	if !strings.HasPrefix(finding, "error line") || !strings.Contains(finding, "cid-unknown") {
		t.Error("first finding:", finding)
	}
	pre := texts(elements, atom.Pre)
	if len(pre) != 2 || pre[0] != "1 < 2" || !strings.HasPrefix(pre[1], "From: a@example.org To:") {
		t.Errorf("texts: %q", pre)
	}
	images := all(elements, atom.Img)
	if len(images) != 1 || attr(images[0], "src") != dataURL || attr(images[0], "alt") != "a.gif" {
		t.Error("images:", len(images))
	}
	ids := map[string]bool{}
	for _, n := range elements {
		ids[attr(n, "id")] = true
	}
	for _, a := range all(elements, atom.A) {
		if target, isLocal := strings.CutPrefix(attr(a, "href"), "#"); !isLocal || !ids[target] {
			t.Errorf("the link %q leads nowhere", attr(a, "href"))
		}
	}
}

// HTML is in a frame without any permission. Its images are those of the mail, and the
// others are named.
func TestFrame(t *testing.T) {
	elements := parse(t, show(t, example))
	frames := all(elements, atom.Iframe)
	if len(frames) != 1 || len(frames[0].Attr) != 2 || frames[0].Attr[0] != (html.Attribute{Key: "sandbox"}) {
		t.Fatalf("frames: %v", frames)
	}
	inner := parse(t, attr(frames[0], "srcdoc"))
	var sources []string
	for _, n := range all(inner, atom.Img) {
		sources = append(sources, attr(n, "src"))
	}
	want := []string{dataURL, notLoaded, notLoaded}
	if strings.Join(sources, "\n") != strings.Join(want, "\n") || texts(inner, atom.P)[0] != "hällo" {
		t.Errorf("got %q, %q", sources, texts(inner, atom.P))
	}
	if alt := attr(all(inner, atom.Img)[0], "alt"); alt != `"` {
		t.Errorf("alt: %q", alt)
	}
	const missing = "Not in the mail and not loaded: 2 images or style sheets cid:none http://192.0.2.1/open.gif"
	if list := texts(elements, atom.Details); list[0] != missing {
		t.Errorf("got %q, want %q", list[0], missing)
	}
}

// References of every kind become the images of the mail, also those without their type.
func TestReferences(t *testing.T) {
	const untyped = "data:application/octet-stream;base64," + pixel
	for in, want := range map[string]string{
		`<img src="CID:x">`:                                `<img src="` + dataURL + `">`,
		`<img src=" cid:x ">`:                              `<img src="` + dataURL + `">`,
		`<img srcset="cid:x 1x, cid:y">`:                   `<img srcset="` + dataURL + ` 1x, ` + untyped + `">`,
		`<p style="background:url(cid:x)">`:                `<p style="background:url('` + dataURL + `')">`,
		`<style>p{background:url("cid:y")}</style>`:        `<style>p{background:url('` + untyped + `')}</style>`,
		`<td background=cid:x>`:                            `<td background="` + dataURL + `">`,
		`<img src=cid:text>`:                               `<img src="about:invalid">`,
		`<img src="` + dataURL + `">`:                      `<img src="` + dataURL + `">`,
		`<p style="fill:url(#a)">`:                         `<p style="fill:url(#a)">`,
		`<a href="cid:x" target=_top>`:                     `<a title="cid:x">`,
		`<form action=x onsubmit=y name=z>`:                `<form name="z">`,
		`a<script>b</script>c<!--d--><title>e</title>&lt;`: `ac&lt;`,
		`<noscript><b>a</b></noscript>`:                    `<b>a</b>`,
	} {
		page := show(t, top+"Content-Type: multipart/related; boundary=b\n\n--b\nContent-Type: text/html\n\n"+in+"\n"+
			"--b\nContent-Type: image/gif\nContent-ID: <x>\nContent-Transfer-Encoding: base64\n\n"+pixel+"\n"+
			"--b\nContent-Type: what/ever\nContent-ID: <y>\nContent-Transfer-Encoding: base64\n\n"+pixel+"\n"+
			"--b\nContent-Type: text/plain\nContent-ID: <text>\n\nx\n--b--\n")
		got := attr(all(parse(t, page), atom.Iframe)[0], "srcdoc")
		got = strings.ReplaceAll(strings.TrimPrefix(got, linkStyle), "&#39;", "'")
		if got != want {
			t.Errorf("%s becomes\n%s, want\n%s", in, got, want)
		}
	}
}

// A message in a mail is shown with its header fields, whatever it consists of.
func TestMessages(t *testing.T) {
	const inner = "Content-Type: message/rfc822\n\n" + top + "Subject: "
	elements := parse(t, show(t, top+"Content-Type: multipart/mixed; boundary=b\n\n--b\n"+inner+"first\n\ntext\n--b\n"+
		inner+"second\nContent-Type: multipart/mixed; boundary=c\n\n--c\n\nx\n--c--\n--b\n"+
		inner+"third\nContent-Type: application/zip\n\nx\n--b--\n"))
	rows := texts(elements, atom.Tr)
	for _, subject := range []string{"first", "second", "third"} {
		if !slices.Contains(rows, "Subject"+subject) {
			t.Errorf("the header of the %s message is not shown", subject)
		}
	}
	if got := texts(elements, atom.H1)[0]; got != "1.eml" {
		t.Error("without a Subject the title is", got)
	}
}

// A bounce shows what happened to each recipient.
func TestStatus(t *testing.T) {
	elements := parse(t, show(t, top+"Content-Type: message/delivery-status\n\nReporting-MTA: dns; example.org\n\n"+
		"Final-Recipient: rfc822; bob@example.org\nAction: failed\nStatus: 5.1.1\n"+
		"Diagnostic-Code: smtp; 550 <b>none\n"))
	if rows := texts(elements, atom.Tr); !slices.Contains(rows, "bob@example.org failed 5.1.1 550 <b>none") {
		t.Errorf("%q", rows)
	}
}

// The policy comes before anything that it could forbid, and each of its directives is
// known.
func TestPolicy(t *testing.T) {
	head := parse(t, show(t, example))
	if attr(head[2], "charset") != "utf-8" || attr(head[3], "http-equiv") != "Content-Security-Policy" {
		t.Fatal("the policy is not the first after the charset")
	}
	for _, directive := range []string{
		"default-src 'none'", "img-src data:", "style-src 'unsafe-inline'", "base-uri 'none'", "form-action 'none'",
	} {
		if !strings.Contains(attr(head[3], "content")+";", directive+";") {
			t.Errorf("%q is missing in %q", directive, attr(head[3], "content"))
		}
	}
	if strings.Count(attr(head[3], "content"), ";") != 4 {
		t.Errorf("unknown directive: %q", attr(head[3], "content"))
	}
}

// breakouts are what could end an element, an attribute or a style sheet.
var breakouts = []string{
	"</style><script>x</script>", `"><script>x</script>`, "'><script>x</script>", "</pre></td><script>x</script>",
	"</title><script>x</script>", "&#34;&gt;&lt;script&gt;x&lt;/script&gt;", "&quot;><script>x</script>",
	"]]><script>x</script>", "--><script>x</script>", "%<script>x</script>%",
}

// No text of a mail becomes an element or an attribute of the page.
func TestEscapes(t *testing.T) {
	for _, s := range breakouts {
		quoted := strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(s)
		page := show(t, top+"Subject: "+s+"\nContent-Type: multipart/mixed; boundary=b\n"+
			"\n--b\nContent-Type: text/plain; charset=\""+quoted+"\"; name=\""+quoted+"\"\n"+
			"Content-Transfer-Encoding: "+s+"\n\n"+s+"\n--b\nContent-Type: image/gif; name=\""+quoted+"\"\n\n"+s+
			"\n--b\nContent-Type: \"image/"+quoted+"\"\nContent-ID: <"+s+">\n\nx\n--b\nContent-Type: text/html\n\n"+
			"<p title=\""+strings.ReplaceAll(s, `"`, "&quot;")+"\">"+s+
			"<img src='cid:"+strings.ReplaceAll(s, "'", "&#39;")+"'>"+
			"<style>"+s+"</style>\n--b--\n")
		elements := parse(t, page)
		if n := len(all(elements, atom.Script)); n > 0 {
			t.Errorf("%s: %d scripts in\n%s", s, n, page)
		}
		if frames := all(elements, atom.Iframe); len(frames) != 1 || len(frames[0].Attr) != 2 {
			t.Errorf("%s: wrong frame in\n%s", s, page)
		} else if n := len(all(parse(t, attr(frames[0], "srcdoc")), atom.Script)); n > 0 {
			t.Errorf("%s: %d scripts in the frame in\n%s", s, n, page)
		}
		if len(all(elements, atom.Article)) != 1 || len(all(elements, atom.Style)) != 1 {
			t.Errorf("%s: wrong structure in\n%s", s, page)
		}
		pre := all(elements, atom.Pre)
		if len(pre) != 2 || strings.TrimPrefix(textOf(pre[0]), "\n") != s {
			t.Errorf("%s: the text is %q", s, textOf(pre[0]))
		}
		if got := textOf(all(elements, atom.H1)[0]); got != s {
			t.Errorf("%s: the subject is %q", s, got)
		}
	}
}

// Control characters are visible, and a NUL does not end or hide anything.
func TestControlCharacters(t *testing.T) {
	page := show(t, top+"Subject: a\x00\x1b[31m\u202Eb\nContent-Type: text/plain; charset=utf-8\n"+
		"\nx\x00\x1b[0m\x7f\ty\n")
	if strings.ContainsAny(page, "\x00\x1b\x7f") {
		t.Errorf("a control character is in %q", page)
	}
	if pre := textOf(all(parse(t, page), atom.Pre)[0]); !strings.Contains(pre, "x␀␛[0m␡\ty") {
		t.Errorf("the text is %q", pre)
	}
	if title := textOf(all(parse(t, page), atom.H1)[0]); title != `a\x00\x1b[31m\u{202e}b` {
		t.Errorf("the title is %q", title)
	}
	page = show(t, top+"Content-Type: text/html; charset=utf-8\n"+
		"\n<img src='\x000\x00'><img src='cid:\x000\x00'>&#0;0&#0;\n")
	if inner := parse(t, attr(all(parse(t, page), atom.Iframe)[0], "srcdoc")); len(all(inner, atom.Img)) != 2 {
		t.Errorf("the frame is\n%s", page)
	}
}

// Each mail of a page has its own sections.
func TestSeveralMails(t *testing.T) {
	elements := parse(t, show(t, example, example))
	seen := map[string]bool{}
	for _, n := range elements {
		if id := attr(n, "id"); id != "" && seen[id] {
			t.Errorf("the id %s is not unique", id)
		} else {
			seen[id] = true
		}
	}
	if len(all(elements, atom.Article)) != 2 || len(all(elements, atom.Title)) != 1 {
		t.Error("not one page with two mails")
	}
}
