package cli

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"
	"strings"

	"mailpipe/internal/config"
	"mailpipe/internal/stdio"
	"mailpipe/internal/termtext"
)

// runConfig prints the settings in force, or an msmtprc as TOML.
func runConfig(c *call) error {
	if len(c.line.operands()) > 0 {
		return usage("config takes no operands")
	}
	if c.flags.IsSet("from-msmtp") {
		return c.convert(c.flags.String("from-msmtp"))
	}
	all, err := c.loadConfig()
	if err != nil {
		return err
	}
	from := c.Getenv("MAILPIPE_FROM") // it may choose the account, as in send
	settings, err := c.settle(all, from, "")
	if err != nil {
		return err
	}
	var b strings.Builder
	for _, s := range settings.List() {
		unused := ""
		if s.Unused {
			unused = "\tunused"
		}
		fmt.Fprintf(&b, "%s\t%s\t%s%s\n", s.Key, termtext.Escape(s.Value), termtext.Escape(s.Origin), unused)
	}
	_, err = io.WriteString(c.out, b.String())
	return err
}

// convert prints an msmtprc as TOML.
func (c *call) convert(path string) error {
	for _, a := range c.line.args {
		if !slices.Contains([]string{"from-msmtp", "verbose", "quiet"}, a.flag) {
			return usage("--from-msmtp and --%s exclude each other", a.flag)
		}
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
