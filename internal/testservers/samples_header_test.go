//go:build linux

package testservers

import "strings"

func subjectSamples() []sample {
	subject := func(label, s string) sample {
		return sample{name: "subject: " + label, stdin: "x\n", subject: s}
	}
	return []sample{
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
		{name: "subject: none", bare: true, args: []string{"-f", "alice@example.org", "-t", bob}, stdin: "x\n", subject: "-"},
	}
}

func addressSamples() []sample {
	return []sample{
		{name: "address: UTF-8 name", stdin: "x\n", from: "Zoë Müller <zoe@example.org>",
			to: []string{"José <jose@example.org>", bob}},
		{name: "address: comma in the name", stdin: "x\n", from: `"Doe, Jane" <jane@example.org>`,
			to: []string{`"Roe, R." <roe@example.org>`}},
		{name: "address: quotes in the name", stdin: "x\n", from: `"The \"Boss\" \\" <boss@example.org>`},
		{name: "address: quoted local part", stdin: "x\n", to: []string{`"john doe"@example.org`, `"a,b"@example.org`}},
		{name: "address: IDN", stdin: "x\n", to: []string{"bob@bücher.example"}},
		{name: "address: long name", stdin: "x\n", from: strings.Repeat("漢字", 60) + " <kanji@example.org>"},
		{name: "address: a name like an encoded word", stdin: "x\n", from: `"=?utf-8?q?x?=" <word@example.org>`},
		{name: "address: 100 recipients", stdin: "x\n", to: addresses(numbered(100))},
		{name: "address: Cc and Reply-To", stdin: "x\n", cc: []string{"Zoë <zoe@example.org>", "dan@example.org"},
			args: []string{"--reply-to", "Été <r@example.org>"}},
		{name: "address: only Bcc", stdin: "x\n", bare: true, to: []string{},
			args: []string{"-f", "alice@example.org", "-b", bob, "-s", "Reference"}},
	}
}

func headerSamples() []sample {
	return []sample{
		{name: "header: -H", stdin: "x\n",
			args: []string{"-H", "X-Note: été " + strings.Repeat("漢", 50), "-H", "Organization: Example"}},
		{name: "header: --auto", stdin: "x\n", args: []string{"--auto"}},
		{name: "header: threads", stdin: "x\n",
			args: []string{"--in-reply-to", "a@example.org", "--references", "b@example.org"}},
		{name: "header: all given", stdin: "été\n", made: one("x.bin", "\x00\x01"),
			args: []string{"--date", "2026-01-02T03:04:05+01:00", "--message-id", "x@example.org", "--boundary", "edge"}},
	}
}
