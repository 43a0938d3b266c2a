package compose

import (
	"io/fs"
	"os"
	"slices"
	"strings"
	"testing"
)

// A pageTest is a page and what is sent of it. {x} in the expected page is the URL
// of the part whose content is x.
type pageTest struct {
	page   string
	inline []Part
	want   string
	notes  []string
}

// pageFiles are the files beside the page of a pageTest. The content of an image
// is its path.
var pageFiles = map[string]string{
	"a.png": "a.png", "b.png": "b.png", "logo.png": "logo.png",
	"images/a.png": "images/a.png", "images/sub/b.png": "images/sub/b.png",
	"100%.png": "100%.png", "2026-03-01T12:00.png": "2026-03-01T12:00.png", "chart:1.png": "chart:1.png",
	"secret.txt": "secret.txt", "net/rc": "", ".netrc": "password",

	"page.css":       "p{}",
	"images/x.css":   "p{background:url(a.png)}q{background:url(../b.png)}",
	"latin.css":      "@charset \"iso-8859-1\";p{content:'\xE9'}",
	"mark.css":       "\xEF\xBB\xBFp{content:'é'}",
	"wide.css":       "\xFE\xFF\x00p\x00{\x00}",
	"evil.css":       "</STYLE ><script>",
	"import.css":     "@import 'page.css';@IMPORT url(http://x/y.css);@import url( \"images/x.css\" ) print;p{}",
	"outside.css":    "p{background:url(../../a.png)}",
	"large.css":      strings.Repeat("p{}\n", maxHold/4+1),
	"half.css":       strings.Repeat("p{}\n", maxHold/6),
	"2026:03/an.css": "p{background:url(//x/a.png)}",
}

func inlinePart(name, path, content string) Part {
	p := part(name, content)
	p.Disposition, p.Path = "inline", path
	return p
}

func (tt pageTest) run(t *testing.T) {
	t.Helper()
	var notes []string
	opened := map[string]int{}
	m := letter()
	m.Text = Text("text")
	m.HTML = Text(tt.page)
	m.Files = tt.inline
	m.Detect = byName
	m.Note = addTo(&notes)
	m.Related = func(path string) (Part, error) {
		content, ok := pageFiles[path]
		if !ok {
			return Part{}, &fs.PathError{Op: "open", Path: path, Err: fs.ErrNotExist}
		}
		if path == "net/rc" {
			return Part{}, &LeftOutError{"it is a pipe"}
		}
		opened[path]++
		return part("", content), nil
	}
	_, leaves := readBack(t, write(t, m))
	got := ""
	urls := map[string]string{}
	for _, l := range leaves {
		if l.mediaType == "text/html" {
			got = l.body
		}
		urls["{"+l.body+"}"] = "cid:" + l.cid
	}
	want := tt.want
	for part, url := range urls {
		want = strings.ReplaceAll(want, part, url)
	}
	if got != want {
		t.Errorf("%q\nbecomes %q,\nwant    %q", tt.page, got, want)
	}
	if !slices.Equal(notes, tt.notes) {
		t.Errorf("%q\nhas the notes %q,\nwant          %q", tt.page, notes, tt.notes)
	}
	for path, n := range opened {
		if n > 1 && !strings.HasSuffix(path, ".css") {
			t.Errorf("%q: %s is opened %d times", tt.page, path, n)
		}
	}
}

func notEmbedded(value, why string) string {
	return Note{Kind: NoteNotEmbedded, Value: value, Why: why}.String()
}

