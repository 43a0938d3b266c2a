package docs

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// replacements returns the table of lines that take the place of other programs'.
func replacements(t *testing.T) string {
	t.Helper()
	_, table, found := strings.Cut(readme(t), "| mailpipe | msmtp-mta |")
	if !found {
		t.Fatal("no table")
	}
	table, _, _ = strings.Cut(table, "\n\n")
	return table
}

// Each line that takes the place of another program's is run: the keys as one
// configuration for each kind of password, the aliases, and each command with both.
func TestREADMEReplaced(t *testing.T) {
	var commands, passwords []string
	config, aliases := "", ""
	for _, m := range regexp.MustCompile("(?m)^\\| `([^`]+)`").FindAllStringSubmatch(replacements(t), -1) {
		switch line := m[1] + "\n"; {
		case strings.HasPrefix(line, "mailpipe "):
			commands = append(commands, line)
		case strings.HasPrefix(line, "password_"):
			passwords = append(passwords, line)
		case strings.HasPrefix(line, "domain = "):
			config += "[sendmail]\n" + line
		case strings.Contains(line, " = "):
			config += line
		default:
			aliases += line
		}
	}
	if len(commands) < 6 || len(passwords) != 2 || strings.Count(config, " = ") < 8 || aliases == "" {
		t.Fatalf("%q, %q, %s%s", commands, passwords, config, aliases)
	}
	config = strings.Replace(config, `"system:"`, `"user:"`, 1) // whose directory only root can create
	for _, password := range passwords {
		for _, command := range commands {
			t.Run(password+command, func(t *testing.T) {
				w := newWorkspace(t)
				w.configure("[accounts.relay]\n" + password + config)
				w.write("aliases", aliases)
				if command == "mailpipe queue run\n" { // until a signal ends it
					w.runUnit("ExecStart=" + command)
					return
				}
				w.run(command)
				if sends := strings.Contains(command, " <"); sends != (w.delivered() == 1) {
					t.Errorf("%d mails", w.delivered())
				}
			})
		}
	}
}

// The lines of an msmtprc become the keys that are beside them in the table.
func TestREADMEFromMSMTP(t *testing.T) {
	w := newWorkspace(t)
	w.write("msmtprc", `account default
host smtp.example.com
port 587
tls on
auth on
user alice@example.com
passwordeval pass show mail
from web1@example.com
domain web1.example.com
maildomain example.com
set_from_header off
aliases /etc/aliases
logfile /var/log/mailpipe
`)
	w.run("mailpipe config --from-msmtp msmtprc >converted")
	converted := read(t, filepath.Join(w.dir, "converted"))
	keys := regexp.MustCompile("(?m)^\\| `(\\w+ = [^`]+)` \\| `").FindAllStringSubmatch(replacements(t), -1)
	if len(keys) < 9 {
		t.Fatal(keys)
	}
	for _, m := range keys {
		if strings.HasPrefix(m[1], "password_file") { // a password is not copied
			continue
		}
		if !strings.Contains(converted, "\n"+m[1]+"\n") {
			t.Errorf("no %s in\n%s", m[1], converted)
		}
	}
}

// The lines for cron send the mail of root where the aliases say, from the address of
// the account.
func TestREADMECron(t *testing.T) {
	all := blocks(t)
	i := slices.IndexFunc(all, func(b block) bool { return strings.Contains(b.text, "/usr/sbin/sendmail -i root") })
	if i < 1 || all[i-1].language != "toml" || strings.Count(all[i-1].text, "\n") != 3 {
		t.Fatal("no three lines of configuration before the lines for cron")
	}
	w := newTerminal(t)
	w.configure(all[i-1].text)
	w.paste(all[i].text)
	host, err := os.Hostname()
	if err != nil {
		t.Fatal(err)
	}
	w.arrived("Return-Path: <web1@example.org>", "Delivered-To: alice@example.org",
		`From: "root@`+strings.ToLower(host)+` (Cron Daemon)" <web1@example.org>`)
}
