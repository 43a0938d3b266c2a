package cli

import (
	"maps"
	"slices"
	"strings"
	"testing"
)

// mailxCalls are command lines of mail as programs and people write them, and the mail
// that arrives. Arguments are separated by spaces; ~ is a space within one, and ^ a line
// ending.
var mailxCalls = []caller{
	{"a text", "-s x bob@example.org", "text\n", "@", bob, header("Subject=x", "To=|bob@example.org"), "text\n"},
	{"no flags", "bob@example.org", "text\n", "@", bob, header("From=Full Name|@", "Subject="), "text\n"},
	{
		"lists", "-s Résumé -c carol@example.org -b dora@example.org bob@example.org,~eve@example.org", "é\n", "@",
		[]string{"bob@example.org", "eve@example.org", "carol@example.org", "dora@example.org"},
		header("Subject=Résumé", "To=|bob@example.org, |eve@example.org", "Cc=|carol@example.org", "Bcc="), "é\n",
	},
	{
		"a list with spaces", "-s x bob@example.org~eve@example.org", "", "@",
		[]string{"bob@example.org", "eve@example.org"}, header("To=|bob@example.org, |eve@example.org"), "",
	},
	{"a name", "-s x Bob~B.~<bob@example.org>", "x\n", "@", bob, header("To=Bob B.|bob@example.org"), "x\n"},
	{"an alias", "-s x root", "x\n", "@", root, header("To=root|admin@example.org"), "x\n"},
	{"an alias in Cc", "-s x -c root bob@example.org", "x\n", "@", []string{"bob@example.org", "admin@example.org"},
		header("To=|bob@example.org", "Cc=root|admin@example.org"), "x\n"},
	{"flags after operands", "bob@example.org -sx -r a@example.net", "x\n", "a@example.net", bob,
		header("From=|a@example.net", "Subject=x"), "x\n"},
	{"-r with a name", "-r Al~<a@example.net> -s x bob@example.org", "x\n", "a@example.net", bob,
		header("From=Al|a@example.net"), "x\n"},
	{"-r with a user", "-r www -s x bob@example.org", "x\n", "@", bob, header("From=www@HOST|@"), "x\n"},
	{"flags of sendmail", "-s x bob@example.org -- -f a@example.net -F Al", "x\n", "a@example.net", bob,
		header("From=Al|@"), "x\n"},
	{"-r of sendmail", "-s x -r Al~<al@example.org> bob@example.org -- -oi -r a@example.net", "x\n", "a@example.net", bob,
		header("From=Al|al@example.org"), "x\n"},
	{"the null sender", "bob@example.org -- -f <>", "x\n", "", bob, header("From=Full Name|@"), "x\n"},
	{"after -.", "-s x -. bob@example.org", "x\n", "@", bob, header("To=|bob@example.org"), "x\n"},
	{"a dot and tildes", "-s x bob@example.org", "a\n.\n~! touch mark\n~r /etc/passwd\n", "@", bob, nil,
		"a\n.\n~! touch mark\n~r /etc/passwd\n"},
	{
		"apticron", "-a MIME-Version:~1.0 -a Content-type:~text/plain;~charset=UTF-8 " +
			"-a Content-transfer-encoding:~8bit -s 3~Debian~package~update(s)~for~web1 root",
		"déjà\n", "@", root,
		header("Subject=3 Debian package update(s) for web1", "To=root|admin@example.org", "From=Full Name|@"), "déjà\n",
	},
	{
		"apticron with s-nail", "-S ttycharset=utf-8 -r a@example.net -s 3~Debian~package~update(s)~for~web1 root",
		"déjà\n", "a@example.net", root,
		header("Subject=3 Debian package update(s) for web1", "To=root|admin@example.org", "From=|a@example.net"),
		"déjà\n",
	},
	{
		"a script for GNU mail", "-E set~escape -s x root", "~! touch mark\n", "@", root,
		header("Subject=x", "To=root|admin@example.org"), "~! touch mark\n",
	},
	{"only blind copies", "-s x -b root", "x\n", "@", root, header("Bcc="), "x\n"},
	{"-t", "-t -c root", "To: bob@example.org\nSubject: é\n\ntext\n", "@",
		[]string{"admin@example.org", "bob@example.org"}, header("Subject=é", "Cc=root|admin@example.org"), "text\n"},
	{"-t, no text, LF", "-t -s x", "To: bob@example.org\n\n", "@", bob, header("Subject=x"), ""},
	{"-t, no text, CRLF", "-t -s x", "To: bob@example.org\r\n\r\n", "@", bob, header("Subject=x"), ""},
	{"-t, no header", "-t -s x bob@example.org", "text\n", "@", bob, header("Subject=x"), "text\n"},
	{"-t, no text or header", "-t -s x bob@example.org", "", "@", bob, header("Subject=x"), ""},
	{"-t, no text or empty line", "-t -s x", "To: bob@example.org\n", "@", bob, header("Subject=x"), ""},
}

// header returns the header fields that are written as name=value.
func header(list ...string) map[string]string {
	all := map[string]string{}
	for _, field := range list {
		name, value, _ := strings.Cut(field, "=")
		all[name] = value
	}
	return all
}

func TestMailx(t *testing.T) {
	for _, c := range mailxCalls {
		t.Run(c.name, func(t *testing.T) {
			notes := ""
			if c.stdin == "" || strings.HasPrefix(c.name, "-t, no text") {
				notes = "mail: Null message body; hope that's ok\n"
			}
			testDropIn(t, "/usr/bin/mail", c, notes)
		})
	}
}

// All that mail has for another purpose than sending is an error, for each flag.
func TestMailxReadsNoMail(t *testing.T) {
	h := newHost(t, "")
	for _, flag := range []string{"", "-f", "-u", "-e", "-H", "-p", "-L", "-Hf", "-sx"} {
		args := []string{"mail"}
		if flag != "" {
			args = append(args, flag)
		}
		if flag != "" && flag != "-sx" {
			args = append(args, "bob@example.org")
		}
		code, stdout, stderr := dropInRun{dir: h.dir, stdin: "x\n"}.run(t, args...)
		words := strings.HasPrefix(stderr, "mail: ") && strings.Contains(stderr, ": reads no mail\n")
		if code != 64 || stdout != "" || !words {
			t.Errorf("%q: exit status %d, %s%s", args, code, stdout, stderr)
		}
	}
	if mails := received(t, h.box); len(mails) != 0 {
		t.Errorf("%d mails", len(mails))
	}
}

// Flags without effect change nothing.
func TestMailxIgnored(t *testing.T) {
	for _, name := range slices.Sorted(maps.Keys(mailxTable)) {
		if !strings.Contains("iInNBDFR#XY:", name) {
			continue
		}
		args := "-s x bob@example.org -" + name
		if mailxTable[name].Value != 0 {
			args += " touch~mark"
		}
		c := caller{name, args, "x\n", "@", bob, header("To=|bob@example.org", "Subject=x"), "x\n"}
		t.Run(name, func(t *testing.T) { testDropIn(t, "mail", c, "") })
	}
}
