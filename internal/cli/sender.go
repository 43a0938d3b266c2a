package cli

import (
	"os/user"

	"mailpipe/compose"
)

// sender sets From if no flag did: to $MAILPIPE_FROM, the account's address,
// $EMAIL or user@host. It may find none. An invalid --config or --account is an
// error even if From is known.
func (d *draft) sender() error {
	known := d.message.From != (compose.Address{})
	needsSettings := !known || d.flags.IsSet("account")
	if needsSettings || d.flags.IsSet("config") {
		if err := d.loadConfigOnce(); err != nil {
			return err
		}
	}
	if !needsSettings {
		return nil
	}
	settings, err := d.settle(d.config, "", d.getenvExcept("MAILPIPE_SERVER"))
	if err != nil || known {
		return err
	}
	for _, source := range []struct{ name, value string }{
		{"$MAILPIPE_FROM", settings.From},
		{"$EMAIL", d.Getenv("EMAIL")},
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

func (d *draft) loadConfigOnce() (err error) {
	if d.config == nil {
		d.config, err = d.loadConfig()
	}
	return err
}

// userAtHost returns the address of last resort, or "" if the host has no full name.
func userAtHost() string {
	host := fullHostName()
	u, err := user.Current()
	if host == "" || err != nil {
		return ""
	}
	return u.Username + "@" + host
}
