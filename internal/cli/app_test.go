package cli

import (
	"io"
	"slices"
	"strings"
	"testing"

	urfave "github.com/urfave/cli/v2"
)

// called returns a call of a command that has read its flags and has not run.
func called(t *testing.T, name string, args ...string) *call {
	t.Helper()
	c := &call{Env: &Env{Getenv: func(string) string { return "" }}, name: name}
	app := newApp(c, io.Discard)
	app.Command(name).Action = func(flags *urfave.Context) error {
		c.flags = flags
		return nil
	}
	var err error
	if c.line, err = sortArgs(app, append([]string{name}, args...)); err != nil {
		t.Fatal(err)
	}
	if err := app.Run(c.line.sorted()); err != nil {
		t.Fatal(err)
	}
	return c
}

// Values and operands reach the command as they were typed.
func TestValues(t *testing.T) {
	c := called(t, "send", "-s", "", "--body=--x", "-t", ` "Doe, J." <j@x>`, "-t=a@b", "help", "--", "subject", "-n", "--")
	for flag, want := range map[string][]string{
		"subject": {""}, "body": {"--x"}, "to": {` "Doe, J." <j@x>`, "=a@b"}, "cc": nil, "from": nil,
	} {
		if got := c.values(flag); !slices.Equal(got, want) || c.flags.IsSet(flag) != (want != nil) {
			t.Errorf("--%s: %q, want %q", flag, got, want)
		}
	}
	operands := []string{"help", "subject", "-n", "--"}
	if got := c.flags.Args().Slice(); !slices.Equal(got, operands) {
		t.Errorf("operands: %q, want %q", got, operands)
	}
}

// To ask for a flag that the command does not have is a bug, which must not
// pass for the answer that the flag is not set.
func TestUndeclaredFlag(t *testing.T) {
	c := called(t, "deliver", "-r", "a@x.example", "-N", "never")
	for _, name := range []string{"envelope-from", "notify"} {
		if !c.flags.IsSet(name) || c.flags.String(name) == "" {
			t.Errorf("--%s is not set", name)
		}
	}
	if c.flags.IsSet("envid") || c.flags.Bool("hold") || c.flags.StringSlice("server") != nil {
		t.Error("a flag is set that was not given")
	}
	for name, ask := range map[string]func(){
		"IsSet, misspelt":     func() { c.flags.IsSet("notfy") },
		"IsSet, of others":    func() { c.flags.IsSet("subject") },
		"String, misspelt":    func() { c.flags.String("notfy") },
		"Bool, of others":     func() { c.flags.Bool("plain") },
		"StringSlice, others": func() { c.flags.StringSlice("attach") },
	} {
		if protect(func() error { ask(); return nil }) == nil {
			t.Errorf("%s: no panic", name)
		}
	}
}

// The flags of a command have different names, and each has a help text.
func TestFlagTables(t *testing.T) {
	for _, command := range Commands() {
		seen := map[string]bool{}
		for _, f := range Flags(command) {
			for _, name := range f.Names() {
				if seen[name] {
					t.Errorf("%s: flag %s twice", command, name)
				}
				seen[name] = true
			}
			if _, usage := splitUsage(f); usage == "" || strings.HasSuffix(usage, ".") {
				t.Errorf("%s: flag %s: help text %q", command, f.Names()[0], usage)
			}
		}
		for _, name := range []string{"help", "h", "version", "v", "verbose", "q", "quiet"} {
			if !seen[name] {
				t.Errorf("%s: missing flag %s", command, name)
			}
		}
	}
}
