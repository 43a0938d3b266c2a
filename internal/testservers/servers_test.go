//go:build linux

package testservers

import (
	"bytes"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
)

// kinds are the servers that mail is sent to without a login.
var kinds = []struct {
	name  string
	start func(testing.TB) *Server
	url   func(*Server) string
}{
	{"Postfix", StartPostfix, func(s *Server) string { return "smtp://" + s.Open }},
	{"Exim", StartExim, func(s *Server) string { return "smtp://" + s.Open }},
	{"OpenSMTPD", StartOpenSMTPD, func(s *Server) string { return "smtp://" + s.Open }},
	{"Dovecot LMTP", func(t testing.TB) *Server { return StartDovecot(t, "127.0.0.1:9") },
		func(s *Server) string { return "lmtp://" + s.LMTP }},
	{"Dovecot LMTP, Unix socket", func(t testing.TB) *Server { return StartDovecot(t, "127.0.0.1:9") },
		func(s *Server) string { return "lmtp+unix:" + s.Socket }},
}

// delivery is a row of the table: what is sent, what the exit status is and
// who has the mail in the end, byte by byte as it was sent.
type delivery struct {
	name  string
	only  string // servers that the row is for, by the beginning of a name; empty: all
	mail  func(d desk) string
	args  []string
	code  int
	boxes []string // in the order of the alphabet
	words []string
}

const (
	bob   = "bob@" + Domain
	carol = "carol@" + Domain
)