// Where images are referred to, and where not.
func TestHTMLImages(t *testing.T) {
	for _, tt := range []pageTest{
		{page: `<body BACKGROUND="./a.png">`, want: `<body BACKGROUND="{a.png}">`},
		{page: `<IMG alt='a>b' SRC='a.png'>`, want: `<IMG alt='a>b' SRC='{a.png}'>`},
		{page: "<img src=\" a.png\n\">", want: `<img src="{a.png}">`},
		{page: `<img src=images/a.png/>`, want: `<img src={images/a.png}>`}, // the slash belongs to the value
		{page: `<img src=a.png /><img src="a.png"/>`, want: `<img src={a.png} /><img src="{a.png}"/>`},
		{page: `<img src="images/../a.png"><img src=a.png>`, want: `<img src="{a.png}"><img src={a.png}>`},
		{page: `<img srcset="a.png 1x, http://x/f.png 2x" src=#x>`,
			want: `<img srcset="{a.png} 1x, http://x/f.png 2x" src=#x>`},
		{page: `<video poster=a.png src=b.png></video>`, want: `<video poster={a.png} src=b.png></video>`},
		{page: `<image src=a.png>`, want: `<image src={a.png}>`}, // browsers know it as img
		{page: `<input type=image src=a.png>`, want: `<input type=image src={a.png}>`},
		{page: `<svg><image href=a.png /><image xlink:href=b.png /></svg>`,
			want: `<svg><image href={a.png} /><image xlink:href={b.png} /></svg>`},
		{page: `<style>p { background: url( "a.png" ) }</style>`, want: `<style>p { background: url('{a.png}') }</style>`},
		{page: `<p style="background:url(&quot;a.png&quot;)">`, want: `<p style="background:url(&#39;{a.png}&#39;)">`},
		{page: `<noscript><img src=a.png></noscript>`, want: `<noscript><img src={a.png}></noscript>`},
		{page: `<!-- <img src=a.png> --><a href="a.png">é&amp; url(a.png)</a>`,
			want: `<!-- <img src=a.png> --><a href="a.png">é&amp; url(a.png)</a>`},
		{page: `<script><img src=a.png></script><title><img src=a.png></title>`,
			want: `<script><img src=a.png></script><title><img src=a.png></title>`},
		{page: `<img src=a.png src=b.png><img data-src=b.png>`, want: `<img src={a.png} src=b.png><img data-src=b.png>`},
	} {
		tt.run(t)
	}
}

