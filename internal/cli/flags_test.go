package cli

import (
	"slices"
	"strings"
	"testing"

	urfave "github.com/urfave/cli/v2"
)

// headings returns the headings in the help of a command.
func headings(command string) []string {
	var all []string
	for _, f := range Flags(command) {
		heading := f.(urfave.CategorizableFlag).GetCategory()
		if len(all) == 0 || all[len(all)-1] != heading {
			all = append(all, heading)
		}
	}
	return all
}

func TestHeadings(t *testing.T) {
	want := strings.Fields("MESSAGE TEXT FILES SERVER LOGIN TLS SPOOL OUTPUT")
	if got := headings("send"); !slices.Equal(got, want) {
		t.Errorf("send has the headings %q, want %q", got, want)
	}
	for _, command := range append(Commands(), "") {
		all := headings(command)
		if sorted := slices.Sorted(slices.Values(all)); len(slices.Compact(sorted)) != len(all) {
			t.Errorf("%q has a heading twice: %q", command, all)
		}
	}
	for _, f := range Flags("send") {
		heading := f.(urfave.CategorizableFlag).GetCategory()
		for name, want := range map[string]string{
			"from": "MESSAGE", "crlf": "MESSAGE", "interactive": "MESSAGE", "charset": "TEXT", "exec": "TEXT",
			"inline": "FILES", "account": "SERVER", "envelope-from": "SERVER", "user": "LOGIN", "password-file": "LOGIN",
			"tls": "TLS", "tls-name": "TLS", "retry-for": "SPOOL", "on-fail": "SPOOL", "dry-run": "OUTPUT",
			"trace": "OUTPUT", "help": "OUTPUT",
		} {
			if f.Names()[0] == name && heading != want {
				t.Errorf("--%s is under %s, want %s", name, heading, want)
			}
		}
	}
}
