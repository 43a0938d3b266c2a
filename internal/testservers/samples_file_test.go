//go:build linux

package testservers

import "strings"

const (
	mailFile = `From: carol@example.org
To: bob@example.org
Subject: the inner one
Date: Mon, 02 Jan 2006 15:04:05 +0000
Message-ID: <inner@example.org>

Forwarded.
`
	mail8BitFile = `From: carol@example.org
To: bob@example.org
Subject: the inner one
Date: Mon, 02 Jan 2006 15:04:05 +0000
Message-ID: <inner@example.org>
MIME-Version: 1.0
Content-Type: text/plain; charset=utf-8
Content-Transfer-Encoding: 8bit

Été. Forwarded.
`
	calendarFile = `BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//x//y//EN
BEGIN:VEVENT
UID:1@x
DTSTAMP:20260101T000000Z
DTSTART:20260102T000000Z
SUMMARY:Réunion
END:VEVENT
END:VCALENDAR
`
	keyFile = "-----BEGIN PGP PUBLIC KEY BLOCK-----\n\nmQ==\n-----END PGP PUBLIC KEY BLOCK-----\n"
	gzipped = "\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03\x03\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00"
)

func fileNameSamples() []sample {
	named := func(label, name string) sample {
		return sample{name: "file name: " + label, stdin: "See the file.\n", made: one(name, image8())}
	}
	return []sample{
		named("accents", "été 2026.png"),
		named("quotes and semicolon", `say "x"; y.png`),
		named("200 characters", strings.Repeat("漢", 60)+".png"),
		named("255 octets", strings.Repeat("é", 125)+"x.png"),
		named("long ASCII", strings.Repeat("x", 200)+".png"),
		named("leading dot", ".hidden.png"),
		named("spaces", "a  b   c.png"),
		named("percent", "100%25 %41.png"),
		named("apostrophes", "it's 'mine'.png"),
		named("like an encoded word", "=?utf-8?q?x?=.png"),
		{name: "file name: backslash", stdin: "x\n", made: one(`a\b.png`, image8()), files: one("a_b.png", image8())},
		named("Chinese", cjk+".png"),
		named("emoji", family+".png"),
		named("parentheses and comma", "a (1), b=c.png"),
		named("ends like a section", "x*0*=y.png"),
	}
}

func fileSamples() []sample {
	attached := func(name, data string) sample {
		return sample{name: "file: " + name, stdin: "See the file.\n", made: one(name, data)}
	}
	var many []namedFile
	for _, name := range numbered(20) {
		many = append(many, namedFile{name + ".bin", "\x00\x01" + strings.Repeat(name, 100)})
	}
	return []sample{
		attached("empty.txt", ""),
		attached("random.bin", string(random(300_000, 6))),
		attached("latin.txt", latin1),
		attached("dos.csv", "a;b\r\n1;2\r\n"),
		attached("utf8.txt", "Été\n"),
		attached("data.json", "{\"a\": [1, 2, 3]}\n"),
		attached("dump.sql.gz", gzipped),
		attached("README", "No extension.\n"),
		attached("key.asc", keyFile),
		attached("meeting.ics", strings.ReplaceAll(calendarFile, "\n", "\r\n")),
		attached("dots.txt", ".\n..\nFrom x\n--=_1_\n"),
		{name: "file: mail", stdin: "Forwarded.\n", made: one("mail.eml", mailFile), inner: "the inner one"},
		{name: "file: 8-bit mail", stdin: "Forwarded.\n", made: one("mail.eml", mail8BitFile), inner: "the inner one"},
		{name: "file: 20 of them", stdin: "Many.\n", made: many},
		{name: "file: two of one name", args: []string{"a/x.bin", "b/x.bin"}, stdin: "Two.\n",
			made:  []namedFile{{"a/x.bin", "\x00\x01one"}, {"b/x.bin", "\x00\x01two"}},
			files: []namedFile{{"x.bin", "\x00\x01one"}, {"x.bin", "\x00\x01two"}}},
		{name: "file: another name", args: []string{"-a", "x.bin,name=Été; 1.bin"}, stdin: "x\n",
			made: one("x.bin", "\x00\x01x"), files: one("Été; 1.bin", "\x00\x01x")},
		{name: "file: another type", args: []string{"-a", "x.bin,type=application/x-thing"}, stdin: "x\n",
			made: one("x.bin", "x")},
		{name: "file: standard input", args: []string{"-a", "-,name=dump.bin", "--body", "Dump.\n"}, stdin: "\x00\x01\x02",
			text: "Dump.\n", files: one("dump.bin", "\x00\x01\x02")},
		{name: "file: inline image", args: []string{"-i", "photo.png"}, stdin: "x\n", made: one("photo.png", image8())},
		{name: "file: inline text", args: []string{"-a", "x.txt,disposition=inline"}, stdin: "x\n",
			made: one("x.txt", "Été\n")},
	}
}