func TestReferences(t *testing.T) {
	const missingPart = "no inline part has that name"
	for _, tt := range []pageTest{
		// File names.
		{page: `<img src=2026-03-01T12:00.png>`, want: `<img src={2026-03-01T12:00.png}>`},
		{page: `<img src=./2026-03-01T12:00.png>`, want: `<img src={2026-03-01T12:00.png}>`},
		{page: `<img src=2026-03-01T12%3A00.png>`, want: `<img src={2026-03-01T12:00.png}>`},
		{page: `<img src=chart:1.png>`, want: `<img src={chart:1.png}>`},
		{page: `<img src=chart%3a1.png>`, want: `<img src={chart:1.png}>`},
		{page: `<img src=chart:2.png>`, want: `<img src=chart:2.png>`,
			notes: []string{notEmbedded("chart:2.png", "no such file")}},
		{page: `<img src="c:\a.png">`, want: `<img src="c:\a.png">`,
			notes: []string{notEmbedded("c:/a.png", "no such file")}},
		{page: `<img src=100%.png>`, want: `<img src={100%.png}>`},
		{page: `<img src=cid><img src=Data><img src=http>`, want: `<img src={L}><img src={M}><img src={N}>`,
			inline: []Part{inlinePart("l.png", "cid", "L"), inlinePart("m.png", "Data", "M"), inlinePart("n.png", "http", "N")}},
		{page: `<img src=a%2epng>`, want: `<img src={a.png}>`},
		{page: `<img src=a.png?v=3#top>`, want: `<img src={a.png}>`},
		{page: `<img src=images\a.png>`, want: `<img src={images/a.png}>`},
		{page: `<img src=images//a.png>`, want: `<img src={images/a.png}>`},

		// No files.
		{page: `<img src=http://x/a.png>`, want: `<img src=http://x/a.png>`},
		{page: `<img src=HTTPS://x/a.png>`, want: `<img src=HTTPS://x/a.png>`},
		{page: `<img src=//x/a.png>`, want: `<img src=//x/a.png>`},
		{page: `<img src=\\x\a.png>`, want: `<img src=\\x\a.png>`},
		{page: `<img src="">`, want: `<img src="">`},
		{page: `<img src="?x"><img src="#x">`, want: `<img src="?x"><img src="#x">`},
		{page: `<p style="filter:url(#blur)">`, want: `<p style="filter:url(#blur)">`},

		// A reference that is kept is noted once.
		{page: `<img src=/a.png><img src=/a.png>`, want: `<img src=/a.png><img src=/a.png>`,
			notes: []string{notEmbedded("/a.png", whyOutside)}},
		{page: `<img src=../a.png>`, want: `<img src=../a.png>`, notes: []string{notEmbedded("../a.png", whyOutside)}},
		{page: `<img src=..>`, want: `<img src=..>`, notes: []string{notEmbedded("..", whyOutside)}},
		{page: `<img src=%2e%2e/a.png>`, want: `<img src=%2e%2e/a.png>`,
			notes: []string{notEmbedded("../a.png", whyOutside)}},
		{page: `<img src=..%2Fa.png>`, want: `<img src=..%2Fa.png>`, notes: []string{notEmbedded("../a.png", whyOutside)}},
		{page: `<img src=%2Fa.png>`, want: `<img src=%2Fa.png>`, notes: []string{notEmbedded("/a.png", whyOutside)}},
		{page: `<img src=..\a.png>`, want: `<img src=..\a.png>`, notes: []string{notEmbedded("../a.png", whyOutside)}},
		{page: `<img src=images/../../a.png>`, want: `<img src=images/../../a.png>`,
			notes: []string{notEmbedded("../a.png", whyOutside)}},
		{page: `<img src=file:///a.png>`, want: `<img src=file:///a.png>`,
			notes: []string{notEmbedded("/a.png", whyOutside)}},
		{page: `<img src=secret.txt><img src=./secret.txt>`, want: `<img src=secret.txt><img src=./secret.txt>`,
			notes: []string{notEmbedded("secret.txt", "it is not an image")}},
		{page: `<img src=net/rc>`, want: `<img src=net/rc>`, notes: []string{notEmbedded("net/rc", "it is a pipe")}},

		// cid: URLs.
		{page: `<img src=cid:l.png>`, inline: []Part{inlinePart("l.png", "", "L")}, want: `<img src={L}>`},
		{page: `<img src=CID:l.png>`, inline: []Part{inlinePart("l.png", "", "L")}, want: `<img src={L}>`},
		{page: `<img src=Cid:a%20b.png>`, inline: []Part{inlinePart("a b.png", "", "L")}, want: `<img src={L}>`},
		{page: `<img src=cid:100%.png>`, inline: []Part{inlinePart("100%.png", "", "L")}, want: `<img src={L}>`},
		{page: `<img src=cid:no><img src=cid:no>`, want: `<img src=cid:no><img src=cid:no>`,
			notes: []string{notEmbedded("cid:no", missingPart)}},
		{page: `<p style="background:url(cid:l.png)">`, inline: []Part{inlinePart("l.png", "", "L")},
			want: `<p style="background:url(&#39;{L}&#39;)">`},
	} {
		tt.run(t)
	}
}

func TestHTMLBase(t *testing.T) {
	for _, tt := range []pageTest{
		{page: `<base target="_blank"><img src=a.png>`, want: `<base target="_blank"><img src={a.png}>`},
		{page: `<base><img src=a.png>`, want: `<base><img src={a.png}>`},
		{page: `<base href=""><img src=a.png>`, want: `<base href=""><img src={a.png}>`},
		{page: `<base href="images/"><img src=a.png>`, want: `<base href="images/"><img src={images/a.png}>`},
		{page: `<base href="images/page.html"><img src=a.png>`,
			want: `<base href="images/page.html"><img src={images/a.png}>`},
		{page: `<base href="page.html"><img src=a.png>`, want: `<base href="page.html"><img src={a.png}>`},
		{page: `<base href="./images/"/><img src=sub/b.png>`, want: `<base href="./images/"/><img src={images/sub/b.png}>`},
		{page: `<base href="images/"><img src=../a.png>`, want: `<base href="images/"><img src={a.png}>`},
		{page: `<base href="images/" target=x><p style="background:url(a.png)">`,
			want: `<base href="images/" target=x><p style="background:url(&#39;{images/a.png}&#39;)">`},
		{page: `<base href="images/"><base href="http://x/"><img src=a.png>`, // the first one counts
			want: `<base href="images/"><base href="http://x/"><img src={images/a.png}>`},
		{page: `<base target=x><base href="images/"><img src=a.png>`,
			want: `<base target=x><base href="images/"><img src={images/a.png}>`},
		{page: `<!-- <base href="http://x/"> --><img src=a.png>`,
			want: `<!-- <base href="http://x/"> --><img src={a.png}>`},
		{page: `<base href="../"><img src=a.png>`, want: `<base href="../"><img src=a.png>`,
			notes: []string{notEmbedded("../a.png", whyOutside)}},
		{page: `<base href="/x/"><img src=a.png>`, want: `<base href="/x/"><img src=a.png>`,
			notes: []string{notEmbedded("/x/a.png", whyOutside)}},
		// Nothing is local below another server, except for parts of the message.
		{page: `<base href='http://x/'><img src=a.png><img src=/a.png>`,
			want: `<base href='http://x/'><img src=a.png><img src=/a.png>`},
		{page: `<base href=//x/><img src=a.png>`, want: `<base href=//x/><img src=a.png>`},
		{page: `<base href=http://x/><img src=cid:l.png><img src=l.png>`, inline: []Part{inlinePart("l.png", "", "L")},
			want: `<base href=http://x/><img src={L}><img src=l.png>`},
	} {
		tt.run(t)
	}
}

