package cli

import (
	"os/user"

	"mailpipe/compose"
)

// sender finds the From address where no flag gave it: $MAILPIPE_FROM, the
// account, $EMAIL, user@host. It may find none.
func (d *draft) sender() error {
	known := d.message.From != (compose.Address{}) && !d.flags.IsSet("account")
	if known && !d.flags.IsSet("config") {
		return nil
	}
	if d.config == nil {
		all, err := d.loadConfig()
		if err != nil {
			return err
		}
		d.config = all
	}
	if known {
		return nil // a file that was named and cannot be read was worth telling
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
		a, err := compose.ParseAddress(source.value)
		if err != nil {
			return addressError(source.name, err)
		}
		d.message.From = a
		return nil
	}
	if a, err := compose.ParseAddress(userAtHost()); err == nil {
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
