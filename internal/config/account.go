package config

import (
	"maps"
	"slices"
	"strings"

	"mailpipe/internal/address"
	"mailpipe/internal/spelling"
)

// Choice is an account and why it was chosen.
type Choice struct {
	Account *Account // nil: none
	Origin  string   // "-A", "$MAILPIPE_ACCOUNT", "From", or the file and line of the default
	Named   bool     // by -A
}

// Choose takes the account that -A names (flag; empty: it was not given), else
// the one of $MAILPIPE_ACCOUNT, else the only one with that From address (a
// mailbox; empty: not known), else the default.
func (c *Config) Choose(flag, from string, getenv func(string) string) (Choice, error) {
	if flag != "" {
		a, err := c.named(flag, "-A")
		return Choice{a, "-A", true}, err
	}
	if name := getenv("MAILPIPE_ACCOUNT"); name != "" {
		a, err := c.named(name, "$MAILPIPE_ACCOUNT")
		return Choice{a, "$MAILPIPE_ACCOUNT", false}, err
	}
	if a := c.byFrom(from); a != nil {
		return Choice{a, "From", false}, nil
	}
	if c.fallback == nil {
		return Choice{}, nil
	}
	name := c.fallback.values[0]
	a := c.accounts[name]
	if a == nil {
		names := c.names()
		return Choice{}, &FileError{File: c.fallback.file, Line: c.fallback.line, Key: "default",
			Reason: "there is no account " + quote(name), Near: spelling.Word(name, names)}
	}
	return Choice{a, c.fallback.origin(), false}, nil
}

func (c *Config) named(name, origin string) (*Account, error) {
	if a := c.accounts[name]; a != nil {
		return a, nil
	}
	names := c.names()
	return nil, &UnknownAccountError{Name: name, Origin: origin, Files: c.Files, Known: names, Near: spelling.Word(name, names)}
}

func (c *Config) names() []string { return slices.Sorted(maps.Keys(c.accounts)) }

// byFrom finds the account with that From address, when there is exactly one.
func (c *Config) byFrom(mailbox string) *Account {
	if mailbox == "" {
		return nil
	}
	var found *Account
	for _, a := range c.accounts {
		if s, ok := a.set["from"]; ok && sameMailbox(s.values[0], mailbox) {
			if found != nil {
				return nil
			}
			found = a
		}
	}
	return found
}

// sameMailbox compares what an account has with a mailbox: domains know no case.
func sameMailbox(from, mailbox string) bool {
	a, err := address.Parse(from)
	if err != nil {
		return false
	}
	b, err := address.Parse(mailbox)
	return err == nil && a.Local == b.Local && strings.EqualFold(a.Domain, b.Domain)
}
