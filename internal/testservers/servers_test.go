//go:build linux

package testservers

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
)

// openServers are the servers that accept mail without a login.
var openServers = []struct {
	name  string
	start func(testing.TB) *server
	url   func(*server) string
}{
	{"Postfix", startPostfix, func(s *server) string { return "smtp://" + s.open }},
	{"Exim", startExim, func(s *server) string { return "smtp://" + s.open }},
	{"OpenSMTPD", startOpenSMTPD, func(s *server) string { return "smtp://" + s.open }},
	{"Dovecot LMTP", startLMTP, func(s *server) string { return "lmtp://" + s.lmtp }},
	{"Dovecot LMTP, Unix socket", startLMTP, func(s *server) string { return "lmtp+unix:" + s.socket }},
}

// startLMTP starts a Dovecot whose relay does not exist.
func startLMTP(t testing.TB) *server { return startDovecot(t, "127.0.0.1:9") }

// smtpServers are the servers of openServers that speak SMTP.
const smtpServers = "Postfix Exim OpenSMTPD"

// A delivery is a mail to deliver and the expected result. It must arrive octet
// by octet as it was sent.
type delivery struct {
	name    string
	servers string // the first words of their names; empty means all
	mail    func(w workspace) string
	piped   bool // standard input is a pipe, so that the size is not known
	args    []string
	code    int
	to      []string // who gets the mail, sorted
	words   []string // on standard error
}

const header = `From: alice@example.net
To: bob@example.org
Subject: table
Date: Mon, 02 Jan 2006 15:04:05 +0000
Message-ID: <table@example.net>
`

const eightBit = "MIME-Version: 1.0\nContent-Transfer-Encoding: 8bit\n"

var small = literal(header + "\nx\n")

var deliveries = []delivery{
	{name: "plain", args: []string{bob}, to: []string{bob},
		mail: composedMail("-s plain --body 'Good morning' photo.jpg vide.txt")},
	{name: "CRLF", args: []string{bob}, to: []string{bob},
		mail: composedMail("-s CRLF --crlf --body 'Good morning' photo.jpg vide.txt")},
	{name: "8-bit", args: []string{bob}, to: []string{bob},
		mail: literal(header + "Content-Type: text/plain; charset=utf-8\n" + eightBit + "\nDéjà vu, ½ €\n")},
	{name: "Latin-1 and an incomplete last line", args: []string{bob}, to: []string{bob},
		mail: literal(header + "Content-Type: text/plain; charset=iso-8859-1\n" + eightBit + "\nD\xe9j\xe0 vu")},
	{name: "UTF-8 address", servers: "Postfix Exim", args: []string{"zoë@example.org"}, to: []string{"zoë@example.org"},
		mail: composedMail("-t 'Zoë <zoë@example.org>' -s été --body x")},
	{name: "UTF-8 address without SMTPUTF8", servers: "OpenSMTPD Dovecot", args: []string{"zoë@example.org"}, code: 65,
		words: []string{"SMTPUTF8", "zoë@example.org"}, mail: small},
	{name: "dots", args: []string{bob}, to: []string{bob}, mail: literal(header +
		"\n.\n..\n...\n. \n.x\nx.\n\n.\n\r\n.\r\n.." + strings.Repeat("\n.", 5000) + "\nFrom the end\n.\n")},
	{name: "lines of 998 octets", args: []string{bob}, to: []string{bob},
		mail: literal(header + "\n." + strings.Repeat("x", 997) + "\n" + strings.Repeat("y", 998) + "\n")},
	{name: "20 MB", args: []string{bob}, to: []string{bob}, mail: func(w workspace) string {
		w.write("large.bin", string(random(20<<20, 3)))
		return composedMail("-s large --body x large.bin")(w)
	}},
	{name: "1,000 recipients", args: addresses(numbered(1000)), to: sorted(addresses(numbered(1000))), mail: small},
	{name: "Bcc", to: []string{bob, carol},
		mail: literal("Bcc: carol@example.org,\n =?utf-8?q?B=C3=B6b?=\n <bob@example.org>\n" + header + "\nsecret\n")},
	{name: "some refused", servers: smtpServers, args: []string{unknownUser, carol, busyUser, bob}, code: 69,
		to: []string{bob, carol}, mail: small,
		words: []string{unknownUser, "550", "no such user", busyUser, "45", "come back later"}},
	{name: "some refused, --partial refuse", servers: smtpServers, code: 69, mail: small,
		args:  []string{"--partial", "refuse", carol, unknownUser, bob},
		words: []string{unknownUser, "550", "no such user"}},
	{name: "all refused", servers: smtpServers, args: []string{unknownUser}, code: 67, mail: small,
		words: []string{unknownUser, "550", "no such user"}},
	{name: "4xx to RCPT", servers: smtpServers, args: []string{busyUser}, code: 75, mail: small,
		words: []string{busyUser, "45", "come back later"}},
	{name: "sender refused at MAIL", servers: "Exim OpenSMTPD", args: []string{"-f", badSender, bob}, code: 69,
		mail: small, words: []string{"550", "not from you"}},
	{name: "sender refused at RCPT", servers: "Postfix", args: []string{"-f", badSender, bob}, code: 67, mail: small,
		words: []string{"550", "not from you"}},
	{name: "too large, size known", servers: smtpServers, args: []string{bob}, code: 65, mail: tooLarge,
		words: []string{"message too large", "41943040"}},
	{name: "too large, size not known", servers: smtpServers, args: []string{bob}, code: 65, mail: tooLarge, piped: true,
		words: []string{"message too large"}},
	{name: "refused after the dot", servers: smtpServers, args: []string{"-f", lateSender, bob}, code: 69,
		words: []string{"550", "not a mail for us"},
		mail:  literal(strings.Replace(header, "alice@example.net", lateSender, 1) + "\nx\n")},
	{name: "one recipient refused after the dot", servers: "Dovecot", args: []string{bob, fullUser, carol}, code: 69,
		to: []string{bob, carol}, words: []string{fullUser, "552 5.2.2", "Quota exceeded"}, mail: small},
	{name: "unknown mailbox", servers: "Dovecot", args: []string{"nobody@example.org", bob}, code: 69, to: []string{bob},
		words: []string{"nobody@example.org", "550 5.1.1"}, mail: small},
	{name: "--chunking", args: []string{"--chunking", bob}, to: []string{bob},
		mail: composedMail("-s x --body . data.bin")},
	{name: "--hold", args: []string{"--hold", bob}, to: []string{bob}, mail: composedMail("-s x --body . data.bin")},
	{name: "cut off", args: []string{bob}, code: 65, words: []string{"cut off"}, mail: func(w workspace) string {
		return strings.TrimSuffix(composedMail("-s x --body x data.bin")(w), "--\n")
	}},
}

