package cli

import (
	"io"
	"mime"
	"net/mail"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// A caller is a program that calls sendmail, with what it was seen to write.
type caller struct {
	name  string
	args  string // separated by spaces
	stdin string
	from  string   // of the envelope
	to    []string // of the envelope
	head  map[string]string
	text  string
}

const cronieMail = "From: \"(Cron Daemon)\" <root>\nTo: root\nSubject: Cron <root@web1> job \xc3\xa9\n" +
	"MIME-Version: 1.0\nContent-Type: text/plain; charset=ANSI_X3.4-1968\nContent-Transfer-Encoding: 8bit\n" +
	"Auto-Submitted: auto-generated\nPrecedence: bulk\nX-Cron-Env: <LANG=C>\nX-Cron-Env: <SHELL=/bin/sh>\n\n" +
	"d\xc3\xa9j\xc3\xa0\n"

const fail2banMail = "Subject: [Fail2Ban] ssh: banned 192.0.2.1 from web1\nDate: Mon, 30 Nov 2026 09:00:00 +0000\n" +
	"From: Fail2Ban <fail2ban>\nTo: root\n\nHi,\n\nwhois: Universit\xe4t\n.\nRegards\n"

const phpMail = "To: bob@example.org\nSubject: =?UTF-8?Q?R=C3=A9sum=C3=A9?=\nX-PHP-Originating-Script: 0:x.php\n" +
	"From: www@example.net\n\nl1\n\nl2\n"

var (
	root = []string{"admin@example.org"}
	bob  = []string{"bob@example.org"}
)

// callers are the command lines and the input of programs. @ stands for the address
// of the account.
var callers = []caller{
	{
		"cron of Debian", "-FCronDaemon -i -B8BITMIME -oem root",
		"From: root (Cron Daemon)\nTo: root\nSubject: Cron <root@web1> echo \xc3\xa9\nMIME-Version: 1.0\n" +
			"Content-Type: text/plain; charset=US-ASCII\nContent-Transfer-Encoding: 8bit\nX-Cron-Env: <HOME=/root>\n\n" +
			"10%\r20%\r\n" + strings.Repeat("x", 5000) + "\n\x00\xc3\xa9",
		"@", root,
		map[string]string{
			"From": "root@HOST (Cron Daemon)|@", "To": "root|admin@example.org", "Subject": "Cron <root@web1> echo é",
		},
		"10%\r20%\n" + strings.Repeat("x", 5000) + "\n\x00é",
	},
	{
		"cronie", "-FCronDaemon -i -odi -oem -oi -t -f root", cronieMail, "@", root,
		map[string]string{
			"From": "root@HOST (Cron Daemon)|@", "To": "root|admin@example.org", "Subject": "Cron <root@web1> job é",
			"Auto-Submitted": "auto-generated", "Precedence": "bulk", "X-Cron-Env": "<LANG=C>",
		},
		"déjà\n",
	},
	{
		"busybox", "-ti", "To: root\nSubject: cron: job \xc3\xa9\n\nd\xc3\xa9j\xc3\xa0\n", "@", root,
		map[string]string{"From": "Full Name|@", "To": "root|admin@example.org", "Subject": "cron: job é"}, "déjà\n",
	},
	{
		"systemd-cron", "-i -B 8BITMIME root",
		"Content-Type: text/plain; charset=\"utf-8\"\nMIME-Version: 1.0\nContent-Transfer-Encoding: binary\n" +
			"Date: Mon, 30 Nov 2026 09:00:00 +0000\nFrom: root (systemd-cron)\nTo: root\n" +
			"Subject: [web1] Failure: job \xc3\xa9\n\n" +
			"d\xc3\xa9j\xc3\xa0\n",
		"@", root,
		map[string]string{
			"From": "root@HOST (systemd-cron)|@", "To": "root|admin@example.org", "Subject": "[web1] Failure: job é",
			"Date": "Mon, 30 Nov 2026 09:00:00 +0000",
		},
		"déjà\n",
	},
	{
		"bcron", "-FCronDaemon -i -odi -oem -t", "To: <root>\nFrom: <root>\nSubject: CRON <root> job\n\nx\n", "@", root,
		map[string]string{"From": "root@HOST|@", "To": "root|admin@example.org", "Subject": "CRON <root> job"}, "x\n",
	},
	{
		"mdadm", "-t",
		"From: mdadm monitoring <root>\nTo: root\nSubject: DegradedArray event on /dev/md0:web1\n\nx\n", "@", root,
		map[string]string{
			"From": "root@HOST (mdadm monitoring)|@", "To": "root|admin@example.org",
			"Subject": "DegradedArray event on /dev/md0:web1",
		},
		"x\n",
	},
	{
		"debsecan", "-t", "Subject: Debian security status of web1\nTo: root\n\nSecurity report based on the sid release\n",
		"@", root,
		map[string]string{
			"From": "Full Name|@", "To": "root|admin@example.org", "Subject": "Debian security status of web1",
		},
		"Security report based on the sid release\n",
	},
	{
		"fail2ban", "-f fail2ban root", fail2banMail, "@", root,
		map[string]string{
			"From": "fail2ban@HOST (Fail2Ban)|@", "To": "root|admin@example.org",
			"Subject": "[Fail2Ban] ssh: banned 192.0.2.1 from web1", "Date": "Mon, 30 Nov 2026 09:00:00 +0000",
		},
		"Hi,\n\nwhois: Universität\n.\nRegards\n",
	},
	{
		"Emacs", "-oi -f a@example.net -oem -odb -t -N failure",
		"From: A <a@example.net>\nTo: bob@example.org\nSubject: x\nFcc: \n\nx\n", "a@example.net", bob,
		map[string]string{"From": "A|a@example.net", "To": "|bob@example.org", "Subject": "x"}, "x\n",
	},
	{
		"hg and quilt", "-f a@example.net bob@example.org", plainMail, "a@example.net", bob,
		map[string]string{"From": "|a@example.org", "To": "|bob@example.org", "Message-Id": "<1@example.org>"},
		"text\n",
	},
	{
		"PHP", "-t -i", phpMail, "www@example.net", bob,
		map[string]string{"From": "|www@example.net", "To": "|bob@example.org", "Subject": "Résumé"}, "l1\n\nl2\n",
	},
	{
		"PHPMailer", "-oi -fa@example.net -t", phpMail, "a@example.net", bob,
		map[string]string{"From": "|www@example.net", "To": "|bob@example.org", "Subject": "Résumé"}, "l1\n\nl2\n",
	},
	{
		"PEAR", "-i -fa@example.net -- bob@example.org", phpMail, "a@example.net", bob,
		map[string]string{"From": "|www@example.net", "Subject": "Résumé"}, "l1\n\nl2\n",
	},
	{
		"gitea", "-f a@example.net -i bob@example.org",
		"From: Gitea <a@example.net>\r\nTo: bob@example.org\r\nSubject: x\r\nMIME-Version: 1.0\r\n" +
			"Content-Type: text/plain; charset=UTF-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n" +
			"d=C3=A9j=C3=A0\r\n",
		"a@example.net", bob,
		map[string]string{"From": "Gitea|a@example.net", "Subject": "x"}, "déjà\n",
	},
	{
		"arpwatch", "-odi root",
		"From: arpwatch (Arpwatch web1)\nTo: root\nSubject: new station eth0\n\n  hostname: <unknown>\n", "@", root,
		map[string]string{"From": "arpwatch@HOST (Arpwatch web1)|@", "To": "root|admin@example.org"},
		"  hostname: <unknown>\n",
	},
	{
		"rkhunter", "root", "To: root\nSubject: [rkhunter] Warnings\n\nPlease inspect this machine.\n", "@", root,
		map[string]string{"From": "Full Name|@", "To": "root|admin@example.org"}, "Please inspect this machine.\n",
	},
	{
		"anacron", "-FAnacron root",
		"From: Anacron <root>\nTo: root\nContent-Type: text/plain; charset=\"UTF-8\"\nSubject: Anacron job\n\n" +
			"d\xc3\xa9j\xc3\xa0\n",
		"@", root,
		map[string]string{"From": "root@HOST (Anacron)|@", "Mime-Version": "1.0"}, "déjà\n",
	},
	{
		"a script without a header", "root", "disk full on /\n\nsee df\n", "@", root,
		map[string]string{"From": "Full Name|@"}, "disk full on /\n\nsee df\n",
	},
}

func TestCallers(t *testing.T) {
	for _, c := range callers {
		t.Run(c.name, func(t *testing.T) { testDropIn(t, "/usr/sbin/sendmail", c, "") })
	}
}

const accountFrom = "host@example.org"

// arguments returns the arguments of the caller. A ~ is a space within one of them, and
// a ^ is a line ending.
func (c caller) arguments() []string {
	args := strings.Fields(c.args)
	for i := range args {
		args[i] = strings.NewReplacer("~", " ", "^", "\n").Replace(args[i])
	}
	return args
}

// testDropIn runs a program as a caller does, and checks the mail that arrives. notes is
// what the program prints on standard error.
func testDropIn(t *testing.T, program string, c caller, notes string) {
	dir := t.TempDir()
	box := filepath.Join(dir, "box")
	aliases := filepath.Join(dir, "aliases")
	if err := os.WriteFile(aliases, []byte("root: admin@example.org\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	configure(t, dir, "[accounts.x]\nserver = \"smtp://"+startSink(t, box)+"\"\nfrom = \""+accountFrom+"\"\n"+
		"[sendmail]\nlog = \"none\"\naliases = \""+aliases+"\"\n")
	r := dropInRun{dir: dir, stdin: c.stdin, env: []string{"NAME=Full Name"}}
	code, stdout, stderr := r.run(t, append([]string{program}, c.arguments()...)...)
	if code != 0 || stdout != "" || stderr != notes {
		t.Fatalf("exit status %d, %s%s", code, stdout, stderr)
	}
	raw := onlyMail(t, box)
	e := readMail(t, raw)
	place := func(s string) string {
		s = strings.ReplaceAll(s, "|@", "|"+accountFrom)
		host, _ := os.Hostname()
		return strings.ReplaceAll(s, "HOST", strings.ToLower(host))
	}
	if from := strings.Trim(e.GetHeader("Return-Path"), "<>"); from != strings.TrimPrefix(place("|"+c.from), "|") {
		t.Errorf("envelope sender %s", from)
	}
	if to := e.Root.Header.Values("Delivered-To"); !slices.Equal(to, c.to) {
		t.Errorf("recipients %s", to)
	}
	for name, want := range c.head {
		if got := decoded(t, raw, name); got != place(want) {
			t.Errorf("%s: got %s, want %s", name, got, place(want))
		}
	}
	text := strings.ReplaceAll(e.Text, "\r\n", "\n")
	if strings.TrimSuffix(text, "\n") != strings.TrimSuffix(c.text, "\n") {
		t.Errorf("text %.200q, want %.200q\n%.2000s", text, c.text, raw)
	}
}

// decoded returns a field; of an address field, the name and the address.
func decoded(t *testing.T, text, name string) string {
	t.Helper()
	m, err := mail.ReadMessage(strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	io.Copy(io.Discard, m.Body)
	if name == "From" || name == "To" || name == "Cc" || name == "Reply-To" {
		list, err := m.Header.AddressList(name)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		var all []string
		for _, a := range list {
			all = append(all, a.Name+"|"+a.Address)
		}
		return strings.Join(all, ", ")
	}
	value, err := new(mime.WordDecoder).DecodeHeader(m.Header.Get(name))
	if err != nil {
		t.Fatal(err)
	}
	return value
}
