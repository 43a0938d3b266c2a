//go:build linux

package testservers

import (
	"bytes"
	"image"
	"image/png"
	"strings"
)

// specimen is a mail that compose writes, and what every reader must see in it.
type specimen struct {
	name  string
	args  []string // of compose, in addition to -f, -t and -s
	stdin string
	made  []made // files that are made first

	from    string   // default: alice@example.org
	to      []string // as typed
	cc      []string
	subject string // default: Reference
	text    string // what is to be read; default: stdin
	html    string
	files   []made // what is attached, in this order; default: made
	inner   string // subject of the message/rfc822 among the files, whose bytes readers change
	bare    bool   // only args: no -f, -t, -s
}

// made is a file with its content.
type made struct{ name, data string }

// picture is a small PNG.
func picture() string {
	var b bytes.Buffer
	_ = png.Encode(&b, image.NewGray(image.Rect(0, 0, 8, 8)))
	return b.String()
}

const (
	mailFile = "From: carol@example.org\nTo: bob@example.org\nSubject: the inner one\nDate: Mon, 02 Jan 2006 15:04:05 +0000\nMessage-ID: <inner@example.org>\n\nForwarded.\n"
	calendar = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//x//y//EN\r\nBEGIN:VEVENT\r\nUID:1@x\r\nDTSTAMP:20260101T000000Z\r\nDTSTART:20260102T000000Z\r\nSUMMARY:Réunion\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
	cjk      = "報告書二〇二六年度第一四半期"
	family   = "👨‍👩‍👧‍👦"
	latin    = "D\xe9j\xe0 vu, no\xebl: l'\xe9t\xe9 a \xe9t\xe9 tr\xe8s chaud \xe0 Orl\xe9ans et l'ann\xe9e derni\xe8re aussi.\n"
	french   = "Déjà vu, noël: l'été a été très chaud à Orléans et l'année dernière aussi.\n"
)

// page is an HTML body with the picture it names, if any.
func page(picture string) string {
	if picture != "" {
		picture = `<img src="` + picture + `" alt="x">`
	}
	return "<!DOCTYPE html>\n<html><head><title>x</title></head><body><p>Été</p>" + picture + "</body></html>\n"
}

