package config

import (
	"slices"
	"strings"
)

// putLog puts the key log: the file of logfile, otherwise syslog.
func (a *msmtpAccount) putLog() {
	file, syslog := a.argument("logfile"), a.argument("syslog")
	usesSyslog := syslog != "" && syslog != "off"
	switch {
	case file == "-":
		a.note("logfile", file, "there is no log on standard output: keep what --report prints")
	case file != "":
		a.put("log", file, "logfile")
	case usesSyslog:
		a.put("log", "syslog", "syslog")
	}
	if usesSyslog && file != "" {
		a.note("syslog", syslog, "there is one log: to use this one, write log = \"syslog\"")
	}
}

// sendmail returns the table [sendmail], which is for all accounts, or "" if it would
// be empty. If accounts differ, the first one counts.
func (m *msmtprc) sendmail() string {
	var lines, notes []string
	for _, k := range []struct{ command, key string }{
		{"aliases", "aliases"}, {"maildomain", "domain"}, {"set_from_header", "rewrite_from"},
	} {
		var first msmtpLine
		for _, a := range m.accounts {
			switch l := a.line(k.command); {
			case first.argument == "":
				first = l
			case l.argument != "" && l.argument != first.argument:
				notes = append(notes, l.note("[sendmail] is for all accounts"))
			}
		}
		value := first.argument
		if k.command == "set_from_header" {
			value = map[string]string{"on": "always", "off": "never"}[value]
		}
		if value == "" {
			continue
		}
		if err := findKey(sendmailKeys, k.key).check(value); err != nil {
			notes = append(notes, first.note(err.Reason))
			continue
		}
		lines = append(lines, tomlLine(k.key, value)+"\n")
	}
	if len(lines)+len(notes) == 0 {
		return ""
	}
	return "\n[sendmail]\n" + strings.Join(lines, "") + comment(slices.Compact(notes)...)
}
