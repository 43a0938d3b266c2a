package cli

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"mailpipe/internal/address"
	"mailpipe/internal/alias"
)

// What becomes of the header and of the envelope. @ stands for the account's address,
// HOST for the name of the host.
func TestRewrite(t *testing.T) {
	const (
		rest   = "Date: Mon, 30 Nov 2026 09:00:00 +0000\nMessage-ID: <1@example.org>\nSubject: x\n\ntext\n"
		from   = "from = \"" + accountFrom + "\"\n"
		domain = "domain = \"example.com\"\n"
	)
	for _, c := range []struct {
		name           string
		account, table string // of the configuration
		args           string
		header         string
		want           string // the lines of the header, as they are stored
		sender, to     string // of the envelope
	}{
		{
			"nothing to change", from, domain, "-t",
			"From:  Alice  <alice@example.org>\nTo: bob@example.org\nBcc: eve@example.org\n",
			"From:  Alice  <alice@example.org>\nTo: bob@example.org\n",
			"alice@example.org", "bob@example.org eve@example.org",
		},
		{
			"bare: local", from, domain, "-t",
			"From: root\nSender: daemon@localhost\nTo: Bob <bob@example.org>, root\nCc: trash, lists\nReply-To: root\n",
			"From: \"root@HOST\" <@>\nSender: \"daemon@HOST\" <@>\nTo: Bob <bob@example.org>, root <admin@example.org>\n" +
				"Cc: trash <trash@example.com>, lists <a@example.org>, lists <b@example.com>\nReply-To: root@example.com\n",
			"@", "bob@example.org admin@example.org a@example.org b@example.com",
		},
		{
			"bare: without an address of the account", "", domain, "-t",
			"From: root (Cron Daemon)\nTo: bob@example.org\n", "From: Cron Daemon <root@example.com>\nTo: bob@example.org\n",
			"root@example.com", "bob@example.org",
		},
		{
			"bare: the domain of the host", from, domain, "-t",
			"From: web@example.com\nTo: bob@example.org\n", "From: \"web@example.com\" <@>\nTo: bob@example.org\n",
			"@", "bob@example.org",
		},
		{
			"never", from, domain + "rewrite_from = \"never\"\n", "-t -f root",
			"From: web@example.com\nTo: bob@example.org\n", "From: web@example.com\nTo: bob@example.org\n",
			"root@example.com", "bob@example.org",
		},
		{
			"never: local", from, domain + "rewrite_from = \"never\"\n", "-t",
			"From: root\nTo: bob@example.org\n", "From: root\nTo: bob@example.org\n",
			"root@example.com", "bob@example.org",
		},
		{
			"always", from, domain + "rewrite_from = \"always\"\n", "-t -f alice@example.net",
			"From: Alice <alice@example.net>\nTo: bob@example.org\n",
			"From: Alice <@>\nTo: bob@example.org\nReply-To: Alice <alice@example.net>\n",
			"@", "bob@example.org",
		},
		{
			"always: with Reply-To", from, domain + "rewrite_from = \"always\"\n", "-t",
			"From: alice@example.net\nReply-To: x@example.net\nTo: bob@example.org\n",
			"From: \"alice@example.net\" <@>\nReply-To: x@example.net\nTo: bob@example.org\n",
			"@", "bob@example.org",
		},
		{
			"always: the account's own", from, domain + "rewrite_from = \"always\"\n", "-t",
			"From: Host <" + accountFrom + ">\nTo: bob@example.org\n", "From: Host <@>\nTo: bob@example.org\n",
			"@", "bob@example.org",
		},
		{
			"the null sender stays", from, domain + "rewrite_from = \"always\"\n", "-t -f <>",
			"From: Host <" + accountFrom + ">\nTo: bob@example.org\n", "From: Host <@>\nTo: bob@example.org\n",
			"", "bob@example.org",
		},
		{
			"To is no recipient without -t", from, domain, "eve@example.org",
			"From: alice@example.org\nTo: root\n", "From: alice@example.org\nTo: root <admin@example.org>\n",
			"alice@example.org", "eve@example.org",
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := t.TempDir()
			box, aliases := filepath.Join(dir, "box"), filepath.Join(dir, "aliases")
			text := "root: admin@example.org\ntrash: /dev/null\nlists: a@example.org, b\n"
			if err := os.WriteFile(aliases, []byte(text), 0o644); err != nil {
				t.Fatal(err)
			}
			configure(t, dir, "[accounts.x]\nserver = \"smtp://"+startSink(t, box)+"\"\n"+c.account+
				"[sendmail]\nlog = \"none\"\naliases = \""+aliases+"\"\n"+c.table)
			r := dropInRun{dir: dir, stdin: c.header + rest}
			code, _, stderr := r.run(t, append([]string{"sendmail"}, strings.Fields(c.args)...)...)
			if code != 0 {
				t.Fatalf("exit status %d, %s", code, stderr)
			}
			host, _ := os.Hostname()
			place := strings.NewReplacer("<@>", "<"+accountFrom+">", "HOST", strings.ToLower(host))
			sender := c.sender
			if sender == "@" {
				sender = accountFrom
			}
			want := "Return-Path: <" + sender + ">\n"
			for to := range strings.FieldsSeq(c.to) {
				want += "Delivered-To: " + to + "\n"
			}
			for _, got := range received(t, box) {
				got = strings.ReplaceAll(got, "\n\t", " ")
				got = strings.ReplaceAll(got, "\n ", " ")
				head, _, _ := strings.Cut(got, "\n\n")
				for line := range strings.Lines(want + place.Replace(c.want)) {
					if !strings.Contains(head+"\n", line) {
						t.Errorf("lacks %s", line)
					}
				}
				if strings.Count(head, "\n") != strings.Count(want+c.want, "\n")+2 || strings.Contains(head, "Bcc") {
					t.Errorf("%s", head)
				}
				if t.Failed() {
					t.Log(got)
				}
			}
			if n := len(received(t, box)); n != 1 {
				t.Errorf("%d mails", n)
			}
		})
	}
}

// Without a domain, a name that has no alias is an unknown user.
func TestUnknownDomain(t *testing.T) {
	h := &mailHost{name: "web1", names: []string{"localhost", "web1"}, aliases: new(alias.Table),
		resolved: map[string][]address.Address{}}
	for _, domain := range []string{"", "web1", "localhost"} {
		a := address.Address{Local: "root", Domain: domain}
		list, err := h.resolve(a)
		if exitCode(err) != exitNoUser || !strings.Contains(hint(err), "domain") || !strings.Contains(hint(err), "aliases") {
			t.Errorf("%v: %v, %v", a, list, err)
		}
	}
	list, err := h.resolve(address.Address{Local: "root", Domain: "example.org"})
	if err != nil || len(list) != 1 {
		t.Errorf("%v, %v", list, err)
	}
}
