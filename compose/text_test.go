package compose

import (
	"bytes"
	"encoding/base64"
	"io"
	"mime/quotedprintable"
	"strings"
	"testing"
	"unicode/utf16"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/japanese"

	"mailpipe/internal/ascii"
	"mailpipe/internal/mimetest"
)

// sendText writes a message with one text and returns the text as it is read back.
func sendText(t *testing.T, p Part, notes *[]string) leaf {
	t.Helper()
	_, leaves := readBack(t, writeText(t, p, notes))
	if leaves[0].params["charset"] != "utf-8" {
		t.Errorf("the charset is %q, want utf-8", leaves[0].params["charset"])
	}
	return leaves[0]
}

func writeText(t *testing.T, p Part, notes *[]string) string {
	t.Helper()
	m := letter()
	m.Detect = byName
	m.Text = &p
	if notes != nil {
		m.Note = addTo(notes)
	}
	return write(t, m)
}

// sendLongText is sendText for a long text: it uses only the decoders of the
// standard library, which are faster.
func sendLongText(t *testing.T, p Part, notes *[]string) leaf {
	t.Helper()
	const begin = "--=_1_b\nContent-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: "
	_, content, _ := strings.Cut(writeText(t, p, notes), begin)
	content, isWhole := strings.CutSuffix(content, "\n--=_1_b--\n")
	encoding, content, found := strings.Cut(content, "\n\n")
	if !found || !isWhole || strings.Contains(content, "\n--=_1_b") {
		t.Fatal("the message is not a multipart with one text")
	}
	var r io.Reader = strings.NewReader(content)
	switch encoding {
	case "quoted-printable":
		r = quotedprintable.NewReader(r)
	case "base64":
		r = base64.NewDecoder(base64.StdEncoding, r)
	}
	body, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return leaf{encoding: encoding, body: string(body)}
}

func TestTextEncoding(t *testing.T) {
	for _, c := range []struct{ in, encoding, body string }{
		{"plain\n", "7bit", "plain\n"},
		{"no end", "7bit", "no end"},
		{"a\r\nb\r\n", "7bit", "a\nb\n"},
		{"a\nb\r\n", "7bit", "a\nb\n"},
		{".\n..\n", "7bit", ".\n..\n"},
		{"--=_2_x\n--boundary\n", "7bit", "--=_2_x\n--boundary\n"},
		{"\x1b[1mbold\x07 \n", "7bit", "\x1b[1mbold\x07 \n"},
		{strings.Repeat("x", 998) + "\n", "7bit", strings.Repeat("x", 998) + "\n"},
		{strings.Repeat("x", 999), "quoted-printable", strings.Repeat("x", 999)},
		{strings.Repeat("x", 100_000), "quoted-printable", strings.Repeat("x", 100_000)},
		{"a\rb\n", "quoted-printable", "a\rb\n"},
		{"Hi\nFrom me\n", "quoted-printable", "Hi\nFrom me\n"},
		{"--=_1_b\n", "quoted-printable", "--=_1_b\n"}, // our own boundary
		{"Größe\n", "quoted-printable", "Größe\n"},
		{"日本語\r\nテキスト\n", "base64", "日本語\r\nテキスト\r\n"}, // text has CRLF before it is encoded
		{"éàéà", "base64", "éàéà"},
		{"éàéàabcdefg", "base64", "éàéàabcdefg"},                 // 20 columns against 31
		{"éàéàabcdefghij", "quoted-printable", "éàéàabcdefghij"}, // 24 against 34: not under two thirds
	} {
		l := sendText(t, part("", c.in), nil)
		if l.encoding != c.encoding || l.body != c.body {
			t.Errorf("%.50q is sent as %s and is read as %.50q", c.in, l.encoding, l.body)
		}
	}
}

func utf16Text(s string, big, bom bool) string {
	units := utf16.Encode([]rune(s))
	if bom {
		units = append([]uint16{0xFEFF}, units...)
	}
	var b []byte
	for _, u := range units {
		if big {
			b = append(b, byte(u>>8), byte(u))
		} else {
			b = append(b, byte(u), byte(u>>8))
		}
	}
	return string(b)
}

func utf32Text(s string, big bool) (out string) {
	for _, r := range "\uFEFF" + s {
		if big {
			out += string([]byte{0, byte(r >> 16), byte(r >> 8), byte(r)})
		} else {
			out += string([]byte{byte(r), byte(r >> 8), byte(r >> 16), 0})
		}
	}
	return out
}

