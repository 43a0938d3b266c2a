package advice

import (
	"os"
	"strings"
	"testing"
)

// The flags of the commands in the tests, without dashes.
var (
	composeFlags = strings.Fields("from f to t subject s attach a body header H skip-empty help h")
	deliverFlags = strings.Fields("server S envelope-from f from r account A user password-command tls tls-ca helo " +
		"notify ret timeout dry-run n probe trace t i help h")
	sendFlags = append(strings.Fields("envelope-from r server S account A user tls trace timeout connect-timeout"),
		composeFlags...)
)

func commandsWith(name string) []string {
	var names []string
	for _, c := range []struct {
		name  string
		flags []string
	}{{"compose", composeFlags}, {"deliver", deliverFlags}, {"send", sendFlags}} {
		for _, flag := range c.flags {
			if flag == name {
				names = append(names, c.name)
			}
		}
	}
	return names
}

func TestUnknownFlag(t *testing.T) {
	t.Chdir(t.TempDir())
	for _, name := range []string{"-x.txt", "--y z.txt"} {
		if err := os.WriteFile(name, nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, tt := range []struct {
		flags []string
		typed string
		want  string
	}{
		// Spelling.
		{composeFlags, "--subjct", "did you mean --subject?"},
		{composeFlags, "--subj", "did you mean --subject?"},
		{composeFlags, "--form", "did you mean --from?"},
		{sendFlags, "--conn", "did you mean --connect-timeout?"},
		{deliverFlags, "--ehlo", "did you mean --helo?"},
		{deliverFlags, "--tls-", "did you mean --tls-ca?"},
		{deliverFlags, "--password",
			"use --password-file or --password-command: others can read arguments"},
		{composeFlags, "--xyzzy", "use --help to list the flags"},
		{composeFlags, "--x", "use --help to list the flags"},
		{composeFlags, "-é", "use --help to list the flags"},
		{composeFlags, "--", "use --help to list the flags"},

		// Words that people know from other programs.
		{composeFlags, "--attachment", "did you mean --attach?"},
		{composeFlags, "--attachement", "did you mean --attach?"},
		{sendFlags, "--recipient", "did you mean --to?"},
		{sendFlags, "--smtp-server", "did you mean --server?"},
		{composeFlags, "--username", "use --help to list the flags"},
		{deliverFlags, "--recipient", "name the recipients as operands"},
		{deliverFlags, "-to", "name the recipients as operands"},
		{deliverFlags, "--attachement", "redirect the message to standard input: <FILE"},
		{sendFlags, "--recipiant", "did you mean --to?"},
		{deliverFlags, "--file", "redirect the message to standard input: <FILE"},
		{deliverFlags, "--no-tls", "use --tls none"},
		{sendFlags, "--no-tls", "use --tls none"},
		{deliverFlags, "--retry", "repeat the command while its exit status is 75"},
		{composeFlags, "--priority", "use --header 'Importance: high'"},
		{composeFlags, "-m", "give the text with --body TEXT or on standard input"},
		{deliverFlags, "--starttls", "use -S smtps://HOST, -S submission://HOST or --tls required"},
		{deliverFlags, "-a", "name the account: -A NAME"},
		{deliverFlags, "-ubob:hunter2", "use --user NAME with --password-file or --password-command"},
		{composeFlags, "-ubob:hunter2", "use --help to list the flags"},
		{composeFlags, "--host", "use --help to list the flags"}, // compose has no equivalent

		// Flags of another command.
		{deliverFlags, "--subject", "use it with compose, send"},
		{deliverFlags, "-sHello", "use it with compose, send"},
		{composeFlags, "--server", "use it with deliver, send"},
		{nil, "-t", "use it with compose, deliver, send"},

		// Files whose names the shell inserted for a pattern.
		{composeFlags, "-x.txt", "to name the file, type ./-x.txt"},
		{composeFlags, "--y z.txt", "to name the file, type './--y z.txt'"},
	} {
		if got := UnknownFlag(tt.typed, tt.flags, commandsWith); got != tt.want {
			t.Errorf("%s: %q, want %q", tt.typed, got, tt.want)
		}
	}
}

// TestForeigns checks that some command has the flag of each row.
func TestForeigns(t *testing.T) {
	for _, f := range foreigns {
		if len(commandsWith(f.flag)) == 0 {
			t.Errorf("%q: no command has --%s", f.words, f.flag)
		}
	}
}
