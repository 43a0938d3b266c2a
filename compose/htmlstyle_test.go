package compose

import "testing"

func TestStyleSheets(t *testing.T) {
	const noSuchFile, noName = "file does not exist", "its name does not end with .css"
	same := func(page string, notes ...string) pageTest { return pageTest{page: page, want: page, notes: notes} }
	for _, tt := range []pageTest{
		{page: `<link rel=stylesheet href=page.css>`, want: `<style>p{}</style>`},
		{page: `<LINK href="./page.css?v=2" type='text/css' REL="Stylesheet" />a`, want: `<style>p{}</style>a`},
		{page: `<link rel="preload stylesheet" href=page.css media='print and (width < "9")'>`,
			want: `<style media="print and (width &lt; &#34;9&#34;)">p{}</style>`},
		{page: `<link rel=stylesheet href=page.css><link rel=stylesheet href=page.css>`,
			want: `<style>p{}</style><style>p{}</style>`},
		{page: `<noscript><link rel=stylesheet href=page.css></noscript>`, want: `<noscript><style>p{}</style></noscript>`},

		// References in a style sheet are relative to it.
		{page: `<link rel=stylesheet href=images/x.css>`,
			want: `<style>p{background:url('{images/a.png}')}q{background:url('{b.png}')}</style>`},
		{page: `<base href=images/><link rel=stylesheet href=x.css><img src=a.png>`,
			want: `<base href=images/><style>p{background:url('{images/a.png}')}q{background:url('{b.png}')}</style>` +
				`<img src={images/a.png}>`},
		{page: `<base href=images/><link rel=stylesheet href=../page.css>`, want: `<base href=images/><style>p{}</style>`},
		{page: `<link rel=stylesheet href=2026:03/an.css>`, want: `<style>p{background:url(//x/a.png)}</style>`},
		{page: `<link rel=stylesheet href=outside.css>`, want: `<style>p{background:url(../../a.png)}</style>`,
			notes: []string{notEmbedded("../../a.png", whyOutside)}},
		{page: `<link rel=stylesheet href=import.css>`, want: `<style>` + pageFiles["import.css"] + `</style>`,
			notes: []string{
				notEmbedded("page.css", "it is imported by a style sheet"),
				notEmbedded("images/x.css", "it is imported by a style sheet"),
			}},
		{page: `<style>@import "page.css";</style>`, want: `<style>@import "page.css";</style>`,
			notes: []string{notEmbedded("page.css", "it is imported by a style sheet")}},

		// A style sheet is UTF-8 in the page.
		{page: `<link rel=stylesheet href=latin.css>`, want: `<style>@charset "iso-8859-1";p{content:'é'}</style>`,
			notes: []string{Note{Kind: NoteCharset, Part: "latin.css", Value: "iso-8859-1"}.String()}},
		{page: `<link rel=stylesheet href=mark.css>`, want: `<style>p{content:'é'}</style>`},
		{page: `<link rel=stylesheet href=wide.css>`, want: `<style>p{}</style>`},

		// Links that are not to a style sheet in use, or are to another server.
		same(`<link rel=icon href=page.css>`),
		same(`<link href=page.css>`),
		same(`<link rel="alternate stylesheet" href=page.css>`),
		same(`<link rel=stylesheet href=page.css disabled>`),
		same(`<link rel=stylesheet type=text/less href=page.css>`),
		same(`<link rel=stylesheet>`),
		same(`<link rel=stylesheet href="">`),
		same(`<link rel=stylesheet href=https://x/page.css>`),
		same(`<base href=http://x/><link rel=stylesheet href=page.css>`),
		same(`<!-- <link rel=stylesheet href=page.css> -->`),

		// A style sheet that is left out is noted once.
		same(`<link rel=stylesheet href=.netrc>`, notEmbedded(".netrc", noName)),
		same(`<link rel=stylesheet href=../../.netrc>`, notEmbedded("../../.netrc", whyOutside)),
		same(`<link rel=stylesheet href=%2e%2e/page.css>`, notEmbedded("../page.css", whyOutside)),
		same(`<link rel=stylesheet href=/etc/x.css>`, notEmbedded("/etc/x.css", whyOutside)),
		same(`<link rel=stylesheet href=secret.txt?x.css>`, notEmbedded("secret.txt", noName)),
		same(`<link rel=stylesheet href=no.css><link rel=stylesheet href=no.css>`, notEmbedded("no.css", noSuchFile)),
		same(`<link rel=stylesheet href=evil.css>`, notEmbedded("evil.css", "it contains </style")),
		same(`<link rel=stylesheet href=large.css>`, notEmbedded("large.css", "it is too large")),
	} {
		tt.run(t)
	}
}

// The style sheets of a page are not larger than a page, however often it links
// to them.
func TestManyStyleSheets(t *testing.T) {
	half := "<style>" + pageFiles["half.css"] + "</style>"
	link := "<link rel=stylesheet href=half.css>"
	pageTest{page: link + link + link, want: half + link + link,
		notes: []string{notEmbedded("half.css", "it is too large")}}.run(t)
}