var deliveries = []delivery{
	{name: "plain", args: []string{bob}, boxes: []string{bob}, mail: func(d desk) string {
		return d.composed("-f alice@example.net -t " + bob + " -s plain --body 'Good morning' photo.jpg vide.txt")
	}},
	{name: "CRLF", args: []string{bob}, boxes: []string{bob}, mail: func(d desk) string {
		return d.composed("-f alice@example.net -t " + bob + " -s CRLF --crlf --body 'Good morning' photo.jpg vide.txt")
	}},
	{name: "8-bit", args: []string{bob}, boxes: []string{bob}, mail: fixed(header +
		"MIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\nDéjà vu, ½ €\n")},
	{name: "Latin-1 and no last line end", args: []string{bob}, boxes: []string{bob}, mail: fixed(header +
		"MIME-Version: 1.0\nContent-Type: text/plain; charset=iso-8859-1\nContent-Transfer-Encoding: 8bit\n\nD\xe9j\xe0 vu")},
	{name: "UTF-8 address", only: "Postfix Exim", args: []string{"zoë@example.org"}, boxes: []string{"zoë@example.org"}, mail: func(d desk) string {
		return d.composed("-f alice@example.net -t 'Zoë <zoë@example.org>' -s été --body x")
	}},
	{name: "UTF-8 address where it is not offered", only: "OpenSMTPD Dovecot", args: []string{"zoë@example.org"}, code: 65,
		words: []string{"SMTPUTF8", "zoë@example.org"}, mail: fixed(header + "\nx\n")},
	{name: "dots", args: []string{bob}, boxes: []string{bob}, mail: fixed(header +
		"\n.\n..\n...\n. \n.x\nx.\n\n.\n\r\n.\r\n.." + strings.Repeat("\n.", 5000) + "\nFrom the end\n.\n")},
	{name: "a line of 998", args: []string{bob}, boxes: []string{bob}, mail: fixed(header + "\n." + strings.Repeat("x", 997) + "\n" + strings.Repeat("y", 998) + "\n")},
	{name: "20 MB", args: []string{bob}, boxes: []string{bob}, mail: func(d desk) string {
		d.write("large.bin", string(random(20<<20, 3)))
		return d.composed("-f alice@example.net -t " + bob + " -s large --body x large.bin")
	}},
	{name: "1,000 recipients", args: at(numbered(1000)), boxes: sorted(at(numbered(1000))), mail: fixed(header + "\nto all\n")},
	{name: "Bcc", boxes: []string{bob, carol}, mail: fixed("Bcc: carol@example.org,\n =?utf-8?q?B=C3=B6b?=\n <bob@example.org>\n" + header + "\nsecret\n")},
	{name: "some refused", args: []string{Gone, carol, Busy, bob}, code: 69, boxes: []string{bob, carol},
		words: []string{Gone, "550", "no such user", Busy, "45", "come back later"}, only: smtpOnly, mail: fixed(header + "\nx\n")},
	{name: "some refused, refuse all", args: []string{"--partial", "refuse", carol, Gone, bob}, code: 69,
		words: []string{Gone, "550", "no such user"}, only: smtpOnly, mail: fixed(header + "\nx\n")},
	{name: "all refused", args: []string{Gone}, code: 67, words: []string{Gone, "550", "no such user"}, only: smtpOnly, mail: fixed(header + "\nx\n")},
	{name: "4xx at RCPT", args: []string{Busy}, code: 75, words: []string{Busy, "45", "come back later"}, only: smtpOnly, mail: fixed(header + "\nx\n")},
	{name: "sender refused at MAIL", args: []string{"-f", BadSender, bob}, code: 69, words: []string{"550", "not from you"}, only: "Exim OpenSMTPD", mail: fixed(header + "\nx\n")},
	{name: "sender refused at RCPT", args: []string{"-f", BadSender, bob}, code: 67, words: []string{"550", "not from you"}, only: "Postfix", mail: fixed(header + "\nx\n")},
	{name: "over-size, known", args: []string{bob}, code: 65, words: []string{"41943040"}, only: smtpOnly, mail: large},
	{name: "over-size, streamed", args: []string{bob}, code: 65, only: smtpOnly, mail: func(d desk) string {
		large(d)
		return "" // standard input is a pipe then, and its size not known
	}},
	{name: "refused after the dot", args: []string{"-f", LateSender, bob}, code: 69, words: []string{"550", "not a mail for us"},
		only: smtpOnly, mail: fixed("From: " + LateSender + "\n" + strings.TrimPrefix(header, "From: alice@example.net\n") + "\nx\n")},
	{name: "one recipient fails after the dot", args: []string{bob, Full, carol}, code: 69, boxes: []string{bob, carol},
		words: []string{Full, "552 5.2.2", "Quota exceeded"}, only: "Dovecot", mail: fixed(header + "\nx\n")},
	{name: "nobody's box", args: []string{"nobody@example.org", bob}, code: 69, boxes: []string{bob},
		words: []string{"nobody@example.org", "550 5.1.1"}, only: "Dovecot", mail: fixed(header + "\nx\n")},
	{name: "chunking", args: []string{"--chunking", bob}, boxes: []string{bob}, mail: func(d desk) string {
		d.write("some.bin", string(random(3<<20, 4)))
		return d.composed("-f alice@example.net -t " + bob + " -s chunks --body '.' some.bin")
	}},
	{name: "held", args: []string{"--hold", bob}, boxes: []string{bob}, mail: func(d desk) string {
		d.write("some.bin", string(random(3<<20, 4)))
		return d.composed("-f alice@example.net -t " + bob + " -s held --body '.' some.bin")
	}},
	{name: "cut off", args: []string{bob}, code: 65, words: []string{"cut off"}, mail: func(d desk) string {
		return strings.TrimSuffix(d.composed("-f a@example.net -t "+bob+" -s x --body x data.bin"), "--\n")
	}},
}

const (
	header   = "From: alice@example.net\nTo: bob@example.org\nSubject: table\nDate: Mon, 02 Jan 2006 15:04:05 +0000\nMessage-ID: <table@example.net>\n"
	smtpOnly = "Postfix Exim OpenSMTPD"
)

func fixed(mail string) func(desk) string { return func(desk) string { return mail } }

func at(names []string) []string {
	all := make([]string, len(names))
	for i, name := range names {
		all[i] = name + "@" + Domain
	}
	return all
}

// composed returns what compose writes.
func (d desk) composed(args string) string {
	d.t.Helper()
	r := d.sh("mailpipe compose " + args)
	r.want(d.t, 0)
	return r.out
}

// large is a mail that is over the size that the servers take.
func large(desk) string {
	return header + "\n" + strings.Repeat(strings.Repeat("x", 71)+"\n", SizeMax/72)
}