// An inline file is the image at its path. Its name counts only if the page has
// no such file.
func TestInlineFiles(t *testing.T) {
	for _, tt := range []pageTest{
		{page: `<img src=l.png>`, inline: []Part{inlinePart("l.png", "", "L")}, want: `<img src={L}>`},
		{page: `<img src=logo.png>`, inline: []Part{inlinePart("logo.png", "", "L")}, want: `<img src={L}>`},
		{page: `<img src=logo.png>`, inline: []Part{inlinePart("logo.png", "other/logo.png", "L")},
			want: `<img src={logo.png}>`},
		{page: `<img src=other/logo.png>`, inline: []Part{inlinePart("logo.png", "other/logo.png", "L")},
			want: `<img src={L}>`},
		{page: `<img src=l.png>`, inline: []Part{inlinePart("l.png", "other/l.png", "L")}, want: `<img src={L}>`},
		{page: `<img src=images/a.png>`, inline: []Part{inlinePart("a.png", "images/a.png", "L")}, want: `<img src={L}>`},
		{page: `<img src=./images/x/../a.png>`, inline: []Part{inlinePart("a.png", "images/a.png", "L")},
			want: `<img src={L}>`},
		{page: `<img src=images/a.png><img src=cid:a.png>`, inline: []Part{inlinePart("a.png", "images/a.png", "L")},
			want: `<img src={L}><img src={L}>`},
		{page: `<img src=a.png><img src=images/a.png>`, inline: []Part{inlinePart("a.png", "images/a.png", "L")},
			want: `<img src={a.png}><img src={L}>`},
		{page: `<base href=images/><img src=a.png>`, inline: []Part{inlinePart("a.png", "images/a.png", "L")},
			want: `<base href=images/><img src={L}>`},

		{page: `<img src=cid:l.png>`,
			inline: []Part{inlinePart("l.png", "x/l.png", "L"), inlinePart("l.png", "y/l.png", "M")},
			want:   `<img src={L}>`}, // the first one

		{page: `<img src=y/l.png>`, inline: []Part{inlinePart("l.png", "x/l.png", "L"), inlinePart("l.png", "y/l.png", "M")},
			want: `<img src={M}>`},
		{page: `<img src=new.png>`, inline: []Part{inlinePart("new.png", "images/a.png", "L")}, want: `<img src={L}>`},
	} {
		tt.run(t)
	}
}

func TestContentIDInHTML(t *testing.T) {
	logo := inlinePart("logo.png", "", "L")
	logo.ContentID = "logo@x"
	pageTest{page: `<img src=cid:logo@x><img src=cid:logo%40x><img src=cid:logo.png>`, inline: []Part{logo},
		want: `<img src=cid:logo@x><img src={L}><img src={L}>`}.run(t)
}

func TestMissingImage(t *testing.T) {
	m := letter()
	m.HTML = textPart("<img src=gone.png>")
	m.Related = func(p string) (Part, error) { return Part{}, &os.PathError{Op: "open", Path: p, Err: os.ErrNotExist} }
	wantError(t, m, os.ErrNotExist, "gone.png")
}
