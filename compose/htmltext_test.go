package compose

import (
	"strings"
	"testing"
)

func pageTextOf(t *testing.T, page string) string {
	t.Helper()
	text, err := HTMLText([]byte(page))
	if err != nil {
		t.Fatalf("%.100q: %v", page, err)
	}
	return text
}

func checkPageText(t *testing.T, pages []struct{ page, want string }) {
	t.Helper()
	for _, p := range pages {
		if got := pageTextOf(t, p.page); got != p.want {
			t.Errorf("%q reads as\n%q, want\n%q", p.page, got, p.want)
		}
	}
}

func TestHTMLToText(t *testing.T) {
	checkPageText(t, []struct{ page, want string }{
		{"", ""},
		{"<!-- c --> <p> </p>", ""},
		{"<p>One\n two</p><p>Three", "One two\n\nThree\n"},
		{"a<br>b<br><br>c", "a\nb\n\nc\n"},
		{"<b>a</b><i>b</i> <u>c</u>", "ab c\n"},
		{"&lt;é&nbsp;&amp;&gt;", "<é &>\n"},
		{"a\x00b\x1b\u200b", "ab\n"},
		{"a<hr>b", "a\n\n----------------------------------------\n\nb\n"},
		{"<center>a</center><center>b</center>c", "a\nb\nc\n"},
		{"<blockquote>a<p>b</blockquote>c", "> a\n\n> b\n\nc\n"},
		{"<img alt='a chart' src=x> <img src=y>", "[a chart]\n"},
		{"<dl><dt>a<dd>b<dt>c<dd>d</dl>", "a\nb\nc\nd\n"},
	})
}

func TestPreformattedText(t *testing.T) {
	checkPageText(t, []struct{ page, want string }{
		{"<pre>a  b\n  c</pre>d", "a  b\n  c\n\nd\n"},
		{"a<pre>\n\n b\n</pre>c", "a\n\n\n b\n\nc\n"},
		{"<pre>\na\n</pre>", "a\n"},
		{"<pre>a\rb\r\n&amp;c</pre>d", "a\nb\n&c\n\nd\n"},
		{"<pre>a <b>b</b>\n<i> c</i></pre>", "a b\n c\n"},
		{"<xmp><b>a</b>  b</xmp>", "<b>a</b>  b\n"},
		{"<blockquote><pre>a\n b</pre></blockquote>", "> a\n>  b\n"},
	})
}

func TestListsInText(t *testing.T) {
	checkPageText(t, []struct{ page, want string }{
		{"<ul><li>a<li>b</ul><ol><li>c<li>d</ol>", "- a\n- b\n\n1. c\n2. d\n"},
		{"<ul><li>a<ul><li>b</ul><li>c</ul>", "- a\n\n  - b\n\n- c\n"},
		{"<ol><li>a<ul><li>b</ul><li>c</ol>", "1. a\n\n  - b\n\n2. c\n"},
		{
			"<ol start=0><li>a<li value=7>b<li value=x>c</ol><ol start=-1><li>d</ol>",
			"0. a\n7. b\n8. c\n\n1. d\n",
		},
		{"<ul><li><p>a</p><p>b</p><li>c</ul>", "- a\n\n  b\n\n- c\n"},
		{"<li>a<li>b", "- a\n- b\n"},
		// The marker of an empty item is not that of what follows.
		{"<ul><li></ul><p>a", "a\n"},
		{"<ul><li></li></ul>a", "a\n"},
		{"<ul><li>a<li><li>b</ul>c", "- a\n- b\n\nc\n"},
		{"<ul><li> <br> <li>b</ul>", "- b\n"},
		{"<ol><li>a<li><li>c</ol>", "1. a\n3. c\n"},
		{"<ul><li><img src=x></ul><table><tr><td>a<td>b</table>", "a | b\n"},
		{"<ul><li><span hidden>x</span><li>b</ul>", "- b\n"},
		{"<ul><li><ul><li>a</ul></ul>", "  - a\n"},
	})
}

func TestLinksInText(t *testing.T) {
	checkPageText(t, []struct{ page, want string }{
		{"<a href=https://x.org/>x</a>, <a href=https://y.org>https://y.org</a>", "x <https://x.org/>, https://y.org\n"},
		{"<a href=mailto:b@x>b@x</a> <a href=#z>z</a>", "b@x z\n"},
		{"<a href=' HTTP://x '>a</a> <a href='MAILTO:b@x?subject=c'>d</a>", "a <HTTP://x> d <b@x>\n"},
		{"<a href=tel:+49>e</a> <a href=mailto:>f</a> <a href=javascript:g()>h</a>", "e <+49> f h\n"},
		{
			"<a href=http://x>a</a>, <a href=http://y>b</a><a href=http://z><img src=z alt=c></a>d",
			"a <http://x>, b <http://y> [c] <http://z> d\n",
		},
		{"<a href='http://x?a=1&copy=2'>d</a>", "d <http://x?a=1&copy=2>\n"},
		{"<ul><li><a href=http://x>http://x</a></ul>", "- http://x\n"},
		{"<a href=mailto:x>box</a>", "box <x>\n"},
		// A link that is not closed ends where the parser ends it.
		{"<p><a href=http://x>a", "a <http://x>\n"},
		{"<a href=http://x>a<a href=http://y>b</a>", "a <http://x> b <http://y>\n"},
		{"<table><tr><td><a href=http://x>a<td>b</table>", "a <http://x> | b\n"},
		{"<ul><li><a href=http://x>a<li>b</ul>", "- a <http://x>\n- b <http://x>\n"},
		{"<div><a href=http://x>a</div>", "a <http://x>\n"},
	})
}

