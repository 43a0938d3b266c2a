package compose

import (
	"bytes"
	"html"
	"strings"
	"testing"

	"mailpipe/internal/htmlref"
)

// fakeLinks links every reference to one URL.
type fakeLinks struct{ t *testing.T }

func (fakeLinks) setBase(string) {}

func (f fakeLinks) link(reference string) (string, error) {
	if strings.Contains(reference, "©") {
		f.t.Errorf("the reference %q has an entity without semicolon decoded", reference)
	}
	return "cid:1@x", nil
}

func (f fakeLinks) style(css string) (string, error) { return htmlref.CSS(css, f.link) }

func (fakeLinks) styleSheet(string) (css string, ok bool, err error) { return "a{}", true, nil }

func rewritten(t *testing.T, page string, links pageLinks) string {
	t.Helper()
	var out strings.Builder
	isWhole, err := rewriteHTML(&out, strings.NewReader(page), links)
	if err != nil || !isWhole {
		t.Fatalf("%q: whole %v, %v", page, isWhole, err)
	}
	return out.String()
}

// Only the values of attributes change.
func TestRewriteHTML(t *testing.T) {
	for in, want := range map[string]string{
		"<img src=a />":                  "<img src=cid:1@x />",
		"<IMG\tSRC\n=\n'a'\fALT=b>":      "<IMG\tSRC\n=\n'cid:1@x'\fALT=b>",
		"<img/src=a/alt=b>":              "<img/src=cid:1@x>",
		"<img =src src=a>":               "<img =src src=cid:1@x>",
		"<img alt='src=b' src=a>":        "<img alt='src=b' src=cid:1@x>",
		"<img src src=a>":                "<img src src=a>",
		"<img alt=a\"b src=a>":           "<img alt=a\"b src=cid:1@x>",
		"<img alt src = a>":              "<img alt src = cid:1@x>",
		"<img src=a&copyb>":              "<img src=cid:1@x>",
		"<\u212A a\xFF src=b>":           "<\u212A a\xFF src=b>",
		"<p\u212A background=c>":         "<p\u212A background=cid:1@x>",
		"<p\xFF background=c>":           "<p\xFF background=cid:1@x>",
		"<STYLE>url(d)</STYLE>":          "<STYLE>url('cid:1@x')</STYLE>",
		"<style></style>url(e)":          "<style></style>url(e)",
		"<style></style url(k)>":         "<style></style url(k)>",
		"<title>url(f)</title>":          "<title>url(f)</title>",
		"<style/>url(g)":                 "<style/>url('cid:1@x')",
		"<script><img src=h>":            "<script><img src=h>",
		"<!--><img src=i><img src":       "<!--><img src=cid:1@x><img src",
		"\r\n<p\x00>&#0;\r<img src=a>":   "\r\n<p\x00>&#0;\r<img src=cid:1@x>",
		"<![CDATA[<img src=a>]]></><?x>": "<![CDATA[<img src=a>]]></><?x>",
	} {
		if got := rewritten(t, in, fakeLinks{t}); got != want {
			t.Errorf("%q becomes %q, want %q", in, got, want)
		}
	}
}

// noLinks leaves every reference as it is.
type noLinks struct{}

func (noLinks) setBase(string)                        {}
func (noLinks) link(reference string) (string, error) { return reference, nil }
func (noLinks) style(css string) (string, error)      { return htmlref.CSS(css, noLinks{}.link) }
func (noLinks) styleSheet(string) (css string, ok bool, err error) {
	return "", false, nil
}

// FuzzHTML asserts that a page without links and charsets does not change, that
// the values which change are where the tokenizer has them, and that a text
// version has no empty line at its beginning and ends with LF.
func FuzzHTML(f *testing.F) {
	for _, page := range []string{
		"<img src=a.png>", "<style>x{background:url(a)}", "<p a='", "<img src='a.png' src=b", "<!-- <img src=x>",
		"<a\x00b=c/d>", "<svg><image xlink:href=a></svg>", "<textarea><img src=a></textarea>", "<img srcset='a, b 2x'>",
		"<style>\xf8url(", "<table><tr><td rowspan=2>a<td>b<tr><td>c</table>", "<ul><li><ol><li value=3>a</ol></ul>",
		"<noscript><img src=a></noscript>", "<img/src=a/alt=b><img =src src=a><img src src=a>",
	} {
		f.Add([]byte(page))
	}
	f.Fuzz(func(t *testing.T, page []byte) {
		same := rewritten(t, string(page), noLinks{})
		lower := strings.ToLower(string(page))
		if same != string(page) && !strings.Contains(lower, "charset") && !strings.Contains(lower, "encoding") {
			t.Fatalf("%q becomes %q", page, same)
		}
		tokens := htmlref.NewTokens(bytes.NewReader(page))
		for tokens.Next() {
			raw := tokens.Raw
			for _, a := range tokens.Token.Attr {
				if a.Val == "" || strings.Contains(a.Key, "\uFFFD") || strings.ContainsAny(string(raw), "&\r\x00") {
					continue
				}
				if start, end := valueSpan(raw, a.Key); string(raw[start:end]) != a.Val {
					t.Fatalf("%q: the value of %q is %q, want %q", raw, a.Key, raw[start:end], html.UnescapeString(a.Val))
				}
			}
		}
		if text, _ := HTMLText(page); text != "" && (strings.HasPrefix(text, "\n") || !strings.HasSuffix(text, "\n")) {
			t.Fatalf("%q reads as %q", page, text)
		}
	})
}
