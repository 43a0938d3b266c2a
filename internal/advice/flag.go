package advice

import (
	"os"
	"slices"
	"strings"

	"mailpipe/internal/shell"
	"mailpipe/internal/spelling"
)

// UnknownFlag returns the hint for a flag that a command does not have. typed
// is the flag with its dashes and without its value; names are the names of the
// flags that the command has, without dashes; commandsWith returns the commands
// that have a flag.
func UnknownFlag(typed string, names []string, commandsWith func(name string) []string) string {
	if _, err := os.Lstat(typed); err == nil { // the shell expanded a pattern such as *
		return "to name the file, type " + shell.File(typed)
	}
	name := strings.TrimLeft(typed, "-")
	if hint := ForeignFlag(name, names); hint != "" {
		return hint
	}
	others := commandsWith(name)
	if len(others) == 0 && len(typed) > 1 && typed[1] != '-' { // a letter and its value
		others = commandsWith(firstRune(name))
	}
	switch {
	case len(others) > 0 && !slices.Contains(names, name):
		return "it is a flag of " + enumerate(others)
	case len(name) < 2:
		return helpHint
	}
	return closestFlag(name, names)
}

const helpHint = "--help lists the flags"

// closestFlag returns a hint with the flag, of this program or of another one,
// that the user most likely meant.
func closestFlag(name string, names []string) string {
	var long, completions []string
	for _, n := range names {
		if len(n) < 2 {
			continue
		}
		long = append(long, n)
		if strings.HasPrefix(n, name) {
			completions = append(completions, n)
		}
	}
	if len(completions) == 1 {
		return didYouMean(completions...)
	}
	if near := spelling.Closest(name, slices.Concat(long, foreignFlags(names))); near != "" {
		if hint := ForeignFlag(near, names); hint != "" {
			return hint
		}
		return didYouMean(near)
	}
	if len(completions) > 0 {
		return didYouMean(completions...)
	}
	return helpHint
}

func didYouMean(names ...string) string {
	return "did you mean --" + strings.Join(names, " or --") + "?"
}

// A foreign is a group of flags of other mail programs that mean the same.
type foreign struct {
	words string
	flag  string // only commands with this flag have an equivalent
	hint  string // empty: did you mean the flag?
}

// foreigns contains only words that spelling does not lead to our flag. Of
// several rows for a word, the first whose flag the command has counts.
var foreigns = []foreign{
	{"host port url smtp-server", "server", "name the server: -S smtp://HOST:PORT"},
	{"sender mail-from", "from", ""},
	{"recipient recipients rcpt mail-rcpt", "to", ""},
	{"to recipient recipients rcpt mail-rcpt", "envelope-from", "name the recipients as operands"},
	{"attachment attachments file files upload-file T", "attach", ""},
	{"attach attachment attachments file files upload-file T", "envelope-from",
		"redirect the message to standard input: <FILE"},
	{"m text message", "body", "give the text with --body TEXT or on standard input"},
	{"add-header", "header", ""},
	{"priority", "header", "use --header 'Importance: high'"},
	{"oi", "envelope-from", "leave it out: a line with a single dot never ends the message"},
	{"a", "account", "name the account: -A NAME"},
	{"u username login auth-user", "user", "use --user NAME with --password-file or --password-command"},
	{"password pass auth-password", "user",
		"use --password-file or --password-command: other users can read the arguments of a process"},
	{"passwordeval", "password-command", ""},
	{"ssl starttls tls-on-connect", "tls", "use -S smtps://HOST, -S submission://HOST or --tls required"},
	{"no-tls", "tls", "use --tls none"},
	{"cacert tls-trust-file", "tls-ca", ""},
	{"insecure k tls-certcheck", "tls", "use --tls-fingerprint with the fingerprint that --probe prints, or --tls-ca"},
	{"pretend", "dry-run", ""},
	{"serverinfo", "probe", ""},
	{"debug d", "trace", ""},
	{"domain", "helo", ""},
	{"dsn-notify", "notify", ""},
	{"dsn-return", "ret", ""},
	{"max-time", "timeout", ""},
	{"retry", "server", "repeat the command while its exit status is 75"},
}

// ForeignFlag returns the hint for a flag of another mail program, or "" if it
// is not known or the command has no equivalent. name has no dashes.
func ForeignFlag(name string, names []string) string {
	for _, f := range foreigns {
		if !slices.Contains(names, f.flag) || !slices.Contains(strings.Fields(f.words), name) {
			continue
		}
		if f.hint == "" {
			return didYouMean(f.flag)
		}
		return f.hint
	}
	return ""
}

// foreignFlags returns the long flags of other mail programs that have an
// equivalent among names.
func foreignFlags(names []string) []string {
	var all []string
	for _, f := range foreigns {
		if !slices.Contains(names, f.flag) {
			continue
		}
		for _, word := range strings.Fields(f.words) {
			if len(word) > 2 {
				all = append(all, word)
			}
		}
	}
	return all
}

// enumerate joins names as a sentence does.
func enumerate(names []string) string {
	last := len(names) - 1
	if last == 0 {
		return names[0]
	}
	return strings.Join(names[:last], ", ") + " and " + names[last]
}

func firstRune(s string) string {
	for i := range s {
		if i > 0 {
			return s[:i]
		}
	}
	return s
}