func specimens() []specimen {
	one := func(name, data string) []made { return []made{{name, data}} }
	named := func(label, name string) specimen {
		return specimen{name: "file name: " + label, stdin: "See the file.\n", made: one(name, picture())}
	}
	text := func(label, body string) specimen { return specimen{name: "text: " + label, stdin: body} }
	subject := func(label, s string) specimen {
		return specimen{name: "subject: " + label, stdin: "x\n", subject: s}
	}
	kind := func(name, data string) specimen {
		return specimen{name: "file: " + name, stdin: "See the file.\n", made: one(name, data)}
	}
	return []specimen{
		{name: "reference", subject: "Rapport été — " + cjk, stdin: "Bonjour\n.\n..deux\nFrom moi\n", made: []made{
			{"été 2026.png", picture()}, {"vide.txt", ""}, {"random.bin", string(random(3<<20, 5))},
			{`a "quoted"; name.txt`, "x\n"}, {strings.Repeat("é漢", 40) + ".txt", "y\n"}}},
		text("ASCII", "Hello.\n"),
		text("UTF-8", "Zoë, café, naïve, 漢字, Ελληνικά\n"),
		text("emoji", family+" 🎉\n"),
		text("Hebrew", "שלום עולם\n"),
		text("dots and From", ".\n..\n.x\n\nFrom here\nfrom there\n>From everywhere\n"),
		text("a line of 998", strings.Repeat("x", 998)+"\n"),
		text("a line of 5,000", strings.Repeat("0123456789", 500)+"\n"),
		text("a line of 100,000 with accents", strings.Repeat("été, ", 20000)+"\n"),
		text("no last line end", "no end"),
		text("blanks at the ends of lines", "a \nb\t\n \n\t\nc  \n"),
		text("equals signs", "a=b\n=20=3D\n=\n"),
		text("lines like boundaries", "--\n--=_1_x\n--=_1_x--\n-- \nsignature\n"),
		text("like a header", "Subject: not one\nTo: nobody\n\nbody\n"),
		text("like encoded words", "=?utf-8?q?=C3=A9?=\n"),
		text("empty lines first and last", "\n\nx\n\n\n"),
		text("1 MB of log", strings.Repeat("Jan 01 00:00:00 host daemon[1]: all is well\n", 24000)),
		{name: "text: CRLF", stdin: "a\r\nb\r\n", text: "a\nb\n"},
		{name: "text: Latin-1, found out", stdin: latin, text: french},
		{name: "text: Latin-1, named", args: []string{"--charset", "iso-8859-1"}, stdin: latin, text: french},
		{name: "text: Cyrillic", args: []string{"--charset", "windows-1251"}, stdin: "\xcf\xf0\xe8\xe2\xe5\xf2\n", text: "Привет\n"},
		{name: "text: Japanese", args: []string{"--charset", "iso-2022-jp"}, stdin: "\x1b$B4A;z\x1b(B\n", text: "漢字\n"},
		{name: "text: UTF-16", stdin: "\xff\xfeh\x00\xe9\x00\n\x00", text: "hé\n"},
		{name: "text: NUL", stdin: "a\x00b\n", text: "*", files: one("body.bin", "a\x00b\n")},
		{name: "text: plain ASCII", args: []string{"--plain"}, stdin: "Hello.\n"},
		{name: "text: plain UTF-8", args: []string{"--plain"}, stdin: "Été.\nFrom x\n"},
		{name: "text: from a flag", args: []string{"--body", "Été"}, text: "Été"},
		{name: "text: from a file", args: []string{"--body-file", "letter"}, made: one("letter", "Été\n"), text: "Été\n", files: []made{}},
		{name: "text: none", args: []string{"--no-body"}, made: one("photo.png", picture())},
		{name: "output: CRLF", args: []string{"--crlf"}, stdin: "Été\n", made: one("photo.png", picture())},

		subject("UTF-8", "Rapport été"),
		subject("Chinese, long", strings.Repeat(cjk, 20)),
		subject("emoji", family+" "+strings.Repeat("🎉", 30)),
		subject("like an encoded word", "=?utf-8?q?x?= and =?x"),
		subject("10,000 characters", strings.Repeat("é漢", 5000)),
		subject("one word of 75", strings.Repeat("x", 75)),
		subject("one word of 900", strings.Repeat("x", 900)),
		subject("many words", strings.TrimSpace(strings.Repeat("a long subject ", 60))),
		subject("quotes", `a "b" \c <d> (e); f=g, h@i`),
		subject("mixed words", "a é b ü c ñ d, plain words in between, é"),
		{name: "subject: none", bare: true, args: []string{"-f", "alice@example.org", "-t", "bob@example.org"}, stdin: "x\n", subject: "-"},

		{name: "address: UTF-8 name", from: "Zoë Müller <zoe@example.org>", to: []string{"José <jose@example.org>", "bob@example.org"}, stdin: "x\n"},
		{name: "address: comma in the name", from: `"Doe, Jane" <jane@example.org>`, to: []string{`"Roe, R." <roe@example.org>`}, stdin: "x\n"},
		{name: "address: quotes in the name", from: `"The \"Boss\" \\" <boss@example.org>`, stdin: "x\n"},
		{name: "address: quoted local part", to: []string{`"john doe"@example.org`, `"a,b"@example.org`}, stdin: "x\n"},
		{name: "address: IDN", to: []string{"bob@bücher.example"}, stdin: "x\n"},
		{name: "address: long name", from: strings.Repeat("漢字", 60) + " <kanji@example.org>", stdin: "x\n"},
		{name: "address: a name like an encoded word", from: `"=?utf-8?q?x?=" <word@example.org>`, stdin: "x\n"},
		{name: "address: 100 recipients", to: at(numbered(100)), stdin: "x\n"},
		{name: "address: Cc and Reply-To", cc: []string{"Zoë <zoe@example.org>", "dan@example.org"}, args: []string{"--reply-to", "Été <r@example.org>"}, stdin: "x\n"},
		{name: "address: nobody in sight", bare: true, args: []string{"-f", "alice@example.org", "-b", "bob@example.org", "-s", "Reference"}, to: []string{}, stdin: "x\n"},

		named("accents", "été 2026.png"),
		named("quotes and semicolon", `say "x"; y.png`),
		named("200 characters", strings.Repeat("漢", 60)+".png"),
		named("255 octets", strings.Repeat("é", 125)+"x.png"),
		named("long ASCII", strings.Repeat("x", 200)+".png"),
		named("leading dot", ".hidden.png"),
		named("blanks", "a  b   c.png"),
		named("percent", "100%25 %41.png"),
		named("apostrophes", "it's 'mine'.png"),
		named("like an encoded word", "=?utf-8?q?x?=.png"),
		{name: "file name: backslash", stdin: "x\n", made: one(`a\b.png`, picture()), files: one("a_b.png", picture())},
		named("Chinese", cjk+".png"),
		named("emoji", family+".png"),
		named("parentheses and comma", "a (1), b=c.png"),
		named("ends like a section", "x*0*=y.png"),

		kind("empty.txt", ""),
		kind("random.bin", string(random(300000, 6))),
		kind("latin.txt", latin),
		kind("dos.csv", "a;b\r\n1;2\r\n"),
		kind("utf8.txt", "Été\n"),
		kind("data.json", "{\"a\": [1, 2, 3]}\n"),
		kind("dump.sql.gz", "\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03\x03\x00\x00\x00\x00\x00\x00\x00\x00\x00"),
		kind("README", "No extension.\n"),
		kind("key.asc", "-----BEGIN PGP PUBLIC KEY BLOCK-----\n\nmQ==\n-----END PGP PUBLIC KEY BLOCK-----\n"),
		kind("meeting.ics", calendar),
		kind("dots.txt", ".\n..\nFrom x\n--=_1_\n"),
		{name: "file: mail", stdin: "Forwarded.\n", made: one("mail.eml", mailFile), inner: "the inner one"},
		{name: "file: 8-bit mail", stdin: "Forwarded.\n", made: one("mail.eml", strings.Replace(mailFile, "\n\nF", "\nMIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\nÉté. F", 1)), inner: "the inner one"},
		{name: "file: 20 of them", stdin: "Many.\n", made: many(20)},
		{name: "file: two of one name", args: []string{"a/x.bin", "b/x.bin"}, stdin: "Two.\n",
			made: []made{{"a/x.bin", "\x00\x01one"}, {"b/x.bin", "\x00\x01two"}}, files: []made{{"x.bin", "\x00\x01one"}, {"x.bin", "\x00\x01two"}}},
		{name: "file: another name", args: []string{"-a", "x.bin,name=Été; 1.bin"}, stdin: "x\n", made: one("x.bin", "\x00\x01x"), files: one("Été; 1.bin", "\x00\x01x")},
		{name: "file: another type", args: []string{"-a", "x.bin,type=application/x-thing"}, stdin: "x\n", made: one("x.bin", "x"), files: one("x.bin", "x")},
		{name: "file: standard input", args: []string{"-a", "-,name=dump.bin", "--body", "Dump.\n"}, stdin: "\x00\x01\x02", text: "Dump.\n", files: one("dump.bin", "\x00\x01\x02")},
		{name: "file: inline", args: []string{"-i", "photo.png"}, stdin: "x\n", made: one("photo.png", picture()), files: one("photo.png", picture())},
		{name: "file: text in base64 by hand", args: []string{"-a", "x.txt,disposition=inline"}, stdin: "x\n", made: one("x.txt", "Été\n"), files: one("x.txt", "Été\n")},

		{name: "HTML: with text", args: []string{"--html", "page.html"}, stdin: "Été\n", made: one("page.html", page("")), html: page(""), files: []made{}},
		{name: "HTML: alone", args: []string{"--no-body", "--html", "page.html"}, made: one("page.html", page("")), text: "*", html: page(""), files: []made{}},
		{name: "HTML: with a picture", args: []string{"--html", "page.html"}, stdin: "Été\n", html: "*",
			made: []made{{"page.html", page("photo.png")}, {"photo.png", picture()}}, files: one("photo.png", picture())},
		{name: "HTML: with a picture and files", args: []string{"--html", "page.html", "data.bin"}, stdin: "Été\n", html: "*",
			made:  []made{{"page.html", page("photo.png")}, {"photo.png", picture()}, {"data.bin", "\x00\x01x"}},
			files: []made{{"photo.png", picture()}, {"data.bin", "\x00\x01x"}}},

		{name: "header: of one's own", args: []string{"-H", "X-Note: été " + strings.Repeat("漢", 50), "-H", "Organization: Example"}, stdin: "x\n"},
		{name: "header: automatic", args: []string{"--auto"}, stdin: "x\n"},
		{name: "header: threads", args: []string{"--in-reply-to", "a@example.org", "--references", "b@example.org"}, stdin: "x\n"},
		{name: "header: all given", args: []string{"--date", "2026-01-02T03:04:05+01:00", "--message-id", "x@example.org", "--boundary", "edge"}, stdin: "été\n", made: one("x.bin", "\x00\x01")},
	}
}