func TestHiddenText(t *testing.T) {
	checkPageText(t, []struct{ page, want string }{
		{"<head><title>T</title><style>p{}</style></head><script>x()</script>a", "a\n"},
		{"<p style='display:none'>x</p>a", "a\n"},
		{"<p hidden>x</p>a", "a\n"},
		{"<p HIDDEN=until-found>x</p>a", "a\n"},
		{"<div style='color:red; DISPLAY : None !important'>x<p>y</div>a", "a\n"},
		{"<div style='display:none;display:block'>a</div>", "a\n"},
		{"<span style=visibility:hidden>x</span>a", "a\n"},
		{"<div style='background:url(display:none)'>a</div>", "a\n"},
		{"<div style='max-height: 0px; overflow: hidden'>x</div>a", "a\n"},
		{"<div style='overflow:hidden;height:0'>x</div>a", "a\n"},
		{"<div style='max-height:0'>a</div>", "a\n"},
		{"<div style='max-height:0.5em;overflow:hidden'>a</div>", "a\n"},
		{"<span style='opacity:0.0'>x</span>a", "a\n"},
		{"<span style='opacity:.5'>a</span>", "a\n"},
		{"<div style='font-size:0'><p style='font-size:14px'>a</p></div>", "a\n"}, // removes the space between columns
		{"<dialog>x</dialog><dialog open>a</dialog>", "a\n"},
		{"<ul hidden><li>x</ul>a", "a\n"},
		{"<table style=display:none><tr><td>x<td>y</table>a", "a\n"},
		{"<table><tr><td>a<td>b<tr hidden><td>x<td>y<tr><td>c<td>d</table>", "a | b\nc | d\n"},
		{"<template>x<p>y</p>z</template>a<br/>b", "a\nb\n"},
		{"<iframe>x</iframe><noframes>x</noframes><noembed>x</noembed><textarea>x</textarea>a", "a\n"},
		{"<datalist id=l><option>x</datalist>a", "a\n"},
		{"<svg><title>x</title><style>y</style></svg>a", "a\n"},
	})
}

// Mail readers run no scripts: they show the content of noscript. An element
// of raw text cannot close itself.
func TestRawTextInText(t *testing.T) {
	checkPageText(t, []struct{ page, want string }{
		{"<noscript><p>Enable <b>JS</b></p></noscript>", "Enable JS\n"},
		{"<head><noscript><style>p{}</style></noscript></head>a", "a\n"},
		{"a<noscript> b &amp; <i>c</i></noscript>", "a b & c\n"},
		{"<p>a</p><style/>p{color:red}</style>b", "a\n\nb\n"},
		{"<p>a</p><script src=x.js />code", "a\n"},
		{"<script src=x.js />code</script>a", "a\n"},
		{"<title/>x</title>a", "a\n"},
		{"a<template/>x", "a\n"},
	})
}

// A line of text has no more marks for its depth than a person can count.
func TestDeepHTML(t *testing.T) {
	for tag, prefix := range map[string]string{"blockquote": "> ", "ul": "  "} {
		text := pageTextOf(t, strings.Repeat("<"+tag+">", 400)+"a")
		if want := strings.Repeat(prefix, maxDepth) + "a\n"; text != want {
			t.Errorf("%s: %.200q", tag, text)
		}
	}
}

// A page that the parser refuses is still sent, and its text says so.
func TestTooDeepHTML(t *testing.T) {
	page := strings.Repeat("<div>", 600) + "a"
	var notes []string
	m := letter()
	m.HTML = textPart(page)
	m.Note = addTo(&notes)
	_, leaves := readBack(t, write(t, m))
	if len(leaves) != 2 || leaves[1].body != page {
		t.Fatalf("%s", summary(leaves))
	}
	if want := "No text version could be made"; !strings.Contains(leaves[0].body, want) {
		t.Errorf("the text is %q, want %q in it", leaves[0].body, want)
	}
	if want := "no text version of the HTML could be made: it is nested too deeply"; len(notes) != 1 || notes[0] != want {
		t.Errorf("the notes are %q, want %q", notes, want)
	}
}