func must(s string, err error) string {
	if err != nil {
		panic(err)
	}
	return s
}

func TestTextCharset(t *testing.T) {
	const text = "hi Größe тест 😀\r\nEnde\n"
	const want = "hi Größe тест 😀\nEnde\n"
	cyrillic := must(charmap.Windows1251.NewEncoder().String("тест\n"))
	jis := must(japanese.ISO2022JP.NewEncoder().String("日本\n"))
	sjis := must(japanese.ShiftJIS.NewEncoder().String("日本\n"))
	for _, c := range []struct{ name, in, charset, want, note string }{
		{"utf-8", text, "", want, ""},
		{"utf-8 with mark", "\xEF\xBB\xBF" + text, "", want, ""},
		{"utf-8 named", text, "UTF-8", want, ""},
		{"utf-16le with mark", utf16Text(text, false, true), "", want, ""},
		{"utf-16be with mark", utf16Text(text, true, true), "", want, ""},
		{"utf-16 named, with mark", utf16Text(text, true, true), "utf-16", want, ""},
		{"utf-16 named, without", utf16Text(text, true, false), "UTF-16", want, ""},
		{"csutf16 named, with mark", utf16Text(text, false, true), "csutf16", want, ""},
		{"csUTF16 named, without", utf16Text(text, true, false), "csUTF16", want, ""},
		{"utf_16_le named", utf16Text(text, false, false), "utf_16_le", want, ""},
		{"UTF 16 BE named", utf16Text(text, true, false), "UTF 16 BE", want, ""},
		{"unicode named", utf16Text(text, false, false), "unicode", want, ""},
		{"unicodeFFFE named", utf16Text(text, true, false), "unicodeFFFE", want, ""},
		{"ISO-10646-UCS-2 named", utf16Text(text, false, false), "ISO-10646-UCS-2", want, ""},
		{"ucs2 named", utf16Text(text, true, false), "ucs2", want, ""},
		{"csUnicode named", utf16Text(text, false, false), "csUnicode", want, ""},
		{"csUCS4 named", utf32Text(text, true), "csUCS4", want, ""},
		{"ucs_4 named", utf32Text(text, false), "ucs_4", want, ""},
		{"utf_32_be named", utf32Text(text, true), "utf_32_be", want, ""},
		{"utf_8 named", "Größe \xE4\n", "utf_8", "Größe ä\n", "1 octet read as windows-1252"},
		{"cp65001 named", "Größe \xE4\n", "cp65001", "Größe ä\n", "1 octet read as windows-1252"},
		{"utf-16le detected", utf16Text(text, false, false), "", want, "read as utf-16le"},
		{"utf-32le", utf32Text(text, false), "", want, ""},
		{"utf-32be", utf32Text(text, true), "utf-32", want, ""},
		{"latin1 named", "Gr\xF6\xDFe\n", "iso-8859-1", "Größe\n", ""},
		{"windows-1252 in doubt", "Gr\xF6\xDFe \x80\n", "", "Größe €\n", "3 octets read as windows-1252"},
		{"windows-1251 detected", cyrillic, "", "тест\n", "read as windows-1251"},
		{"cp850 named", "\x84\n", "cp850", "ä\n", ""},
		{"iso-2022-jp detected", jis, "", "日本\n", "read as iso-2022-jp"},
		{"shift_jis named", sjis, "Shift_JIS", "日本\n", ""},
		{"koi8-u named", "\xA4\n", "KOI8-U", "є\n", ""},
		{"an invalid octet", "éééééééééé\xE4\n", "", "ééééééééééä\n", "1 octet read as windows-1252"},
		{"wrong charset named", "日本", "us-ascii", "日本", ""},
		{"not of the charset", "a\x80\n", "gb2312", "a€\n", ""},
		{"one sequence lost", "a\xFFb\n", "euc-kr", "a\uFFFDb\n", "has 1 sequence invalid in euc-kr: replaced by U+FFFD"},
		{
			"two sequences lost", "a\xFFb\xFF\n", "euc-kr", "a\uFFFDb\uFFFD\n",
			"has 2 sequences invalid in euc-kr: replaced by U+FFFD",
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			for _, p := range []Part{part("", c.in), pipe("", c.in)} {
				p.Charset = c.charset
				var notes []string
				l := sendText(t, p, &notes)
				if got := strings.ReplaceAll(l.body, "\r\n", "\n"); got != c.want {
					t.Errorf("read as %q, want %q", got, c.want)
				}
				checkNotes(t, notes, c.note)
			}
		})
	}
}

