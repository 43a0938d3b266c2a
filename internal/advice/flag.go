package advice

import (
	"cmp"
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
	letter := ""
	if len(name) > 0 && typed[1] != '-' { // the rest of name may be its value
		letter = name[:1]
	}
	if hint := ForeignFlag(name, names); hint != "" {
		return hint
	}
	others := commandsWith(name)
	if len(others) == 0 {
		others = commandsWith(letter)
	}
	if len(others) > 0 && !slices.Contains(names, name) {
		return "use it with " + strings.Join(others, ", ")
	}
	if meant := meantFlags(name, names); len(name) > 1 && len(meant) > 0 {
		return "did you mean --" + strings.Join(meant, " or --") + "?"
	}
	foreign := cmp.Or(ForeignFlag(closestForeign(name), names), ForeignFlag(letter, names))
	return cmp.Or(foreign, "use --help to list the flags")
}

// meantFlags returns the long flags that the user may have meant: those that begin
// with name, the one that name misspells, or the longest one that name contains.
func meantFlags(name string, names []string) []string {
	var completions []string
	part := ""
	for _, n := range names {
		if strings.HasPrefix(n, name) {
			completions = append(completions, n)
		}
		if len(n) > max(3, len(part)) && strings.Contains(name, n) {
			part = n
		}
	}
	near := spelling.Closest(name, slices.DeleteFunc(slices.Clone(names), isLetter))
	switch {
	case len(completions) == 1 || near == "" && len(completions) > 0:
		return completions
	case near != "":
		return []string{near}
	case part != "":
		return []string{part}
	}
	return nil
}

func isLetter(name string) bool { return len(name) == 1 }

// foreigns maps flags of other mail programs to ours, where meantFlags does not
// find them. If a word is in several rows, the first row with a flag of the
// command counts.
var foreigns = []struct{ words, flag, hint string }{
	{"host port url", "server", "name the server: -S smtp://HOST:PORT"},
	{"sender", "from", "did you mean --from?"},
	{"recipient recipients rcpt mail-rcpt", "to", "did you mean --to?"},
	{"to recipient recipients rcpt mail-rcpt", "envelope-from", "name the recipients as operands"},
	{"attachment file files upload-file T", "attach", "did you mean --attach?"},
	{"attach attachment file files upload-file T", "envelope-from", "redirect the message to standard input: <FILE"},
	{"m text message", "body", "give the text with --body TEXT or on standard input"},
	{"priority", "header", "use --header 'Importance: high'"},
	{"oi", "envelope-from", "leave it out: a line with a single dot never ends the message"},
	{"a", "account", "name the account: -A NAME"},
	{"u login", "user", "use --user NAME with --password-file or --password-command"},
	{"password pass auth-password", "user", "use --password-file or --password-command: others can read arguments"},
	{"passwordeval", "password-command", "did you mean --password-command?"},
	{"ssl starttls tls-on-connect", "tls", "use -S smtps://HOST, -S submission://HOST or --tls required"},
	{"no-tls", "tls", "use --tls none"},
	{"insecure k tls-certcheck", "tls", "use --tls-fingerprint with what --probe prints, or --tls-ca"},
	{"cacert tls-trust-file", "tls-ca", "did you mean --tls-ca?"},
	{"pretend", "dry-run", "did you mean --dry-run?"},
	{"serverinfo", "probe", "did you mean --probe?"},
	{"debug d", "trace", "did you mean --trace?"},
	{"retry", "server", "repeat the command while its exit status is 75"},
}

// closestForeign returns the word of foreigns that name is a slip of, or "".
func closestForeign(name string) string {
	var words []string
	for _, f := range foreigns {
		words = append(words, strings.Fields(f.words)...)
	}
	return spelling.Closest(name, words)
}

// ForeignFlag returns the hint for a flag of another mail program, or "" if it
// is not known or the command has no equivalent. name has no dashes.
func ForeignFlag(name string, names []string) string {
	for _, f := range foreigns {
		if slices.Contains(names, f.flag) && slices.Contains(strings.Fields(f.words), name) {
			return f.hint
		}
	}
	return ""
}