// TestServers sends the mails of the table to every server.
func TestServers(t *testing.T) {
	for _, kind := range kinds {
		t.Run(kind.name, func(t *testing.T) {
			server := kind.start(t)
			for _, row := range deliveries {
				if row.only != "" && !strings.Contains(row.only, strings.Fields(kind.name)[0]) {
					continue
				}
				t.Run(row.name, func(t *testing.T) { row.check(t, server, kind.url(server)) })
			}
		})
	}
}

func (row delivery) check(t *testing.T, server *Server, url string) {
	d := newDesk(t)
	d.files()
	mail := row.mail(d)
	args := append([]string{"deliver", "-S", url}, row.args...)
	var r result
	if mail != "" {
		// A file for standard input: SIZE is known.
		file, err := os.Open(d.write("mail", mail))
		if err != nil {
			t.Fatal(err)
		}
		defer file.Close()
		cmd := d.command(d.program(), args...)
		cmd.Stdin = file
		r = run(t, cmd)
	} else {
		mail = large(d)
		r = d.mailpipe(strings.NewReader(mail), args...)
	}
	r.want(t, row.code, row.words...)
	if r.out != "" {
		t.Errorf("standard output: %q", r.out)
	}
	server.Box.t = t
	arrived := server.Wait(len(row.boxes))
	if len(arrived) != len(row.boxes) {
		t.Fatalf("%d mails arrived, want %d", len(arrived), len(row.boxes))
	}
	want := expected(mail)
	for i, m := range arrived {
		if m.To != row.boxes[i] {
			t.Errorf("mail %d is for %s, want %s", i, m.To, row.boxes[i])
		}
		if !bytes.Equal(m.Data, want) {
			t.Fatalf("%s got other octets: %s", m.To, difference(m.Data, want))
		}
	}
}

// expected is a mail as it lies in a box: LF line ends, no Bcc, a last line end.
func expected(mail string) []byte {
	mail = strings.ReplaceAll(mail, "\r\n", "\n")
	if !strings.HasSuffix(mail, "\n") {
		mail += "\n"
	}
	var kept []byte
	rest := []byte(mail)
	for len(rest) > 0 && rest[0] != '\n' {
		var field []byte
		field, rest = firstField(rest)
		if !bytes.HasPrefix(field, []byte("Bcc:")) {
			kept = append(kept, field...)
		}
	}
	return append(kept, rest...)
}

// difference shows where two texts part.
func difference(got, want []byte) string {
	i := 0
	for i < len(got) && i < len(want) && got[i] == want[i] {
		i++
	}
	return fmt.Sprintf("%d octets, want %d; at %d %.60q, want %.60q", len(got), len(want), i, got[i:], want[i:])
}

// TestDSN wants the parameters of RFC 3461 in the server's log, and its
// notice of the delivery in the sender's box.
func TestDSN(t *testing.T) {
	for _, kind := range kinds[:3] {
		t.Run(kind.name, func(t *testing.T) {
			server := kind.start(t)
			d := newDesk(t)
			r := d.mailpipe(strings.NewReader(header+"\nx\n"), "deliver", "-S", kind.url(server), "-f", "alice@example.org",
				"--notify", "success,failure", "--ret", "hdrs", "--envid", "QQ314159", bob)
			r.want(t, 0)
			mails := server.Wait(2)
			if mails[0].To != "alice@example.org" || mails[1].To != bob {
				t.Fatalf("mails for %s and %s", mails[0].To, mails[1].To)
			}
			if !bytes.Contains(mails[0].Data, []byte("message/delivery-status")) {
				t.Errorf("no delivery status:\n%s", mails[0].Data)
			}
			log := strings.ToUpper(server.Log())
			for _, word := range []string{"NOTIFY=SUCCESS,FAILURE", "RET=HDRS", "ENVID=QQ314159"} {
				if !strings.Contains(log, word) {
					t.Errorf("the log has no %s", word)
				}
			}
		})
	}
}

func sorted(names []string) []string {
	slices.Sort(names)
	return names
}