// A text that is mostly UTF-8 is UTF-8, whatever the detector guesses.
func TestDamagedText(t *testing.T) {
	for in, want := range map[string]string{
		"Größe, Höhe, Länge, Stärke\xE4\n":     "Größe, Höhe, Länge, Stärkeä\n",
		"\xA9 Größe, Höhe, Länge, Stärke\n":    "© Größe, Höhe, Länge, Stärke\n",
		"журнал \xFF записан\n":                "журнал ÿ записан\n",
		"Größe, Höhe, Länge, Stärke\xE2\x82\n": "Größe, Höhe, Länge, Stärkeâ‚\n",
	} {
		m := letter()
		m.Text = Text(in)
		m.Detect = func(string, []byte, io.ReaderAt, int64) (mediaType, charset string, err error) {
			return "text/plain", "euc-kr", nil
		}
		_, leaves := readBack(t, write(t, m))
		if got := strings.ReplaceAll(leaves[0].body, "\r\n", "\n"); got != want {
			t.Errorf("%q is read as %q, want %q", in, got, want)
		}
	}
}

// checkNotes asserts that the notes contain words. If words is empty, there must
// not be any note.
func checkNotes(t *testing.T, notes []string, words string) {
	t.Helper()
	all := strings.Join(notes, "\n")
	if (all == "") != (words == "") || !strings.Contains(all, words) {
		t.Errorf("the notes are %q, want %q", all, words)
	}
}

// A text with NUL is attached whole as body.bin.
func TestTextWithNUL(t *testing.T) {
	long := strings.Repeat("line\n", 100_000) + "\x00" + strings.Repeat("more\n", 300_000)
	for _, in := range []string{"a\x00b\n", long} {
		for _, p := range []Part{part("", in), pipe("", in)} {
			m := letter()
			m.Text = &p
			m.Files = []Part{part("a.bin", "x")}
			_, leaves := readBack(t, write(t, m))
			if leaves[1].name != "body.bin" || leaves[2].name != "a.bin" {
				t.Fatalf("the parts are\n%s", summary(leaves))
			}
			if leaves[1].body != in {
				t.Errorf("body.bin has %d octets, want %d", len(leaves[1].body), len(in))
			}
			if !strings.Contains(leaves[0].body, "body.bin") {
				t.Errorf("the text %q does not name body.bin", leaves[0].body)
			}
		}
	}
}

// longText returns a text that is too long to hold. After its first MiB it has late.
func longText(line, late string) string {
	return strings.Repeat(line, maxHold/len(line)+1) + late + strings.Repeat(line, 20_000)
}

// What is in a text after its first MiB, which decides the encoding, is sent too.
func TestLongText(t *testing.T) {
	for _, c := range []struct{ name, line, late, encoding, lateRead, note string }{
		{"log", "Nov 23 12:00:00 host all is well\n", "", "quoted-printable", "", ""},
		{"foreign", "日本語のテキスト\r\n", "", "base64", "", ""},
		{"late From and dot", "all is well\n", "From me\n.\n", "quoted-printable", "From me\n.\n", ""},
		{"late NUL", "all is well\n", "\x00\n", "quoted-printable", "\x00\n", ""},
		{"late octets", "all is well\n", "Gr\xF6\xDFe\n", "quoted-printable", "Größe\n", "2 octets read as windows-1252"},
		{"late long line", "all is well\n", strings.Repeat("x", 5000), "quoted-printable", strings.Repeat("x", 5000), ""},
		{"late bare CR", "all is well\n", "a\rb\n", "quoted-printable", "a\rb\n", ""},
		{"late boundary", "all is well\n", "--=_1_b--\n", "quoted-printable", "--=_1_b--\n", ""},
		{"late NUL in base64", "日本語のテキスト\r\n", "\x00\r\n", "base64", "\x00\r\n", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			in := longText(c.line, c.late)
			want := longText(c.line, c.lateRead)
			if c.encoding == "quoted-printable" {
				want = strings.ReplaceAll(want, "\r\n", "\n")
			}
			for _, p := range []Part{part("", in), pipe("", in)} {
				var notes []string
				l := sendLongText(t, p, &notes)
				if l.encoding != c.encoding || l.body != want {
					t.Errorf("sent as %s with %d octets, want %s with %d", l.encoding, len(l.body), c.encoding, len(want))
				}
				checkNotes(t, notes, c.note)
			}
		})
	}
}

