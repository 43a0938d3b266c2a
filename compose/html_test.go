package compose

import (
	"os"
	"strings"
	"testing"
)

func TestHTMLPictures(t *testing.T) {
	m := letter()
	m.Detect = byName
	opened := map[string]int{}
	m.Related = func(p string) (Part, error) {
		opened[p]++
		if p == "secret.txt" {
			return part(p, "secret"), nil
		}
		return part(p, "\x89PNG "+p), nil
	}
	logo := part("logo.png", "logo")
	logo.Disposition = "inline"
	logo.ContentID = "logo@x"
	m.Files = []Part{logo}
	var notes []string
	m.Note = addTo(&notes)
	m.HTML = textPart(`<body BACKGROUND="./bg.png"><IMG alt='a>b' SRC='a%20b.png'><img src=sub/a.png><img src="sub/../sub/a.png">` +
		`<img src="http://x/y.png"><img src="/abs.png"><img src="cid:logo.png"><img src="cid:logo@x"><img src="logo.png"><img src="data:image/png;base64,xx=="><img src="secret.txt">` +
		`<style>p { background: url( "c.png" ) }</style><p style="background:url(&quot;d.png&quot;)"><img srcset="e.png 1x, http://x/f.png 2x" src=#x><!-- <img src=no.png> --><a href="page.png">é&amp; url(text.png)</a></body>`)
	_, leaves := readBack(t, write(t, m))
	doc := ""
	cids := map[string]string{}
	for _, l := range leaves {
		if l.mediaType == "text/html" {
			doc = l.body
		} else if l.cid != "" {
			cids[l.name] = "cid:" + l.cid
		}
	}
	want := `<body BACKGROUND="` + cids["bg.png"] + `"><IMG alt='a>b' SRC='` + cids["a b.png"] + `'><img src=` + cids["a.png"] + `><img src="` + cids["a.png"] + `">` +
		`<img src="http://x/y.png"><img src="/abs.png"><img src="cid:logo@x"><img src="cid:logo@x"><img src="cid:logo@x"><img src="data:image/png;base64,xx=="><img src="secret.txt">` +
		`<style>p { background: url('` + cids["c.png"] + `') }</style><p style="background:url(&#39;` + cids["d.png"] + `&#39;)"><img srcset="` + cids["e.png"] + ` 1x, http://x/f.png 2x" src=#x><!-- <img src=no.png> --><a href="page.png">é&amp; url(text.png)</a></body>`
	if doc != want {
		t.Errorf("got\n%s, want\n%s", doc, want)
	}
	for p, n := range opened {
		if n != 1 {
			t.Errorf("%s was opened %d times", p, n)
		}
	}
	if len(cids) != 7 || cids["secret.txt"] != "" {
		t.Errorf("%v", cids)
	}
	if len(notes) != 1 || !strings.Contains(notes[0], `"secret.txt" in the HTML is not embedded: it is not an image`) {
		t.Errorf("%q", notes)
	}
}

func TestMissingPicture(t *testing.T) {
	m := letter()
	m.HTML = textPart("<img src=gone.png>")
	m.Related = func(p string) (Part, error) { return Part{}, &os.PathError{Op: "open", Path: p, Err: os.ErrNotExist} }
	wantError(t, m, os.ErrNotExist, "gone.png")
}

// What is relative to a <base> is not a file here.
func TestHTMLBase(t *testing.T) {
	m := letter()
	m.HTML = textPart("<base href='http://x/'><img src=a.png>")
	m.Related = func(p string) (Part, error) { return Part{}, errDisk }
	if _, leaves := readBack(t, write(t, m)); leaves[0].body != "<base href='http://x/'><img src=a.png>" {
		t.Errorf("%s", leaves[0].body)
	}
}

// Pictures are found in tags that close themselves, and where a name holds a
// letter of another length in lower case; url() counts in a style alone.
func TestRewriteHTML(t *testing.T) {
	for in, want := range map[string]string{
		"<img src=a />":            "<img src=cid:1@x />",
		"<\u212A a\xFF src=b>":     "<\u212A a\xFF src=b>",
		"<p\u212A background=c>":   "<p\u212A background=cid:1@x>",
		"<p\xFF background=c>":     "<p\xFF background=cid:1@x>",
		"<STYLE>url(d)</STYLE>":    "<STYLE>url('cid:1@x')</STYLE>",
		"<style></style>url(e)":    "<style></style>url(e)",
		"<style></style url(k)>":   "<style></style url(k)>",
		"<title>url(f)</title>":    "<title>url(f)</title>",
		"<style/>url(g)":           "<style/>url('cid:1@x')",
		"<script><img src=h>":      "<script><img src=h>",
		"<!--><img src=i><img src": "<!--><img src=cid:1@x><img src",
		"<img src=a&copyb>":        "<img src=cid:1@x>",
	} {
		got, err := rewriteHTML([]byte(in), func(ref string) (string, error) {
			if strings.Contains(ref, "©") {
				t.Errorf("%q names %q", in, ref)
			}
			return "cid:1@x", nil
		})
		if err != nil || string(got) != want {
			t.Errorf("%q becomes %q (%v), want %q", in, got, err, want)
		}
	}
}

