package config

import (
	"maps"
	"slices"
	"strings"

	"mailpipe/internal/address"
	"mailpipe/internal/spelling"
)

// A Choice is an account and the reason why it was chosen.
type Choice struct {
	Account *Account // nil if there is none
	Origin  Origin   // "-A", "$MAILPIPE_ACCOUNT", "From", the default in a file, or "the only account"
	Named   bool     // chosen by -A
}

// Choose returns the account that -A names. Without that flag (name is empty)
// it is the account that $MAILPIPE_ACCOUNT names, or the only one with that
// From address (empty if unknown), or the default, or the only account, in this
// order.
func (c *Config) Choose(name, from string, getenv func(string) string) (Choice, error) {
	if name != "" {
		return c.named(name, Origin{Name: "-A"}, true)
	}
	if name := getenv("MAILPIPE_ACCOUNT"); name != "" {
		return c.named(name, Origin{Name: "$MAILPIPE_ACCOUNT"}, false)
	}
	if a := c.byFrom(from); a != nil {
		return Choice{Account: a, Origin: Origin{Name: "From"}}, nil
	}
	if c.fallback.layer != unset {
		return c.named(c.fallback.one(), c.fallback.origin(), false)
	}
	if names := c.Accounts(); len(names) == 1 {
		return Choice{Account: c.accounts[names[0]], Origin: Origin{Name: "the only account"}}, nil
	}
	return Choice{}, nil
}

// Unused returns the accounts that were not chosen, as List shows settings.
func (c *Config) Unused(choice Choice) []Setting {
	var list []Setting
	for _, name := range c.Accounts() {
		if a := c.accounts[name]; a != choice.Account {
			list = append(list, Setting{Key: "account", Value: name, Origin: a.file, Unused: true})
		}
	}
	return list
}

// named returns the account with that name, which origin names.
func (c *Config) named(name string, origin Origin, byFlag bool) (Choice, error) {
	if a := c.accounts[name]; a != nil {
		return Choice{a, origin, byFlag}, nil
	}
	known := c.Accounts()
	err := &SettingError{
		Origin: origin, Key: "default", Reason: "unknown account " + quote(name), Near: spelling.Closest(name, known),
	}
	if err.InFile() {
		return Choice{}, err
	}
	if len(c.Files) == 0 {
		err.Reason += ": no configuration file found"
		return Choice{}, err
	}
	err.Reason += ": not in " + strings.Join(c.Files, ", ")
	if err.Near == "" && len(known) > 0 {
		err.Reason += " (accounts: " + strings.Join(known, ", ") + ")"
	}
	return Choice{}, err
}

// Accounts returns the names of the accounts in order.
func (c *Config) Accounts() []string { return slices.Sorted(maps.Keys(c.accounts)) }

// byFrom returns the account with that From address if exactly one has it.
func (c *Config) byFrom(from string) *Account {
	var found []*Account
	for _, a := range c.accounts {
		if sameMailbox(a.settings["from"].one(), from) {
			found = append(found, a)
		}
	}
	if len(found) != 1 {
		return nil
	}
	return found[0]
}

// sameMailbox reports whether two addresses have the same mailbox. The case of
// the domain is ignored.
func sameMailbox(x, y string) bool {
	a, err := address.Parse(x)
	if err != nil {
		return false
	}
	b, err := address.Parse(y)
	return err == nil && a.Local == b.Local && strings.EqualFold(a.Domain, b.Domain)
}
