package cli

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// mailxFlags are flags, and what is in the mail that arrives. Each word of args is an
// argument; ~ is a space within one, and ^ a line ending. Names of fields are those of the
// header; see mailxField for the others.
var mailxFlags = []struct {
	args string
	want string // name=value, separated by ;
}{
	{"--subject x", "Subject=x"},
	{"--subject=x=y", "Subject=x=y"},
	{"-s Résumé~é", "Subject=Résumé é"},
	{"-s D\xe9j\xe0", "Subject=Déjà"}, // Latin-1
	{"-s a -s b", "Subject=b"},
	{"-a Subject:~a -s b", "Subject=b"},
	{"-s b -a Subject:~a", "Subject=a"},
	{"-s a^b", "Subject=a;text=é;notes=the subject has several lines: only the first one is used"},
	{"-s a^Content-Type:~text/html^Bcc:~eve@example.org", "Subject=a;html=é;Delivered-To=bob@example.org;" +
		"notes=the subject has several lines: only the first one is used"},
	{"-s a^Content-Type:~image/png", "Subject=a;text=é;files=;" +
		"notes=the subject has several lines: only the first one is used"},
	{"--return-address Al~<a@example.net>", "From=Al|a@example.net;Return-Path=a@example.net"},

	// -a
	{"-a data.txt", "files=data.txt text/plain data"},
	{"-a data.txt -a page.html", "files=data.txt text/plain data, page.html text/html <p>hé</p>"},
	{"-a X-odd:~name", "files=X-odd: name application/octet-stream odd;X-Odd="},
	{"-a X-H:~v", "X-H=v;files="},
	{"-a X-H:v", "X-H=v"},
	{"-a X-H:~é", "X-H=é"},
	{"-a X-H:", "X-H="},
	{"--append Precedence:~bulk", "Precedence=bulk"},
	{"-a From:~Al~<a@example.net>", "From=Al|a@example.net;Return-Path=a@example.net"},
	{"-a From:a@example.net", "From=|a@example.net"},
	{"-a From:~a@example.net -r b@example.net", "From=|b@example.net;Return-Path=b@example.net"},
	{"-r b@example.net -a FROM:a@example.net", "From=|a@example.net;Return-Path=a@example.net"},
	{"-a from:~www", "From=www@HOST|host@example.org;Return-Path=host@example.org"},
	{"-a Reply-To:~eve@example.org,~carol@example.org", "Reply-To=|eve@example.org, |carol@example.org"},
	{"-a Cc:~root", "Cc=root|admin@example.org;Delivered-To=bob@example.org admin@example.org"},
	{"-c ~ -b ~ -a Cc: -a Bcc: -a Reply-To:~ -S replyto=", "Cc=;Reply-To=;Delivered-To=bob@example.org"},
	{"-a Bcc:~eve@example.org", "Bcc=;Delivered-To=bob@example.org eve@example.org"},
	{"-a To:~eve@example.org", "To=|eve@example.org, |bob@example.org;Delivered-To=eve@example.org bob@example.org"},
	{"-a Subject:~x", "Subject=x"},
	{"-a Date:~Mon,~30~Nov~2026~09:00:00~+0100", "Date=Mon, 30 Nov 2026 09:00:00 +0100"},
	{"-a Message-ID:~<1@example.org>", "Message-Id=<1@example.org>"},
	{"-a In-Reply-To:~<1@example.org>", "In-Reply-To=<1@example.org>"},
	{"-a References:~<1@example.org>~<2@example.org>", "References=<1@example.org> <2@example.org>"},
	{"-a MIME-Version:~1.0 -a Content-type:~text/plain;~charset=UTF-8 -a Content-transfer-encoding:~8bit",
		"text=é;Mime-Version=1.0;Content-Type=text/plain"},
	{"-a Content-Transfer-Encoding:~base64 -a mime-version:~2.0", "text=é;Mime-Version=1.0"},
	{"-a Content-Disposition:~inline", "Content-Disposition="},
	{"-a Content-Type:~text/html;~charset=iso-8859-1", "html=Ã©"},
	{"-a Content-Type:text/html", "html=é;Mime-Version=1.0"},

	// -A
	{"-A data.txt", "files=data.txt text/plain data"},
	{"-A other", "From=root|other@example.org"},
	{"-A other -A x", "From=root|host@example.org"},
	{"-A data.txt -A other", "files=data.txt text/plain data;From=root|other@example.org"},

	// -E and -M
	{"-E", "text=é"},
	{"-E set~escape", "text=é;Delivered-To=bob@example.org"},
	{"-M text/html", "html=é"},
	{"-M TEXT/HTML -E", "html=é"},
	{"-M text/html -M text/plain", "text=é;html="},
	{"-Mtext/csv", "Content-Type=text/csv"},
	{"-M", "text=é"},
	{"-Ms x", "text=é;Subject=x"},
	{"-M application/pdf", "files=stdin application/pdf é;text="},

	// -q and -m
	{"-q data.txt", "text=data;files="},
	{"-m data.txt", "text=data"},
	{"-q page.html -m data.txt", "text=data"},
	{"-m page.html -M text/html", "html=<p>hé</p>"},

	// -S, -C and -T
	{"-S from=Al~<a@example.net>", "From=Al|a@example.net;Return-Path=a@example.net"},
	{"-S replyto=eve@example.org", "Reply-To=|eve@example.org"},
	{"-S reply-to=eve@example.org", "Reply-To=|eve@example.org"},
	{"-S ttycharset=utf-8", "text=é"},
	{"-S ttycharset=iso-8859-1", "text=Ã©"},
	{"-S ttycharset=ANSI_X3.4-1968", "text=é"},
	{"-S ttycharset=unknown", "text=é;notes=unknown charset unknown: ignored"},
	{"-S smtp-auth=None", "text=é"},
	{"-S from=a@example.net -r Bé~<b@example.net>", "From=Bé|b@example.net;Return-Path=b@example.net"},
	{"-S FROM=a@example.net", "From=root|host@example.org;notes=-S FROM: ignored"},
	{"-S sendwait", "notes=-S sendwait: ignored"},
	{"-S v15-compat=yes", "notes=-S v15-compat: ignored"},
	{"-C X-H:~v -T x-own:~é", "X-H=v;X-Own=é"},
	{"-T Cc:~root", "Cc=root|admin@example.org"},

	// GNU's names
	{"--attach data.txt --attach=page.html", "files=data.txt text/plain data, page.html text/html <p>hé</p>"},
	{"--content-type text/csv --attach data.txt", "files=data.txt text/csv data"},
	{"--content-type text/html --attach data.txt", "files=data.txt text/html data;text=é;html="},
	{"--content-type text/html", "html=é"},
	{"--content-name a.csv --attach data.txt -A page.html",
		"files=a.csv text/csv data, page.html text/html <p>hé</p>"},
	{"--content-filename a/b.csv --attach data.txt", "files=a_b.csv text/csv data"},
	{"--encoding QUOTED-PRINTABLE --attach data.txt", "files=data.txt text/plain data;qp=11"},
	{"--content-filename in --attach-fd 0", "files=in text/plain é;text="},
	{"--attach -", "files=stdin text/plain é"},
}

