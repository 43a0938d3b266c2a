package cli

import (
	"os"
	"os/user"
	"strings"

	"mailpipe/compose"
	"mailpipe/internal/address"
	"mailpipe/internal/config"
)

// values returns what a flag was given, as often as it may be given; nil when it was not.
func (c *call) values(name string) []string {
	var all []string
	f := find(Flags(c.name), name)
	for _, a := range c.sorted.args {
		if a.flag != name || f == nil {
			continue
		}
		if !f.Many {
			all = nil
		}
		all = append(all, a.value)
	}
	return all
}

// loadConfig reads the configuration once.
func (c *call) loadConfig() (*config.Config, error) {
	all, err := config.Load(c.flags.String("config"), c.Getenv)
	if err != nil {
		return nil, err
	}
	for _, err := range all.Skipped {
		c.note("%s", err)
	}
	return all, nil
}

// settle finds the settings in force for a From address; empty: it is not known.
func (c *call) settle(all *config.Config, from string, getenv func(string) string) (*config.Settings, error) {
	choice, err := all.Choose(c.flags.String("account"), from, getenv)
	if err != nil {
		return nil, err
	}
	return config.Settle(c.values, getenv, choice)
}

// sender finds the From address where no flag gave it: $MAILPIPE_FROM, the
// account, $EMAIL, user@host. It may find none.
func (d *draft) sender() error {
	if d.message.From != (compose.Address{}) && !d.flags.IsSet("account") {
		return nil
	}
	if d.config == nil {
		all, err := d.loadConfig()
		if err != nil {
			return err
		}
		d.config = all
	}
	settings, err := d.settle(d.config, "", func(name string) string {
		if name == "MAILPIPE_SERVER" {
			return "" // of no concern for From
		}
		return d.Getenv(name)
	})
	if err != nil {
		return err
	}
	if d.message.From != (compose.Address{}) {
		return nil // a wrong account was worth telling
	}
	for _, source := range []struct{ name, value string }{
		{"$MAILPIPE_FROM", settings.From}, {"$EMAIL", d.Getenv("EMAIL")},
	} {
		if source.value == "" {
			continue
		}
		a, err := address.Parse(source.value)
		if err != nil {
			return addressError(source.name, err)
		}
		d.message.From = a
		return nil
	}
	if a, err := address.Parse(userAtHost()); err == nil {
		d.message.From = a
	}
	return nil
}

// userAtHost is the address of last resort, or "" where the host has no full name.
func userAtHost() string {
	host := fullHostName()
	u, err := user.Current()
	if host == "" || err != nil {
		return ""
	}
	return u.Username + "@" + host
}

// fullHostName is the host's name where it is a full one, else "".
func fullHostName() string {
	host, err := os.Hostname()
	if err != nil || !isFullName(host) {
		return ""
	}
	return host
}

// isFullName reports whether a name has a dot and only letters, digits and
// hyphens, as others can look it up.
func isFullName(host string) bool {
	labels := strings.Split(host, ".")
	for _, label := range labels {
		if label == "" || strings.Trim(label, "-") != label {
			return false
		}
		for _, r := range label {
			if !(r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '-') {
				return false
			}
		}
	}
	return len(labels) > 1
}