// many returns n files that differ.
func many(n int) []made {
	var all []made
	for _, name := range numbered(n) {
		all = append(all, made{name + ".bin", "\x00\x01" + strings.Repeat(name, 100)})
	}
	return all
}

// compose writes the mail of a specimen and returns its path. What was left
// to its default is filled in.
func (s *specimen) compose(d desk, file string) {
	d.t.Helper()
	for _, f := range s.made {
		d.write(f.name, f.data)
	}
	if s.from == "" {
		s.from = "alice@example.org"
	}
	if s.to == nil {
		s.to = []string{"bob@example.org"}
	}
	if s.subject == "" {
		s.subject = "Reference"
	}
	if s.text == "" {
		s.text = s.stdin
	}
	if s.files == nil {
		s.files = s.made
	}
	args := []string{"compose"}
	if !s.bare {
		args = append(args, "-f", s.from, "-s", s.subject)
		for _, a := range s.to {
			args = append(args, "-t", a)
		}
		for _, a := range s.cc {
			args = append(args, "-c", a)
		}
	}
	args = append(args, s.args...)
	if s.named() {
		for _, f := range s.made {
			args = append(args, "-a", f.name)
		}
	}
	r := d.mailpipe(strings.NewReader(s.stdin), args...)
	r.want(d.t, 0)
	d.write(file, r.out)
}

// named tells whether the files that are made are attached by their names
// alone, and not by args.
func (s *specimen) named() bool {
	for _, f := range s.made {
		for _, arg := range s.args {
			if strings.Contains(arg, f.name) {
				return false
			}
		}
	}
	return true
}
