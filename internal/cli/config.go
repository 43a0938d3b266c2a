package cli

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"

	"mailpipe/internal/config"
	"mailpipe/internal/stdio"
)

// runConfig prints the settings in force, or an msmtprc as TOML.
func runConfig(c *call) error {
	if operands := c.line.operands(); len(operands) > 0 {
		return usage("config takes no operands")
	}
	if c.flags.IsSet("from-msmtp") {
		return c.convert(c.flags.String("from-msmtp"))
	}
	all, err := c.loadConfig()
	if err != nil {
		return err
	}
	settings, err := c.settle(all, c.Getenv("MAILPIPE_FROM"), c.Getenv) // which chooses the account of send
	if err != nil {
		return err
	}
	var b strings.Builder
	for _, s := range settings.List() {
		unused := ""
		if s.Unused {
			unused = "\tunused"
		}
		fmt.Fprintf(&b, "%s\t%s\t%s%s\n", s.Key, s.Value, s.Origin, unused)
	}
	_, err = c.out.Write([]byte(b.String()))
	return err
}

func (c *call) convert(path string) error {
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
	_, err = c.out.Write([]byte(text))
	return err
}