// In CSS a name may stand in quotes, with a parenthesis or what a backslash
// means; what a comment, a string, @import and @font-face name is no picture.
func TestRewriteCSS(t *testing.T) {
	for in, want := range map[string]string{
		`url(a.png)`:                        `url('<a.png>')`,
		`x{URL( a.png )}y{url( 'b' )}`:      `x{URL('<a.png>')}y{url('<b>')}`,
		`url("a(1).png")`:                   `url('<a(1).png>')`,
		`url('it"s;{}')`:                    `url('<it"s;{}>')`,
		`url(a\ b.png) url("a\"\29 b")`:     `url('<a b.png>') url('<a")b>')`,
		`url(caf\e9.png) url('caf\0000e9')`: `url('<café.png>') url('<café>')`,
		"url('a\\\nb')":                     `url('<ab>')`,
		`/* url(a) */url(b)/* url(c)`:       `/* url(a) */url('<b>')/* url(c)`,
		`content:"url(a)" 'url(b)'`:         `content:"url(a)" 'url(b)'`,
		`@import url(a.css);url(b)`:         `@import url(a.css);url('<b>')`,
		`@FONT-FACE{src:url(a)}x{url(b)}`:   `@FONT-FACE{src:url(a)}x{url('<b>')}`,
		"url('a\n) url(c)":                  "url('a\n) url('<c>')",
		`url(a url("b) url(`:                `url(a url("b) url(`,
		`url()`:                             `url('<>')`,
	} {
		got, err := rewriteCSS(in, func(ref string) (string, error) { return "<" + ref + ">", nil })
		if err != nil || got != want {
			t.Errorf("%s becomes %s (%v), want %s", in, got, err, want)
		}
	}
}

// A comma belongs to the name of a picture unless a blank follows.
func TestRewriteSrcset(t *testing.T) {
	for in, want := range map[string]string{
		"a":                              "<a>",
		" a 1x,b\t2x ,\nc , d,":          " <a> 1x,<b>\t2x ,\n<c> , <d>,",
		"a,b.png 1x":                     "<a,b.png> 1x",
		"data:image/png;base64,x= 1x, a": "<data:image/png;base64,x=> 1x, <a>",
		"a, b":                           "<a>, <b>",
		"":                               "",
		" , ":                            " , ",
	} {
		got, err := rewriteSrcset(in, func(ref string) (string, error) { return "<" + ref + ">", nil })
		if err != nil || got != want {
			t.Errorf("%q becomes %q (%v), want %q", in, got, err, want)
		}
	}
}

// A reference is found behind letters whose lower case is longer or shorter.
func TestCSSBehindOtherLetters(t *testing.T) {
	for _, before := range []string{"Ⱥ", "İ", "\xF8", "K"} {
		in := before + " URL( a.png ) x"
		got, err := rewriteCSS(in, func(string) (string, error) { return "cid:1@x", nil })
		if want := before + " URL('cid:1@x') x"; err != nil || got != want {
			t.Errorf("%q becomes %q (%v), want %q", in, got, err, want)
		}
	}
}

func FuzzHTML(f *testing.F) {
	for _, s := range []string{"<img src=a.png>", "<style>x{background:url(a)}", "<p a='", "<img src='a.png' src=b", "<!-- <img src=x>", "<a\x00b=c/d>", "<svg><image xlink:href=a></svg>", "<textarea><img src=a></textarea>", "<img srcset='a, b 2x'>", "<style>\xf8url("} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, doc []byte) {
		same, err := rewriteHTML(doc, func(s string) (string, error) { return s, nil })
		if err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(strings.ToLower(string(doc)), "charset") && string(same) != string(doc) && !strings.Contains(strings.ToLower(string(doc)), "url(") {
			t.Fatalf("%q became %q", doc, same)
		}
		if _, err := rewriteHTML(doc, func(s string) (string, error) { return "cid:1@x", nil }); err != nil {
			t.Fatal(err)
		}
		if v, _ := htmlToText(doc); v != "" && (strings.HasPrefix(v, "\n") || !strings.HasSuffix(v, "\n")) {
			t.Fatalf("%q reads as %q", doc, v)
		}
	})
}
