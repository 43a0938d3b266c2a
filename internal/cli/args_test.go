package cli

import (
	"errors"
	"io"
	"slices"
	"strings"
	"testing"

	urfave "github.com/urfave/cli/v2"
)

// someApp is a program with one command.
func someApp() *urfave.App {
	return &urfave.App{Commands: []*urfave.Command{{Name: "do", Flags: []urfave.Flag{
		messageGroup.one("from f", "ADDR", ""),
		messageGroup.one("subject s", "TEXT", ""),
		filesGroup.many("attach a", "FILE", ""),
		serverGroup.toggle("dry-run n", ""),
		outputGroup.toggle("verbose v", ""),
		serverGroup.one("envelope-from r", "ADDR", ""),
		textGroup.one("exec", "COMMAND", ""),
		serverGroup.toggle("t", ""),
	}}}}
}

// sortSome sorts the arguments of that command.
func sortSome(args []string) (*commandLine, error) {
	return sortArgs(someApp(), append([]string{"do"}, args...))
}

func TestSortArgs(t *testing.T) {
	for _, tt := range []struct{ args, want, exec string }{
		{"", "", ""},
		{"one two", "one two", ""},
		{"-s Hello", "subject=Hello", ""},
		{"-sHello", "subject=Hello", ""},
		{"-s=x", "subject==x", ""},
		{"-s -v", "subject=-v", ""}, // as with getopt: what follows is the value
		{"-s --", "subject=--", ""},
		{"--subject Hello", "subject=Hello", ""},
		{"--subject=Hello", "subject=Hello", ""},
		{"--subject=", "subject=", ""},
		{"--subject=a=b", "subject=a=b", ""},
		{"-nv", "dry-run verbose", ""},
		{"-nvsHello", "dry-run verbose subject=Hello", ""},
		{"-nvs Hello x", "dry-run verbose subject=Hello x", ""},
		{"x -n y -f a z", "x dry-run y from=a z", ""},
		{"a -- -n --subject", "a -n --subject", ""},
		{"-- help", "help", ""},
		{"-- --", "--", ""},
		{"-", "-", ""},
		{"-a - -a x", "attach=- attach=x", ""},
		{"-t", "t", ""},
		{"-n --exec cat -v -- --exec", "dry-run exec=cat", "cat -v -- --exec"},
		{"--exec=cat x", "exec=cat", "cat x"},
		{"--exec -- cat -v", "exec=cat", "cat -v"},
		{"-s x --exec --help", "subject=x exec=--help", "--help"},
		{"-- --exec x", "--exec x", ""},
	} {
		got, err := sortSome(strings.Fields(tt.args))
		if err != nil {
			t.Errorf("%q: %v", tt.args, err)
			continue
		}
		if shown := show(got); shown != tt.want || strings.Join(got.exec, " ") != tt.exec {
			t.Errorf("%q: %q, exec %q; want %q, %q", tt.args, shown, got.exec, tt.want, tt.exec)
		}
	}
}

// show returns the arguments in a short form.
func show(l *commandLine) string {
	var all []string
	for _, a := range l.args {
		f := findFlag(l.command.Flags, a.flag)
		switch {
		case f == nil:
			all = append(all, a.value)
		case !takesValue(f):
			all = append(all, a.flag)
		default:
			all = append(all, a.flag+"="+a.value)
		}
	}
	return strings.Join(all, " ")
}

