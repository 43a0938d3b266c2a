package cli

import (
	"os"
	"slices"
	"strings"

	"mailpipe/internal/spelling"
	"mailpipe/internal/termtext"
)

// unknownFlag names the flag that may have been meant.
func unknownFlag(table []Flag, written string) error {
	fail := usage("no flag %s", termtext.Line(written))
	if _, err := os.Lstat(written); err == nil { // as `*` names it
		fail.hint = "a file of that name goes as " + shellLine("./"+written)
		return fail
	}
	name := strings.TrimLeft(written, "-")
	if fail.hint = habitual(table, name); fail.hint != "" {
		return fail
	}
	var long, begin []string
	for _, f := range table {
		for _, ours := range append([]string{f.Name}, f.Aliases...) {
			if len(ours) > 1 {
				long = append(long, ours)
			}
			if len(name) > 1 && strings.HasPrefix(ours, name) {
				begin = append(begin, ours)
			}
		}
	}
	near := spelling.Word(name, long)
	if len(begin) == 1 || near == "" {
		near = strings.Join(begin, " or --")
	}
	others := commandsWith(name)
	if len(others) == 0 && !strings.HasPrefix(written, "--") { // a letter and its value
		others = commandsWith(firstRune(name))
	}
	switch {
	case find(table, name) == nil && len(others) > 0:
		fail.hint = "it is a flag of " + and(others)
	case near != "" && len(name) > 1:
		fail.hint = "did you mean --" + near + "?"
	default:
		fail.hint = "--help lists the flags"
	}
	return fail
}

// commandsWith names the commands that have a flag.
func commandsWith(name string) []string {
	var names []string
	for _, c := range Commands() {
		if find(c.own(), name) != nil {
			names = append(names, c.Name)
		}
	}
	return names
}

// and joins names as a sentence does.
func and(names []string) string {
	last := len(names) - 1
	if last == 0 {
		return names[0]
	}
	return strings.Join(names[:last], ", ") + " and " + names[last]
}

// habit is a hint for a command that has a flag of that Name.
type habit struct{ flag, hint string }

var (
	namesServer    = []habit{{"server", "-S smtp://HOST:PORT names the server"}}
	namesSender    = []habit{{"from", "did you mean --from?"}, {"t", "-f ADDR names the sender"}}
	namesRecipient = []habit{{"to", "did you mean --to?"}, {"t", "recipients are operands"}}
	namesUser      = []habit{{"user", "--user NAME logs in, with --password-file or --password-command"}}
	hidesPassword  = []habit{{"user", "everybody could read it: --password-file or --password-command names where it is"}}
	asksForTLS     = []habit{{"tls", "-S smtps://HOST begins with TLS, submission://HOST asks for it by STARTTLS; --tls required wants it of any"}}
	trustsAll      = []habit{{"tls", "--tls-fingerprint trusts the one certificate that --probe shows, --tls-ca its issuer"}}
	isText         = []habit{{"body", "--body TEXT is the text; without it standard input is"}}
	attaches       = []habit{{"attach", "did you mean --attach?"}, {"t", "the message comes by standard input; compose and send attach files"}}
	traces         = []habit{{"trace", "--trace shows the dialogue"}}
)

// habits are flags of other programs, with ours for the same: the first that the command has.
var habits = map[string][]habit{
	"host":            namesServer,
	"port":            namesServer,
	"url":             namesServer,
	"smtp-server":     namesServer,
	"mail-from":       namesSender,
	"sender":          namesSender,
	"mail-rcpt":       namesRecipient,
	"rcpt":            namesRecipient,
	"recipient":       namesRecipient,
	"recipients":      namesRecipient,
	"to":              {{"t", "recipients are operands"}},
	"read-recipients": {{"t", "did you mean -t?"}},
	"oi":              {{"t", "leave it out: a line with a single dot ends no message here"}},

	"attachment":  attaches,
	"attachments": attaches,
	"attach":      attaches,
	"file":        attaches,
	"files":       attaches,
	"upload-file": {{"t", "the message comes by standard input: <FILE"}, {"attach", "did you mean --attach?"}},
	"T":           {{"t", "the message comes by standard input: <FILE"}},
	"text":        isText,
	"message":     isText,
	"add-header":  {{"header", "did you mean --header?"}},

	"a":             {{"account", "-A NAME names the account"}},
	"u":             namesUser,
	"username":      namesUser,
	"login":         namesUser,
	"auth-user":     namesUser,
	"password":      hidesPassword,
	"pass":          hidesPassword,
	"auth-password": hidesPassword,
	"passwordeval":  {{"password-command", "did you mean --password-command?"}},

	"ssl":            asksForTLS,
	"ssl-reqd":       asksForTLS,
	"starttls":       asksForTLS,
	"tls-on-connect": asksForTLS,
	"tls-starttls":   asksForTLS,
	"tls-trust-file": {{"tls-ca", "did you mean --tls-ca?"}},
	"cacert":         {{"tls-ca", "did you mean --tls-ca?"}},
	"insecure":       trustsAll,
	"k":              trustsAll,
	"tls-certcheck":  trustsAll,

	"pretend":    {{"dry-run", "did you mean --dry-run?"}},
	"serverinfo": {{"probe", "did you mean --probe?"}},
	"debug":      traces,
	"d":          traces,
	"ehlo":       {{"helo", "did you mean --helo?"}},
	"domain":     {{"helo", "did you mean --helo?"}},
	"dsn-notify": {{"notify", "did you mean --notify?"}},
	"dsn-return": {{"ret", "did you mean --ret?"}},
	"max-time":   {{"timeout", "did you mean --timeout?"}},
}

// habitual returns what a flag of another program is called here, or "".
func habitual(table []Flag, name string) string {
	for _, ours := range habits[name] {
		if slices.ContainsFunc(table, func(f Flag) bool { return f.Name == ours.flag }) {
			return ours.hint
		}
	}
	return ""
}
