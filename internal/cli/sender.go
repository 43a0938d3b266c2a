package cli

import (
	"os/user"

	"mailpipe/compose"
)

// findSender sets From if no flag did: to $MAILPIPE_FROM, the account's address,
// $EMAIL or user@host. It may find none. An invalid --config or --account is an
// error even if From is known.
func (d *draft) findSender() error {
	known := d.message.From != (compose.Address{})
	needsSettings := !known || d.flags.IsSet("account")
	if !needsSettings && !d.flags.IsSet("config") {
		return nil
	}
	all, err := d.loadConfig()
	if err != nil || !needsSettings {
		return err
	}
	settings, err := d.settle(all, "", serverVariables...)
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
	u, err := user.Current()
	if err != nil {
		return nil
	}
	a, err := compose.ParseAddress(u.Username + "@" + fullHostName())
	if err == nil { // the host has a full name
		d.message.From = a
	}
	return nil
}
