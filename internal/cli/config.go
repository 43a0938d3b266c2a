package cli

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"
	"strings"

	"mailpipe/internal/config"
	"mailpipe/internal/report"
	"mailpipe/internal/stdio"
	"mailpipe/internal/termtext"
)

// runConfig prints the settings in force, the names of the accounts, or as TOML an
// msmtprc or an account for an address.
func runConfig(c *call) error {
	if len(c.line.operands()) > 0 {
		return usage("config takes no operands").withHint("for the account of an address, use --for ADDRESS")
	}
	switch {
	case c.line.has("from-msmtp"):
		return c.convert(c.flags.String("from-msmtp"))
	case c.line.has("for"):
		return c.printAccountFor(c.flags.String("for"))
	case c.line.has("no-dns"):
		return usage("--no-dns works only with --for")
	case c.line.has("accounts"):
		return c.printAccounts()
	}
	return c.printSettings()
}

// printSettings prints the settings in force, and the accounts and settings that are not
// in force.
func (c *call) printSettings() error {
	all, err := c.loadConfig()
	if err != nil {
		return err
	}
	from := c.Getenv("MAILPIPE_FROM") // it may choose the account, as in send
	settings, err := c.settle(all, from)
	if err != nil {
		return err
	}
	choice := settings.Account()
	if choice.Account == nil && len(all.Accounts()) > 0 {
		c.note("no account is in force, because none is the default: choose one with -A")
	}
	var b bytes.Buffer
	for _, s := range append(settings.List(), all.Unused(choice)...) {
		if c.flags.Bool("json") {
			report.Object(&b, s) // cannot fail
			continue
		}
		unused := ""
		if s.Unused {
			unused = "\tunused"
		}
		fmt.Fprintf(&b, "%s\t%s\t%s%s\n", s.Key, termtext.Escape(s.Value), termtext.Escape(s.Origin), unused)
	}
	_, err = b.WriteTo(c.out)
	return err
}

// onlyWith returns an error if another flag was given than this one, those that may be
// with it, and those that every command has.
func (c *call) onlyWith(flag string, allowed ...string) error {
	allowed = append(allowed, flag, "verbose", "quiet")
	for _, a := range c.line.args {
		if !slices.Contains(allowed, a.flag) {
			return usage("--%s and --%s exclude each other", flag, a.flag)
		}
	}
	return nil
}

// printAccounts prints the names of the accounts, one per line.
func (c *call) printAccounts() error {
	if err := c.onlyWith("accounts", "config"); err != nil {
		return err
	}
	all, err := c.loadConfig()
	if err != nil {
		return err
	}
	var b strings.Builder
	for _, name := range all.Accounts() {
		b.WriteString(termtext.Escape(name) + "\n")
	}
	_, err = io.WriteString(c.out, b.String())
	return err
}

// convert prints an msmtprc as TOML.
func (c *call) convert(path string) error {
	if err := c.onlyWith("from-msmtp"); err != nil {
		return err
	}
	var in io.Reader = stdio.NewInput(c.Stdin)
	name := "standard input"
	if path != "-" {
		f, err := os.Open(path)
		if err != nil {
			return fileError(path, err)
		}
		defer f.Close()
		in, name = f, path
	}
	text, err := config.FromMSMTP(in, name)
	var unread *fs.PathError
	if path != "-" && errors.As(err, &unread) {
		return fileError(path, err)
	}
	if err != nil {
		return err
	}
	_, err = io.WriteString(c.out, text)
	return err
}