func TestInvalidArgs(t *testing.T) {
	for _, tt := range []struct{ args, want, hint string }{
		{"--subjct x", "unknown flag --subjct", "did you mean --subject?"},
		{"--sub x", "unknown flag --sub", "did you mean --subject?"},
		{"--e x", "unknown flag --e", "use --help to list the flags"},
		{"--env=x", "unknown flag --env", "did you mean --envelope-from?"},
		{"--form=x", "unknown flag --form", "did you mean --from?"},
		{"--xyzzy", "unknown flag --xyzzy", "use --help to list the flags"},
		{"--f x", "unknown flag --f", "use --help to list the flags"},
		{"-x", "unknown flag -x", "use --help to list the flags"},
		{"-nx", "unknown flag -x", "use --help to list the flags"},
		{"-né", "unknown flag -é", "use --help to list the flags"},
		{"-dryrun", "unknown flag -dryrun", "did you mean --dry-run?"},
		{"-dry-run", "unknown flag -dry-run", "did you mean --dry-run?"},

		// What follows an unknown letter may be a password.
		{"-phunter2", "unknown flag -p", "use --help to list the flags"},
		{"-p=hunter2", "unknown flag -p", "use --help to list the flags"},
		{"-phunter2=x", "unknown flag -p", "use --help to list the flags"},
		{"-p hunter2", "unknown flag -p", "use --help to list the flags"},
		{"-nphunter2", "unknown flag -p", "use --help to list the flags"},
		{"-ésubject", "unknown flag -é", "did you mean --subject?"},
		{"-ubob:hunter2", "unknown flag -u", "use --help to list the flags"},
		{"-u=bob:hunter2", "unknown flag -u", "use --help to list the flags"},
		{"-password=hunter2", "unknown flag -p", "use --help to list the flags"},
		{"--password=hunter2", "unknown flag --password", "use --help to list the flags"},
		{"--password hunter2", "unknown flag --password", "use --help to list the flags"},
		{"--passwordhunter2", "unknown flag --password", "use --help to list the flags"},
		{"--passhunter2", "unknown flag --pass", "use --help to list the flags"},
		{"--passwd-hunter2", "unknown flag --passwd", "use --help to list the flags"},
		{"--auth-passwordhunter2=x", "unknown flag --auth-password", "use --help to list the flags"},
		{"--password-filehunter2", "unknown flag --password", "use --help to list the flags"},
		{"--pass:hunter2", "unknown flag --pass", "use --help to list the flags"},
		{"--userbob:hunter2", "unknown flag --userbob", "use --help to list the flags"},
		{"--login/hunter2", "unknown flag --login", "use --help to list the flags"},
		{"--smtp-Login2+hunter2", "unknown flag --smtp-Login2", "use --help to list the flags"},
		{"--loginühunter2", "unknown flag --login", "use --help to list the flags"},
		{"--passwd=hunter2", "unknown flag --passwd", "use --help to list the flags"},
		{"--subject", "--subject: missing value (TEXT)", ""},
		{"-ns", "-s: missing value (TEXT)", ""},
		{"--verbose=yes", "--verbose: takes no value", ""},
		{"--exec", "--exec: missing command", ""},
		{"--exec --", "--exec: missing command", ""},
		{"--exec=", "--exec: missing command", ""},
		{"--=x", "unknown flag --", "use --help to list the flags"},
		{"-\x1b", `unknown flag -\x1b`, "use --help to list the flags"},
	} {
		_, err := sortSome(strings.Fields(tt.args))
		var wrong *failure
		if !errors.As(err, &wrong) || wrong.code != exitUsage || wrong.Error() != tt.want || wrong.hint != tt.hint {
			t.Errorf("%q: %#v, want %q, hint %q", tt.args, err, tt.want, tt.hint)
		}
	}
}

// sortCommand sorts the arguments of a command, or of the program for "".
func sortCommand(command string, args ...string) (*commandLine, error) {
	if command != "" {
		args = append([]string{command}, args...)
	}
	return sortArgs(newApp(&call{}, io.Discard), args)
}

// E9: a hint for the names that flags have in mutt, mailx, curl and swaks, for
// the beginning of a flag, and for a flag of another command.
func TestUnknownFlags(t *testing.T) {
	for _, tt := range []struct{ command, flags, hint string }{
		{"compose", "attachment attachments file files upload-file", "did you mean --attach?"},
		{"compose", "recipient recipients rcpt mail-rcpt", "did you mean --to?"},
		{"compose", "sender mail-from", "did you mean --from?"},
		{"compose", "host", "use --help to list the flags"},
		{"send", "attachment attachments file files", "did you mean --attach?"},
		{"send", "recipient recipients rcpt mail-rcpt", "did you mean --to?"},
		{"send", "sender mail-from", "did you mean --from?"},
		{"send", "host port url", "name the server: -S smtp://HOST:PORT"},
		{"deliver", "attachment file files", "redirect the message to standard input: <FILE"},
		{"deliver", "recipient recipients rcpt mail-rcpt to", "name the recipients as operands"},
		{"deliver", "sender mail-from", "did you mean --from?"},
		{"send", "login", "use --user NAME with --password-file or --password-command"},
		{"send", "pass auth-password pass:hunter2 passwordhunter2",
			"use --password-file or --password-command: others can read arguments"},
		{"send", "passwordeval", "did you mean --password-command?"},
		{"deliver", "ssl starttls tls-on-connect", "use -S smtps://HOST, -S submission://HOST or --tls required"},
		{"deliver", "insecure tls-certcheck", "use --tls-fingerprint with what --probe prints, or --tls-ca"},
		{"deliver", "cacert tls-trust-file", "did you mean --tls-ca?"},
		{"send", "ehlo", "did you mean --helo?"},
		{"send", "debug", "did you mean --trace?"},
		{"send", "add-header", "did you mean --header?"},
		{"compose", "text message", "give the text with --body TEXT or on standard input"},
		{"deliver", "upload-file", "redirect the message to standard input: <FILE"},
		{"detect", "file sender", "use --help to list the flags"},
		{"deliver", "pretend", "did you mean --dry-run?"},
		{"deliver", "serverinfo", "did you mean --probe?"},
		{"deliver", "oi", "leave it out: a line with a single dot never ends the message"},
		{"send", "dsn-notify", "did you mean --notify?"},
		// the beginning of a flag
		{"compose", "subj", "did you mean --subject?"},
		{"deliver", "dry", "did you mean --dry-run?"},
		{"send", "conn", "did you mean --connect-timeout?"},
		{"send", "inl", "did you mean --inline?"},
		// a flag of another command
		{"deliver", "subject body cc reply-to", "use it with compose, send"},
		{"deliver", "header html", "use it with compose, send, inspect"},
		{"compose", "password-command", "use it with deliver, send, config"},
		{"compose", "password-file", "use it with deliver, send, sink, config"},
		{"compose", "report", "use it with deliver, send"},
		{"compose", "trace", "use it with deliver, send, sink"},
		{"compose", "server user helo", "use it with deliver, send, config"},
		{"compose", "tls", "use it with deliver, send, sink, config"},
		{"config", "hold", "use it with deliver, send"},
		{"detect", "charset", "use it with compose, send"},
		{"detect", "listen", "use it with sink"},
		{"send", "from-msmtp", "use it with config"},
		{"", "to", "use it with compose, send"},
	} {
		for _, name := range strings.Fields(tt.flags) {
			_, err := sortCommand(tt.command, "--"+name+"=x")
			var wrong *failure
			if !errors.As(err, &wrong) || wrong.hint != tt.hint {
				t.Errorf("%s --%s: %#v, want hint %q", tt.command, name, err, tt.hint)
			}
		}
	}
}

