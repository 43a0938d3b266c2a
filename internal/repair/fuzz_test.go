package repair

import (
	"bytes"
	"encoding/base64"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net/mail"
	"strings"
	"testing"
	"testing/iotest"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"

	"mailpipe/internal/ascii"
	"mailpipe/internal/message"
)

// readAll returns what Read makes of a message in a reader.
func readAll(t *testing.T, r io.Reader, opt Options) (out []byte, repairs []string, err error) {
	t.Helper()
	m, err := Read(r, opt)
	if err != nil {
		return nil, nil, err
	}
	defer m.Close()
	var b bytes.Buffer
	if _, err := m.WriteTo(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes(), m.Repairs, nil
}

// accepted returns what deliver sends without a repair, if it accepts the message.
func accepted(in []byte) (out []byte, ok bool) {
	m, err := message.Read(bytes.NewReader(in), message.Options{Hold: true})
	if err != nil {
		return nil, false
	}
	defer m.Close()
	var b bytes.Buffer
	_, err = m.WriteTo(&b)
	return b.Bytes(), err == nil
}

// checkProperties asserts what must be true of the repair of any input.
func checkProperties(t *testing.T, in []byte, opt Options) {
	t.Helper()
	out, repairs, err := readAll(t, bytes.NewReader(in), opt)
	inPieces, _, piecesErr := readAll(t, iotest.HalfReader(bytes.NewReader(in)), opt)
	if !bytes.Equal(out, inPieces) || (err == nil) != (piecesErr == nil) {
		t.Fatalf("%q: in pieces\n%q, %v, whole\n%q, %v", in, inPieces, piecesErr, out, err)
	}
	if err != nil {
		if _, ok := errors.AsType[*message.Error](err); !ok {
			t.Fatalf("%q: %v", in, err)
		}
		return
	}
	sent, ok := accepted(out)
	if !ok || !bytes.Equal(sent, out) {
		t.Fatalf("%q: deliver does not accept, or changes\n%q", in, out)
	}
	header, body := splitHead(out)
	switch {
	case opt.SevenBit && !ascii.Only(body):
		t.Fatalf("%q: octets over 127 in\n%q", in, body)
	case !utf8.Valid(header):
		t.Fatalf("%q: not UTF-8:\n%q", in, header)
	}
	again, more, err := readAll(t, bytes.NewReader(out), opt)
	hasUTF8 := !ascii.Only(header) // in an address, which cannot be encoded
	if err != nil || len(more) > 0 && !hasUTF8 || !bytes.Equal(again, out) {
		t.Fatalf("%q: repaired\n%q\nand again %v %v\n%q", in, out, more, err, again)
	}
	if !opt.SevenBit && len(repairs) == 0 {
		if sent, ok := accepted(in); !ok || !bytes.Equal(sent, out) {
			t.Fatalf("%q: without a repair\n%q, deliver sends\n%q", in, out, sent)
		}
	}
}

// splitHead returns the header and the body of a message.
func splitHead(p []byte) (header, body []byte) {
	for line := range bytes.Lines(p) {
		if len(bytes.TrimRight(line, "\r\n")) == 0 {
			return p[:len(header)], p[len(header):]
		}
		header = p[:len(header)+len(line)]
	}
	return p, nil
}

// sevenBit are the options for a server without extensions.
var sevenBit = Options{SevenBit: true, ASCIIHeader: true}

func FuzzRepair(f *testing.F) {
	for _, s := range []string{
		"", "\n", "hello\n", "From x\nFrom: a@x.org\n\n\r", from + "\n\x00", from, from + "To: é@x.org\nSubject: \xff\n\n",
		from + "Content-Type: multipart/mixed; boundary=b\n\np\n--b\n\n\xe9\r\n--b\nContent-Type: message/rfc822\n\n" +
			"Subject: é\n\n\xe9\n--b--\ne\n",
		from + "Content-Type: multipart/mixed; boundary=b\n\n--b\n\nx",
		from + "Content-Type: multipart/mixed; boundary=b\n\nno part\xe9\n",
		from + "Content-Type: multipart/signed; boundary=b\nSubject: \xe9\n\n--b\n\nx\n--b--\n",
		from + "Content-Type: multipart/mixed; boundary=a\n\n--a\n" +
			"Content-Type: multipart/mixed; boundary=b\n\n--b\n\nx\n--a--\r",
		from + "Content-Transfer-Encoding: base64\n\n" + long + "\n",
		from + "Content-Transfer-Encoding: quoted-printable\n\n" + long,
		from + "To: a, \"b, c\" <d>, e: f;\nTo: (g\n\n\r", "\xef\xbb\xbf" + from + "\nx",
		from + "Content-Type: text/plain; charset=\"utf-16\"\n\na\x00b\x00\n\x00", from + "Subject:" + long + "\n\nx\n",
		from + "Content-Disposition: attachment; filename=\"a\xe9;b\"; x*=utf-8''%e9\nContent-Type: x; a=\"\n\n\r",
		from + "Content-Type: multipart/mixed; boundary=\"--\"\n\n------\n\n" + strings.Repeat("--", 600) + "\n--------\n",
	} {
		f.Add([]byte(s), false)
		f.Add([]byte(s), true)
	}
	f.Fuzz(func(t *testing.T, in []byte, seven bool) {
		var opt Options
		if seven {
			opt = sevenBit
		}
		checkProperties(t, append([]byte(fixed), in...), opt)
		if _, _, err := readAll(t, bytes.NewReader(in), opt); err != nil { // without Date and Message-ID
			if _, ok := errors.AsType[*message.Error](err); !ok {
				t.Fatal(err)
			}
		}
	})
}

// inUTF8 returns octets as they must be read: UTF-8, or else windows-1252.
func inUTF8(p []byte) string {
	if utf8.Valid(p) {
		return string(p)
	}
	s, _ := charmap.Windows1252.NewDecoder().Bytes(p)
	return string(s)
}

// mixed returns text as it must be read: each octet that is not UTF-8 is windows-1252.
func mixed(p []byte) string {
	var b strings.Builder
	for len(p) > 0 {
		r, n := utf8.DecodeRune(p)
		if r == utf8.RuneError && n == 1 {
			r = charmap.Windows1252.DecodeByte(p[0])
		}
		b.WriteRune(r)
		p = p[n:]
	}
	return b.String()
}

// Text and names that were decoded are those of the input.
func FuzzContent(f *testing.F) {
	f.Add("été", "Zoë", "10%\r20%\x00\n.\n--b-\nFrom \xe9\n", "é;\".pdf", []byte("\x00\r\n\n\r\xff"))
	f.Add("a  b =?utf-8?Q?x?=", "\xe9\"\\", long+"\n"+long, "a b", []byte(long))
	f.Add("", "", "", "", []byte(nil))
	f.Fuzz(func(t *testing.T, subject, name, text, file string, content []byte) {
		if strings.Contains(text, "--b") || bytes.Contains(content, []byte("--b")) || strings.Contains(subject, "=?") ||
			strings.ContainsAny(name+file, "=?\"\\();,:%*'") || strings.ContainsFunc(subject+name+file, isControl) {
			return
		}
		in := fixed + "From: \"" + name + "\" <a@x.org>\nSubject: " + subject + "\nMIME-Version: 1.0\nX-Broken: \x00\n" +
			"Content-Type: multipart/mixed; boundary=b\n\n--b\n\n" + text +
			"\r\n--b\nContent-Type: application/octet-stream\nContent-Transfer-Encoding: binary\n" +
			"Content-Disposition: attachment; filename=\"" + file + "\"\n\n" + string(content) + "\r\n--b--\n"
		checkProperties(t, []byte(in), Options{})
		checkProperties(t, []byte(in), sevenBit)
		out, _, err := readAll(t, strings.NewReader(in), Options{})
		if err != nil {
			return // a header over 1 MiB
		}
		m, err := mail.ReadMessage(bytes.NewReader(out))
		if err != nil {
			t.Fatal(err)
		}
		words := new(mime.WordDecoder)
		if got, err := words.DecodeHeader(m.Header.Get("Subject")); err != nil || got != trim(inUTF8([]byte(subject))) {
			t.Fatalf("Subject %q is read as %q, %v", subject, got, err)
		}
		list, err := m.Header.AddressList("From")
		if err != nil || strings.TrimSpace(list[0].Name) != strings.TrimSpace(inUTF8([]byte(name))) {
			t.Fatalf("name %q is read as %v, %v", name, list, err)
		}
		parts := multipart.NewReader(m.Body, "b")
		wantPart(t, parts, func(got string, _ string) bool {
			return lf(got) == lf(mixed([]byte(text))) || lf(got) == lf(text)
		})
		wantPart(t, parts, func(got string, name string) bool {
			isSame := got == string(content) || lf(got) == lf(string(content)) && isPlain(content)
			return isSame && trim(name) == trim(inUTF8([]byte(file)))
		})
	})
}

// isPlain reports whether content is lines of text, which may stay as they are.
func isPlain(p []byte) bool { return !bytes.ContainsAny(p, "\x00") }

func isControl(r rune) bool { return r < ' ' || r == 0x7F || r >= 0x80 && r < 0xA0 }

func trim(s string) string { return strings.Trim(s, " ") }

// wantPart asserts that the content and the file name of the next part are right.
func wantPart(t *testing.T, parts *multipart.Reader, isRight func(content, name string) bool) {
	t.Helper()
	p, err := parts.NextRawPart()
	if err != nil {
		t.Fatal(err)
	}
	var r io.Reader = p
	switch p.Header.Get("Content-Transfer-Encoding") {
	case "quoted-printable":
		r = quotedprintable.NewReader(p)
	case "base64":
		r = base64.NewDecoder(base64.StdEncoding, p)
	}
	content, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	_, params, _ := mime.ParseMediaType(p.Header.Get("Content-Disposition"))
	if !isRight(string(content), params["filename"]) {
		t.Fatalf("a part is read as %q with the name %q", content, params["filename"])
	}
}