func TestLongTextOfACharset(t *testing.T) {
	line := must(charmap.Windows1251.NewEncoder().String("тест тест тест\n"))
	in := strings.Repeat(line, maxHold/len(line)+1000)
	want := strings.Repeat("тест тест тест\r\n", maxHold/len(line)+1000)
	l := sendLongText(t, pipe("", in), nil)
	if l.encoding != "base64" || l.body != want {
		t.Errorf("sent as %s with %d octets, want base64 with %d", l.encoding, len(l.body), len(want))
	}
	wide := utf16Text(strings.Repeat("hi Größe\n", 100_000), false, true)
	l = sendLongText(t, pipe("", wide), nil)
	want = strings.Repeat("hi Größe\n", 100_000)
	if l.body != want {
		t.Errorf("UTF-16 has %d octets, want %d", len(l.body), len(want))
	}
}

func TestLongTextKeepsAnEncodingThatWasAsked(t *testing.T) {
	p := part("", longText("all is well\n", ""))
	p.Encoding = "7bit"
	if l := sendLongText(t, p, nil); l.encoding != "7bit" {
		t.Errorf("sent as %s, want 7bit", l.encoding)
	}
	p = part("", longText("all is well\n", "é\n"))
	p.Encoding = "7bit"
	m := letter()
	m.Text = &p
	wantCutOff(t, m, ErrChanged)
}

// FuzzDecoder asserts that any octets become UTF-8, and the same text in chunks of
// any size.
func FuzzDecoder(f *testing.F) {
	f.Add("utf-8", []byte("é\xE9\xE2\x82"))
	f.Add("utf-16le", []byte("h\x00i\x00\x3D\xD8\x00"))
	f.Add("utf-32be", []byte("\x00\x00\x00h\x00\x00"))
	f.Add("shift_jis", []byte("\x93\xFA\x96\x7B\x93"))
	f.Add("iso-2022-jp", []byte("\x1B$BF|K\\\x1B(B"))
	f.Add("gb18030", []byte("\x81\x30\x81\x30\x81"))
	f.Add("windows-1252", []byte("\x80\x81\xFF"))
	f.Fuzz(func(t *testing.T, charset string, p []byte) {
		if _, err := newDecoder(charset, p); err != nil {
			return
		}
		got := mimetest.SameForAllCuts(t, p, func(pieces [][]byte) string {
			d, _ := newDecoder(charset, p)
			var b bytes.Buffer
			for _, piece := range pieces {
				b.Write(d.Decode(piece, false))
			}
			b.Write(d.Decode(nil, true))
			return b.String()
		})
		if strings.ToValidUTF8(got, "") != got {
			t.Fatalf("%q is not UTF-8", got)
		}
		if charset == "utf-8" && strings.ToValidUTF8(string(p), "") == string(p) && got != string(p) {
			t.Fatalf("%q becomes %q", p, got)
		}
	})
}

// FuzzMessage asserts that any text, subject, file name and file are read back.
func FuzzMessage(f *testing.F) {
	f.Add("Hi\n.\nFrom me", "Größe", "été.png", []byte("\x89PNG"), false)
	f.Add("--=_1_b--\n\x00", "=?x", `a"b;c`, []byte("--=_1_b\n"), true)
	f.Add(strings.Repeat("日", 50), " ", "..", []byte{}, true)
	f.Fuzz(func(t *testing.T, text, subject, name string, content []byte, crlf bool) {
		m := letter()
		m.Subject, m.CRLF, m.Text = subject, crlf, textPart(text)
		m.Files = []Part{part(name, string(content))}
		p, err := m.Plan()
		if err != nil {
			return
		}
		var b bytes.Buffer
		if _, err := p.WriteTo(&b); err != nil {
			t.Fatal(err)
		}
		h, leaves := readBack(t, b.String())
		last := leaves[len(leaves)-1]
		want := fileName(name, func(Note) {})
		if want == "" {
			want = "part-1.bin"
		}
		if last.body != string(content) || last.name != want {
			t.Fatalf("the file is read as %q %q, want %q", last.name, last.body, want)
		}
		if got := mimetest.ReadWords(t, h.Get("Subject")); got != subject {
			t.Fatalf("the subject is read as %q", got)
		}
		if fields := h.Len(); fields != 7-b2i(subject == "") {
			t.Fatalf("the header has %d fields", fields)
		}
		if !ascii.OnlyString(b.String()) {
			t.Fatal("the message is not ASCII")
		}
	})
}

func b2i(b bool) int {
	if b {
		return 1
	}
	return 0
}