// A long flag with one dash is not read as a letter with its value.
func TestLongFlagWithOneDash(t *testing.T) {
	for _, tt := range []struct{ command, flag, hint string }{
		{"compose", "-subject", "did you mean --subject?"},
		{"compose", "-to", "did you mean --to?"},
		{"compose", "-body=x", "did you mean --body?"},
		{"send", "-server", "did you mean --server?"},
		{"deliver", "-help", "did you mean --help?"},
		{"deliver", "-to", "name the recipients as operands"},
		{"deliver", "-host", "name the server: -S smtp://HOST:PORT"},
		{"deliver", "-oi", "leave it out: a line with a single dot never ends the message"},
		{"deliver", "-s", "use it with compose, send"},
		{"compose", "-S", "use it with deliver, send, config"},
	} {
		_, err := sortCommand(tt.command, tt.flag, "x@example.org")
		name, _, _ := strings.Cut(tt.flag, "=")
		var wrong *failure
		if !errors.As(err, &wrong) || wrong.Error() != "unknown flag "+name || wrong.hint != tt.hint {
			t.Errorf("%s %s: %#v, want hint %q", tt.command, tt.flag, err, tt.hint)
		}
	}
	got, err := sortCommand("compose", "-sTo", "-tob@example.org", "-ffrom@example.org")
	want := []argument{{"subject", "To"}, {"to", "ob@example.org"}, {"from", "from@example.org"}}
	if err != nil || !slices.Equal(got.args, want) {
		t.Errorf("%v, %v", got.args, err)
	}
}

// FuzzSortArgs asserts that no argument is lost or reordered: the long form of
// the result has the same result.
func FuzzSortArgs(f *testing.F) {
	f.Add("-nvsHello\x00x\x00--\x00-f")
	f.Add("--exec\x00a\x00-b")
	f.Add("-s=x\x00-\x00--from=\x00-nv")
	f.Fuzz(func(t *testing.T, line string) {
		args := strings.Split(line, "\x00")
		first, err := sortSome(args)
		if err != nil {
			if exitCode(err) != exitUsage {
				t.Fatalf("%q: %v", args, err)
			}
			return
		}
		long := longForm(first)
		second, err := sortSome(long)
		if err != nil || !slices.Equal(second.args, first.args) || !slices.Equal(second.exec, first.exec) {
			t.Fatalf("%q sorts to %v, but %q to %v, %v", args, first, long, second, err)
		}
		total, kept := 0, 0
		for _, a := range args {
			total += len(a)
		}
		for _, a := range first.args {
			kept += len(a.value)
		}
		for _, a := range first.exec[min(1, len(first.exec)):] { // the first one is a value
			kept += len(a)
		}
		if kept > total {
			t.Fatalf("%q: %d octets became %d", args, total, kept)
		}
	})
}

// longForm returns the same command line with long flags.
func longForm(l *commandLine) []string {
	var list []string
	ended := false
	for _, a := range l.args {
		f := findFlag(l.command.Flags, a.flag)
		switch {
		case a.flag == "exec":
		case f == nil:
			isDashed := strings.HasPrefix(a.value, "-") && a.value != "-"
			if isDashed && !ended {
				list = append(list, "--") // only operands follow
				ended = true
			}
			list = append(list, a.value)
		case takesValue(f):
			list = append(list, "--"+a.flag, a.value)
		case len(a.flag) == 1:
			list = append(list, "-"+a.flag)
		default:
			list = append(list, "--"+a.flag)
		}
	}
	if l.exec != nil {
		list = append(list, "--exec", "--")
	}
	return append(list, l.exec...)
}
