package cli

import (
	"slices"
	"strings"

	"mailpipe/internal/nearest"
	"mailpipe/internal/safe"
)

// argument is one flag with its value, or an operand.
type argument struct {
	flag  string // the flag's Name; empty: an operand
	value string
}

// sorted is a command line that was taken apart.
type sorted struct {
	args []argument // in the order of the command line
	exec []string   // what follows --exec
}

// operands returns what is no flag.
func (s sorted) operands() []string {
	var list []string
	for _, a := range s.args {
		if a.flag == "" {
			list = append(list, a.value)
		}
	}
	return list
}

// flags returns the flags in the one form that the library cannot misread.
func (s sorted) flags(table []Flag) []string {
	var list []string
	for _, a := range s.args {
		switch f := find(table, a.flag); {
		case f == nil:
		case f.Value == "":
			list = append(list, "--"+f.Name)
		default:
			list = append(list, "--"+f.Name+"="+a.value)
		}
	}
	return list
}

// has tells whether a flag was given.
func (s sorted) has(name string) bool {
	for _, a := range s.args {
		if a.flag == name {
			return true
		}
	}
	return false
}

func find(table []Flag, name string) *Flag {
	for i := range table {
		if table[i].is(name) {
			return &table[i]
		}
	}
	return nil
}

// sortArgs takes a command line apart as GNU getopt_long does: flags and
// operands in any order, -sHello, -nv, --flag=value, --flag value, `--` ends
// the flags, `-` is an operand. --exec takes all that follows it.
func sortArgs(table []Flag, args []string) (sorted, error) {
	var s sorted
	for len(args) > 0 {
		arg := args[0]
		args = args[1:]
		switch {
		case arg == "--":
			for _, a := range args {
				s.args = append(s.args, argument{value: a})
			}
			return s, nil
		case strings.HasPrefix(arg, "--"):
			name, value, given := strings.Cut(arg[2:], "=")
			f := find(table, name)
			if f == nil || len(name) == 1 {
				return s, unknownFlag(table, "--"+name)
			}
			if f.Name == "exec" {
				if given {
					args = append([]string{value}, args...)
				}
				if len(args) == 0 {
					return s, usage("--exec needs a command")
				}
				s.args = append(s.args, argument{"exec", args[0]})
				s.exec = args
				return s, nil
			}
			if f.Value == "" && given {
				return s, usage("--%s takes no value", name)
			}
			if f.Value != "" && !given {
				if len(args) == 0 {
					return s, usage("--%s needs a value (%s)", name, f.Value)
				}
				value, args = args[0], args[1:]
			}
			s.args = append(s.args, argument{f.Name, value})
		case len(arg) > 1 && arg[0] == '-':
			rest, err := s.letters(table, arg, args)
			if err != nil {
				return s, err
			}
			args = rest
		default:
			s.args = append(s.args, argument{value: arg})
		}
	}
	return s, nil
}

// letters takes a cluster like -nv or -sHello apart, where a letter's value may be the next
// argument. It returns the arguments that are left.
func (s *sorted) letters(table []Flag, cluster string, args []string) ([]string, error) {
	name, _, _ := strings.Cut(cluster[1:], "=")
	if len(name) > 1 && find(table, name) != nil { // -html would be the help and 0, -subject the subject "ubject"
		return nil, unknownFlag(table, "-"+name)
	}
	for i := 1; i < len(cluster); i++ {
		f := find(table, cluster[i:i+1])
		if f == nil {
			if i == 1 {
				return nil, unknownFlag(table, cluster)
			}
			return nil, unknownFlag(table, "-"+firstRune(cluster[i:]))
		}
		if f.Value == "" {
			s.args = append(s.args, argument{flag: f.Name})
			continue
		}
		value := cluster[i+1:]
		if value == "" {
			if len(args) == 0 {
				return nil, usage("-%c needs a value (%s)", cluster[i], f.Value)
			}
			value, args = args[0], args[1:]
		}
		s.args = append(s.args, argument{f.Name, value})
		break
	}
	return args, nil
}

func firstRune(s string) string {
	for i := range s {
		if i > 0 {
			return s[:i]
		}
	}
	return s
}

// habits are flags of other programs, with ours for the same: the first that the command has.
var habits = map[string][]habit{
	"host":        namesServer,
	"port":        namesServer,
	"url":         namesServer,
	"smtp-server": namesServer,
	"mail-from":   namesSender,
	"sender":      namesSender,
	"mail-rcpt":   namesRecipient,
	"rcpt":        namesRecipient,
	"recipient":   namesRecipient,
	"recipients":  namesRecipient,
	"to":          {{"t", "recipients are operands"}},
	"attachment":  attaches,
	"attachments": attaches,
	"file":        attaches,
	"files":       attaches,
	"upload-file": {{"t", "the message comes by standard input: <FILE"}, {"attach", "did you mean --attach?"}},
	"T":           {{"t", "the message comes by standard input: <FILE"}},
	"oi":          {{"t", "leave it out: a line with a single dot ends no message here"}},
	"a":           {{"account", "-A NAME names the account"}},
	"u":           namesUser,
	"username":    namesUser,
	"login":       namesUser,
	"auth-user":   namesUser,

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

	"text":       isText,
	"message":    isText,
	"add-header": {{"header", "did you mean --header?"}},
	"domain":     {{"helo", "did you mean --helo?"}},
	"ehlo":       {{"helo", "did you mean --helo?"}},
	"debug":      {{"trace", "--trace shows the dialogue"}},
	"d":          {{"trace", "--trace shows the dialogue"}},
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
)

// unknownFlag names the flag that may have been meant.
func unknownFlag(table []Flag, written string) error {
	var long []string
	for _, f := range table {
		for _, name := range append([]string{f.Name}, f.Aliases...) {
			if len(name) > 1 {
				long = append(long, name)
			}
		}
	}
	fail := usage("no flag %s", safe.Line(written))
	fail.hint = "--help lists the flags"
	name := strings.TrimLeft(written, "-")
	for _, ours := range habits[name] {
		if slices.ContainsFunc(table, func(f Flag) bool { return f.Name == ours.flag }) {
			fail.hint = ours.hint
			return fail
		}
	}
	near, owners := nearest.Word(name, long), commandsWith(written)
	if near == "" { // what getopt_long would take for the rest of it
		begun := slices.DeleteFunc(long, func(s string) bool { return !strings.HasPrefix(s, name) })
		near = strings.Join(begun, " or --")
	}
	switch {
	case len(owners) > 0 && near != name:
		fail.hint = "it is a flag of " + strings.Join(owners, ", ")
	case near != "" && len(name) > 1:
		fail.hint = "did you mean --" + near + "?"
	}
	return fail
}

// commandsWith names the commands that have a flag, or the first letter of a cluster.
func commandsWith(written string) []string {
	if written[1] != '-' {
		written = "-" + firstRune(written[1:])
	}
	var names []string
	for _, c := range Commands() {
		if slices.ContainsFunc(c.Flags, func(f Flag) bool { return slices.Contains(f.Names(), written) }) {
			names = append(names, c.Name)
		}
	}
	return names
}
