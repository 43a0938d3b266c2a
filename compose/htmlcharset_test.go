package compose

import "testing"

// The charset of a page counts if its octets are not UTF-8, and the page that is
// sent declares UTF-8.
func TestHTMLCharset(t *testing.T) {
	const typeIs1251 = "<META http-equiv='Content-Type' content='text/html; charset=windows-1251'>"
	const typeIsUTF8 = "<META http-equiv='Content-Type' content='text/html; charset=utf-8'>"
	for _, tt := range []struct{ in, want string }{
		{"<meta charset=iso-8859-1><p>\xE9", "<meta charset=utf-8><p>é"},
		{"<meta charset=iso-8859-1><p>é", "<meta charset=utf-8><p>é"}, // valid UTF-8 is not a coincidence
		{"<meta charset=' KOI8-R '>\xD4", "<meta charset=' utf-8 '>т"},
		{"<meta charset=unheard-of><p>\xE9", "<meta charset=utf-8><p>é"},
		{"<meta charset=utf-16><p>\xE9", "<meta charset=utf-8><p>é"}, // cannot be
		{"<meta charset=unheard-of><meta charset=koi8-r>\xD4", "<meta charset=utf-8><meta charset=utf-8>т"},
		{"<?xml version='1.0' encoding='koi8-r'?><meta charset=x>\xD4",
			"<?xml version='1.0' encoding='utf-8'?><meta charset=utf-8>т"},
		{"<meta charset=><meta charset=koi8-r>\xD4", "<meta charset=><meta charset=utf-8>т"},
		{typeIs1251 + "<p>\xF2", typeIsUTF8 + "<p>т"},
		{
			"<meta content='ȺȺȺ; charset=latin1' http-equiv=content-type>é", // Ⱥ is longer in lower case
			"<meta content='ȺȺȺ; charset=utf-8' http-equiv=content-type>é",
		},
		{
			"<meta http-equiv=content-type content='text/html; CHARSET = \"koi8-r\"; x=y'>\xD4",
			"<meta http-equiv=content-type content='text/html; CHARSET = &#34;utf-8&#34;; x=y'>т",
		},
		{"<p>\xD4</p><meta charset=koi8-r>", "<p>т</p><meta charset=utf-8>"},
		{"<noscript><meta charset=koi8-r></noscript>\xD4", "<noscript><meta charset=utf-8></noscript>т"},

		// Byte order marks.
		{"\xFF\xFE<\x00p\x00>\x00\xE9\x00", "<p>é"},
		{"\xEF\xBB\xBF<p>é", "<p>é"},
		{"\xEF\xBB\xBF<meta charset=koi8-r>é", "<meta charset=utf-8>é"},

		// XML declarations.
		{"<?xml version='1.0' encoding='koi8-r'?>\xD4", "<?xml version='1.0' encoding='utf-8'?>т"},
		{"<?xml version=\"1.0\" encoding = \"KOI8-R\" ?>\xD4", "<?xml version=\"1.0\" encoding = \"utf-8\" ?>т"},
		{"<?xml version='1.0' encoding='UTF-8'?>é", "<?xml version='1.0' encoding='UTF-8'?>é"},
		{
			"<?xml version='1.0' encoding='koi8-r'?><meta charset=windows-1251>\xF2",
			"<?xml version='1.0' encoding='utf-8'?><meta charset=utf-8>т",
		},
		{"<p>\xE9<?xml encoding='koi8-r'?>", "<p>é<?xml encoding='koi8-r'?>"}, // only at the beginning

		// What only looks like a declaration.
		{"<!-- <meta charset=koi8-r> --><meta charset=latin1>\xE9", "<!-- <meta charset=koi8-r> --><meta charset=utf-8>é"},
		{"<script>'<meta charset=koi8-r>'</script>\xE9", "<script>'<meta charset=koi8-r>'</script>é"},
		{"<title><meta charset=koi8-r></title>\xE9", "<title><meta charset=koi8-r></title>é"},
		{"<style><meta charset=koi8-r></style>\xE9", "<style><meta charset=koi8-r></style>é"},
		{"<textarea><meta charset=koi8-r></textarea>\xE9", "<textarea><meta charset=koi8-r></textarea>é"},
		{"<meta name=description content='charset=koi8-r'>\xE9", "<meta name=description content='charset=koi8-r'>é"},
		{"<meta name=x data-charset=koi8-r>\xE9", "<meta name=x data-charset=koi8-r>é"},
		{"<meta content='text/html; charset=koi8-r'>\xE9", "<meta content='text/html; charset=koi8-r'>é"},
		{"<p charset=koi8-r>\xE9", "<p charset=koi8-r>é"},
		{"<a title='<meta charset=koi8-r>'>\xE9", "<a title='<meta charset=koi8-r>'>é"},
		{"<meta content=charset=koi8-r http-equiv=refresh>\xE9", "<meta content=charset=koi8-r http-equiv=refresh>é"},
	} {
		m := letter()
		m.HTML = textPart(tt.in)
		_, leaves := readBack(t, write(t, m))
		if got := leaves[len(leaves)-1].body; got != tt.want {
			t.Errorf("%q is sent as %q, want %q", tt.in, got, tt.want)
		}
	}
}

// The charset of a text that is empty is that of the HTML.
func TestCharsetOfHTMLWithoutText(t *testing.T) {
	for _, tt := range []struct {
		text *Part
		want string
	}{
		{&Part{Charset: "koi8-r", Open: textPart("").Open}, "<p>т"},
		{&Part{Charset: "koi8-r", Open: textPart("x").Open}, "<p>Ô"}, // its own, or that of windows-1252
		{textPart(""), "<p>Ô"},
		{nil, "<p>Ô"},
	} {
		m := letter()
		m.Text, m.HTML = tt.text, textPart("<p>\xD4")
		_, leaves := readBack(t, write(t, m))
		if got := leaves[len(leaves)-1].body; got != tt.want {
			t.Errorf("beside %+v it is %q, want %q", tt.text, got, tt.want)
		}
	}
}
