package config

import (
	"net/url"
	"slices"
	"strings"

	"mailpipe/internal/shell"
	"mailpipe/wire"
)

// logsIn reports whether the account logs in.
func (a *msmtpAccount) logsIn() bool {
	switch a.argument("auth") {
	case "", "off":
		return false
	case "external":
		return true
	}
	return a.argument("user") != ""
}

func (a *msmtpAccount) putLogin() {
	auth, user := a.argument("auth"), a.argument("user")
	switch {
	case a.logsIn():
	case auth == "" || auth == "off":
		if user != "" {
			key := tomlLine("user", user)
			a.note("user", user, "auth is off, so msmtp does not log in. With "+key+", mailpipe would")
		}
		a.dropped("auth is off", "password", "passwordeval")
		return
	default:
		a.note("auth", auth, "missing user")
		a.dropped("missing user", "password", "passwordeval")
		return
	}
	a.put("user", user, "user")
	mechanism := strings.ToUpper(auth)
	switch {
	case slices.Contains(wire.Mechanisms(), mechanism):
		a.put("auth", mechanism, "auth")
	case auth != "on":
		a.note("auth", auth, "not supported: the best mechanism that the server offers is used")
	}
	if user != "" {
		a.putPassword()
	}
}

// putPassword writes where the password is. It never writes the password.
func (a *msmtpAccount) putPassword() {
	command, user := a.argument("passwordeval"), a.argument("user")
	switch {
	case a.argument("password") != "":
		a.note("password", "", "not copied. Write it to a file that only you can read (mode 600), and add:")
		a.notes = append(a.notes,
			tomlLine("password_file", "~/.config/mailpipe/"+url.PathEscape(a.name)+".password"),
			"or add the command of a password manager that prints it:",
			`password_command = "pass show mail"`)
		if command != "" {
			a.note("passwordeval", "", "dropped: msmtp uses the password instead")
		}
	case command != "":
		a.put("password_command", command, "passwordeval")
	case a.argument("auth") != "external":
		a.note("user", user, "msmtp looks for the password in the key ring and ~/.netrc, or asks for it. "+
			"mailpipe reads ~/.netrc; for the key ring, add:")
		host := shell.Quote(a.argument("host"))
		lookup := "secret-tool lookup host " + host + " service smtp user " + shell.Quote(user)
		a.notes = append(a.notes, tomlLine("password_command", lookup))
	}
}