// TestMailxFlags runs mail with each of the flags. The text is é.
func TestMailxFlags(t *testing.T) {
	for _, c := range mailxFlags {
		t.Run(c.args, func(t *testing.T) {
			h := newMailxHost(t)
			args := append([]string{"mail"}, caller{args: c.args}.arguments()...)
			r := dropInRun{dir: h.dir, stdin: "é\n", env: []string{"NAME=root"}}
			code, stdout, stderr := r.run(t, append(args, "bob@example.org")...)
			if code != 0 || stdout != "" {
				t.Errorf("exit status %d, %s", code, stdout)
			}
			checkMailx(t, h.box, stderr, c.want)
		})
	}
}

// newMailxHost returns a host with two accounts, an alias, and files to attach. The
// users are those of example.com.
func newMailxHost(t *testing.T) host {
	t.Helper()
	h := newHost(t, "")
	server := "server = \"smtp://" + startSink(t, h.box) + "\"\n"
	configure(t, h.dir, "default = \"x\"\n[accounts.x]\n"+server+"from = \""+accountFrom+"\"\n"+
		"[accounts.other]\n"+server+"from = \"other@example.org\"\n"+
		"[sendmail]\nlog = \"none\"\naliases = \""+h.dir+"/aliases\"\ndomain = \"example.com\"\n")
	for name, text := range map[string]string{
		"aliases": "root: admin@example.org\n", "data.txt": "data\n", "page.html": "<p>hé</p>\n",
		"X-odd: name": "odd\x00\xff\n",
	} {
		if err := os.WriteFile(filepath.Join(h.dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return h
}

// checkMailx compares the only mail in a directory with what is expected, which is
// written as in mailxFlags.
func checkMailx(t *testing.T, box, stderr, expected string) {
	t.Helper()
	mails := received(t, box)
	if len(mails) != 1 {
		t.Fatalf("%d mails, %s", len(mails), stderr)
	}
	want := header(strings.Split(expected, ";")...)
	if _, notes := want["notes"]; !notes && stderr != "" {
		t.Error(stderr)
	}
	for _, name := range []string{"Mime-Version", "Content-Type", "Content-Transfer-Encoding", "Subject", "From"} {
		head, _, _ := strings.Cut("\n"+mails[0], "\n\n")
		if n := strings.Count(strings.ToLower(head), "\n"+strings.ToLower(name)+":"); n > 1 {
			t.Errorf("%d fields %s\n%s", n, name, head)
		}
	}
	for name, value := range want {
		host, _ := os.Hostname()
		value = strings.ReplaceAll(value, "HOST", strings.ToLower(host))
		if got := mailxField(t, mails[0], stderr, name); got != value {
			t.Errorf("%s: got %q, want %q\n%s", name, got, value, mails[0])
		}
	}
}

// mailxField returns a field of the header, or what these words stand for: the text, the
// HTML, the files with their types and contents, a 1 for each part that is
// quoted-printable, and the notes on standard error.
func mailxField(t *testing.T, text, stderr, name string) string {
	t.Helper()
	e := readMail(t, text)
	var files []string
	for _, a := range e.Attachments {
		content := strings.TrimRight(strings.ToValidUTF8(string(a.Content), ""), "\x00\n")
		files = append(files, a.FileName+" "+a.ContentType+" "+content)
	}
	switch name {
	case "text":
		return strings.TrimSpace(e.Text)
	case "html":
		return strings.TrimSpace(e.HTML)
	case "files":
		return strings.Join(files, ", ")
	case "qp":
		return strings.Repeat("1", strings.Count(text, "Content-Transfer-Encoding: quoted-printable"))
	case "Content-Type":
		return e.Root.ContentType
	case "notes":
		return strings.TrimSpace(strings.TrimPrefix(stderr, "mail: "))
	case "Return-Path":
		return strings.Trim(e.GetHeader(name), "<>")
	case "Delivered-To":
		return strings.Join(e.Root.Header.Values(name), " ")
	case "Reply-To", "Cc":
		if e.GetHeader(name) == "" {
			return ""
		}
	}
	return decoded(t, text, name)
}
