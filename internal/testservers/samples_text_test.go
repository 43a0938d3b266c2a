//go:build linux

package testservers

import "strings"

const (
	cjk    = "報告書二〇二六年度第一四半期"
	family = "👨‍👩‍👧‍👦"
	latin1 = "D\xe9j\xe0 vu, no\xebl: l'\xe9t\xe9 a \xe9t\xe9 tr\xe8s chaud \xe0 Orl\xe9ans " +
		"et l'ann\xe9e derni\xe8re aussi.\n"
	french = "Déjà vu, noël: l'été a été très chaud à Orléans et l'année dernière aussi.\n"
)

func textSamples() []sample {
	text := func(label, body string) sample { return sample{name: "text: " + label, stdin: body} }
	return []sample{
		{name: "reference", subject: "Rapport été — " + cjk, stdin: "Bonjour\n.\n..deux\nFrom moi\n", made: []namedFile{
			{"été 2026.png", image8()}, {"vide.txt", ""}, {"random.bin", string(random(3<<20, 5))},
			{`a "quoted"; name.txt`, "x\n"}, {strings.Repeat("é漢", 40) + ".txt", "y\n"},
		}},
		text("ASCII", "Hello.\n"),
		text("UTF-8", "Zoë, café, naïve, 漢字, Ελληνικά\n"),
		text("emoji", family+" 🎉\n"),
		text("Hebrew", "שלום עולם\n"),
		text("dots and From", ".\n..\n.x\n\nFrom here\nfrom there\n>From everywhere\n"),
		text("a line of 998", strings.Repeat("x", 998)+"\n"),
		text("a line of 5,000", strings.Repeat("0123456789", 500)+"\n"),
		text("a line of 100,000 with accents", strings.Repeat("été, ", 20000)+"\n"),
		text("incomplete last line", "no end"),
		text("spaces at the end of lines", "a \nb\t\n \n\t\nc  \n"),
		text("equals signs", "a=b\n=20=3D\n=\n"),
		text("lines like boundaries", "--\n--=_1_x\n--=_1_x--\n-- \nsignature\n"),
		text("like a header", "Subject: not one\nTo: nobody\n\nbody\n"),
		text("like encoded words", "=?utf-8?q?=C3=A9?=\n"),
		text("empty lines first and last", "\n\nx\n\n\n"),
		text("1 MB of log", strings.Repeat("Jan 01 00:00:00 host daemon[1]: all is well\n", 24000)),
		{name: "text: CRLF", stdin: "a\r\nb\r\n", text: "a\nb\n"},
		{name: "text: Latin-1, detected", stdin: latin1, text: french},
		{name: "text: Latin-1, given", args: []string{"--charset", "iso-8859-1"}, stdin: latin1, text: french},
		{name: "text: Cyrillic", args: []string{"--charset", "windows-1251"}, stdin: "\xcf\xf0\xe8\xe2\xe5\xf2\n",
			text: "Привет\n"},
		{name: "text: Japanese", args: []string{"--charset", "iso-2022-jp"}, stdin: "\x1b$B4A;z\x1b(B\n", text: "漢字\n"},
		{name: "text: UTF-16", stdin: "\xff\xfeh\x00\xe9\x00\n\x00", text: "hé\n"},
		{name: "text: NUL", stdin: "a\x00b\n", text: "*", files: one("body.bin", "a\x00b\n")},
		{name: "text: plain ASCII", args: []string{"--plain"}, stdin: "Hello.\n"},
		{name: "text: plain UTF-8", args: []string{"--plain"}, stdin: "Été.\nFrom x\n"},
		{name: "text: from a flag", args: []string{"--body", "Été"}, text: "Été"},
		{name: "text: from a file", args: []string{"--body-file", "letter"}, made: one("letter", "Été\n"), text: "Été\n",
			files: []namedFile{}},
		{name: "text: none", args: []string{"--no-body"}, made: one("photo.png", image8())},
		{name: "output: CRLF", args: []string{"--crlf"}, stdin: "Été\n", made: one("photo.png", image8())},
	}
}

// page returns an HTML page, with an image if one is named.
func page(image string) string {
	if image != "" {
		image = `<img src="` + image + `" alt="x">`
	}
	return "<!DOCTYPE html>\n<html><head><title>x</title></head><body><p>Été</p>" + image + "</body></html>\n"
}

func htmlSamples() []sample {
	return []sample{
		{name: "HTML: with text", args: []string{"--html", "page.html"}, stdin: "Été\n", made: one("page.html", page("")),
			html: page(""), files: []namedFile{}},
		{name: "HTML: alone", args: []string{"--no-body", "--html", "page.html"}, made: one("page.html", page("")), text: "*",
			html: page(""), files: []namedFile{}},
		{name: "HTML: with an image", args: []string{"--html", "page.html"}, stdin: "Été\n", html: "*",
			made:  []namedFile{{"page.html", page("photo.png")}, {"photo.png", image8()}},
			files: one("photo.png", image8())},
		{name: "HTML: with an image and a file", args: []string{"--html", "page.html", "data.bin"}, stdin: "Été\n",
			html: "*", made: []namedFile{{"page.html", page("photo.png")}, {"photo.png", image8()}, {"data.bin", "\x00\x01x"}},
			files: []namedFile{{"photo.png", image8()}, {"data.bin", "\x00\x01x"}}},
	}
}
