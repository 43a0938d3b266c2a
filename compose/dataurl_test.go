package compose

import (
	"strings"
	"testing"
)

func TestDataURLs(t *testing.T) {
	const png = "iVBORw0KGgo=" // "\x89PNG\r\n\x1a\n"
	const image = "\x89PNG\r\n\x1a\n"
	invalid := func(reference, why string) []string {
		return []string{notEmbedded(reference, why)}
	}
	for _, tt := range []pageTest{
		{page: `<img src="data:image/png;base64,` + png + `">`, want: `<img src="{` + image + `}">`},
		{page: `<img src=DATA:IMAGE/PNG;BASE64,` + png + `>`, want: `<img src={` + image + `}>`},
		{page: `<img src=data:image/png;base64,iVBORw0KGgo>`, want: `<img src={` + image + `}>`},
		{page: "<img src='data:image/png;base64,iVBO\n  Rw0K\n  Ggo='>", want: `<img src='{` + image + `}'>`},
		{page: `<img src=data:image/png;base64,iVBORw0KGgo%3D>`, want: `<img src={` + image + `}>`},
		{page: `<img src="data:image/png; charset=x; base64,` + png + `">`, want: `<img src="{` + image + `}">`},
		{page: `<img src=data:image/x-a,abc%20d%2C+e>`, want: `<img src={abc d,+e}>`},
		{page: `<img src=data:image/x-a,100%>`, want: `<img src={100%}>`},
		{page: `<img src="data:image/svg+xml;utf8,<svg xmlns='x'/>">`, want: `<img src="{<svg xmlns='x'/>}">`},
		{page: `<img src=data:image/svg+xml,%3Csvg/%3E#id>`, want: `<img src={<svg/>}>`},
		{page: `<p style="background:url(data:image/x-a,a)">`, want: `<p style="background:url(&#39;{a}&#39;)">`},
		{page: `<style>x{background:url("data:image/x-a,a")}</style>`, want: `<style>x{background:url('{a}')}</style>`},
		{page: `<img srcset="data:image/x-a;base64,YQ== 1x, b.png 2x">`, want: `<img srcset="{a} 1x, {b.png} 2x">`},
		{page: `<base href=http://x/><img src=data:image/x-a,a>`, want: `<base href=http://x/><img src={a}>`},

		// A data URL of something else than an image is kept.
		{page: `<img src=data:,a>`, want: `<img src=data:,a>`},
		{page: `<img src=data:text/html,a>`, want: `<img src=data:text/html,a>`},
		{page: `<a href=data:image/x-a,a>b</a>`, want: `<a href=data:image/x-a,a>b</a>`},
		{page: `<style>@font-face{src:url(data:image/x-a,a)}</style>`,
			want: `<style>@font-face{src:url(data:image/x-a,a)}</style>`},

		// An invalid data URL is kept, and noted once.
		{page: `<img src=data:image/png;base64,!><img src=data:image/png;base64,!>`,
			want:  `<img src=data:image/png;base64,!><img src=data:image/png;base64,!>`,
			notes: invalid("data:image/png;base64,!", "invalid base64 in a data: URL")},
		{page: `<img src=data:image/png>`, want: `<img src=data:image/png>`,
			notes: invalid("data:image/png", "invalid data: URL")},
		{page: `<img src="data:image/a b,c">`, want: `<img src="data:image/a b,c">`,
			notes: invalid("data:image/a b,c", "invalid data: URL")},
	} {
		tt.run(t)
	}
}

// The same image is one part, and each has a name of its own.
func TestPartsOfDataURLs(t *testing.T) {
	m := letter()
	m.HTML = Text("<img src=data:image/jpeg,a><img src=data:image/svg+xml,b><img src=data:image/jpeg,a>" +
		"<img src=data:image/x-icon,c>")
	_, leaves := readBack(t, write(t, m))
	want := "/mixed/related text/html 7bit\n" +
		"/mixed/related image/jpeg base64 inline image-1.jpg\n" +
		"/mixed/related image/svg+xml base64 inline image-2.svg\n" +
		"/mixed/related image/x-icon base64 inline image-3.ico\n"
	if got := summary(leaves); got != want {
		t.Errorf("the parts are\n%s, want\n%s", got, want)
	}
	if n := strings.Count(leaves[0].body, "cid:"+leaves[1].cid); n != 2 {
		t.Errorf("%q refers to image-1.jpg %d times", leaves[0].body, n)
	}
}