func literal(mail string) func(workspace) string { return func(workspace) string { return mail } }

// composedMail returns a function that composes a mail to bob.
func composedMail(args string) func(workspace) string {
	return func(w workspace) string { return w.composed("-f alice@example.net -t " + bob + " " + args) }
}

// tooLarge returns a mail that is larger than maxSize.
func tooLarge(workspace) string {
	return header + "\n" + strings.Repeat(strings.Repeat("x", 71)+"\n", maxSize/72)
}

func addresses(names []string) []string {
	all := make([]string, len(names))
	for i, name := range names {
		all[i] = name + "@" + domain
	}
	return all
}

func sorted(names []string) []string {
	slices.Sort(names)
	return names
}

// TestServers delivers the mails of the table to each server.
func TestServers(t *testing.T) {
	t.Parallel()
	for _, s := range openServers {
		t.Run(s.name, func(t *testing.T) {
			t.Parallel()
			server := s.start(t)
			for _, d := range deliveries {
				if d.servers == "" || strings.Contains(d.servers, strings.Fields(s.name)[0]) {
					t.Run(d.name, func(t *testing.T) { d.check(t, server, s.url(server)) })
				}
			}
		})
	}
}

func (d delivery) check(t *testing.T, server *server, url string) {
	w := newWorkspace(t)
	w.makeFiles()
	mail := d.mail(w)
	cmd := w.command(w.program(), append([]string{"deliver", "-S", url}, d.args...)...)
	if d.piped {
		cmd.Stdin = strings.NewReader(mail)
	} else {
		file, err := os.Open(w.write("mail", mail))
		if err != nil {
			t.Fatal(err)
		}
		defer file.Close()
		cmd.Stdin = file
	}
	r := run(t, cmd)
	r.want(t, d.code, d.words...)
	if r.out != "" {
		t.Errorf("standard output: %q", r.out)
	}
	arrived := server.wait(t, len(d.to))
	if len(arrived) != len(d.to) {
		t.Fatalf("%d mails arrived, want %d", len(arrived), len(d.to))
	}
	for i, m := range arrived {
		if m.to != d.to[i] {
			t.Errorf("mail %d is for %s, want %s", i, m.to, d.to[i])
		}
		checkMail(t, m.data, mail)
	}
}

// checkMail fails the test unless a stored mail is the one that was sent: with LF
// line endings, the last line complete, and without Bcc.
func checkMail(t *testing.T, got, sent string) {
	t.Helper()
	sent = strings.ReplaceAll(sent, "\r\n", "\n")
	if !strings.HasSuffix(sent, "\n") {
		sent += "\n"
	}
	var want strings.Builder
	rest := []byte(sent)
	for len(rest) > 0 && rest[0] != '\n' {
		var field []byte
		field, rest = firstField(rest)
		if !strings.HasPrefix(string(field), "Bcc:") {
			want.Write(field)
		}
	}
	want.Write(rest)
	if got != want.String() {
		t.Fatal("other octets arrived: " + difference(got, want.String()))
	}
}

// difference shows where two texts begin to differ.
func difference(got, want string) string {
	i := 0
	for i < len(got) && i < len(want) && got[i] == want[i] {
		i++
	}
	return fmt.Sprintf("%d octets, want %d; at %d %.60q, want %.60q", len(got), len(want), i, got[i:], want[i:])
}

// The server logs the parameters of RFC 3461, and reports the delivery to the
// sender.
func TestDSN(t *testing.T) {
	t.Parallel()
	for _, s := range openServers[:3] {
		t.Run(s.name, func(t *testing.T) {
			t.Parallel()
			server := s.start(t)
			w := newWorkspace(t)
			w.mailpipe(strings.NewReader(small(w)), "deliver", "-S", s.url(server), "-f", "alice@example.org",
				"--notify", "success,failure", "--ret", "hdrs", "--envid", "QQ314159", bob).want(t, 0)
			mails := server.wait(t, 2)
			if mails[0].to != "alice@example.org" || mails[1].to != bob {
				t.Fatalf("mails for %s and %s", mails[0].to, mails[1].to)
			}
			if !strings.Contains(mails[0].data, "message/delivery-status") {
				t.Errorf("no delivery status:\n%s", mails[0].data)
			}
			log := strings.ToUpper(server.log())
			for _, word := range []string{"NOTIFY=SUCCESS,FAILURE", "RET=HDRS", "ENVID=QQ314159"} {
				if !strings.Contains(log, word) {
					t.Errorf("the log lacks %s", word)
				}
			}
		})
	}
}
