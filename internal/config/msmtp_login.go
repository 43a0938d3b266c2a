package config

import (
	"slices"
	"strings"

	"mailpipe/internal/shell"
	"mailpipe/wire"
)

// auth returns the mechanism in lower case, "on", "off" or "".
func (t *msmtpTable) auth() string {
	if t.has("auth") && t.argument("auth") == "" {
		return "on"
	}
	return strings.ToLower(t.argument("auth"))
}

// logsIn reports whether the account logs in.
func (t *msmtpTable) logsIn() bool {
	switch t.auth() {
	case "", "off":
		return false
	case "external":
		return true
	}
	return t.argument("user") != ""
}

func (t *msmtpTable) login() {
	auth, user := t.auth(), t.argument("user")
	if !t.logsIn() {
		t.withoutLogin(auth, user)
		return
	}
	t.put("user", user, "user")
	switch {
	case auth == "on":
	case slices.Contains(wire.Mechanisms(), strings.ToUpper(auth)):
		t.put("auth", strings.ToUpper(auth), "auth")
	default:
		t.note("auth", auth, "not supported: the best mechanism that the server offers is used")
	}
	if user != "" {
		t.password(auth, user)
	}
}

// withoutLogin adds comments about the lines that have no effect without a
// login.
func (t *msmtpTable) withoutLogin(auth, user string) {
	if auth != "" && auth != "off" {
		t.note("auth", auth, "missing user")
		t.dropped("missing user", "password", "passwordeval")
		return
	}
	if user != "" {
		t.note("user", user, "auth is off, so msmtp does not log in. With "+tomlLine("user", user)+", mailpipe would")
	}
	t.dropped("auth is off", "password", "passwordeval")
}

// password writes where the password is. It never writes the password.
func (t *msmtpTable) password(auth, user string) {
	command := t.argument("passwordeval")
	switch {
	case t.has("password"):
		t.note("password", "", "not copied. Write it to a file that only you can read (mode 600), and add:")
		t.notes = append(t.notes,
			tomlLine("password_file", "~/.config/mailpipe/"+fileName(t.account.name)+".password"),
			"or add the command of a password manager that prints it:",
			`password_command = "pass show mail"`)
		if command != "" {
			t.note("passwordeval", "", "dropped: msmtp uses the password instead")
		}
	case command != "":
		t.put("password_command", command, "passwordeval")
	case auth == "external":
	default:
		t.note("user", user, "msmtp looks for the password in the key ring and ~/.netrc, or asks for it. "+
			"mailpipe reads ~/.netrc; for the key ring, add:")
		lookup := "secret-tool lookup host " + shell.Quote(t.argument("host")) + " service smtp user " + shell.Quote(user)
		t.notes = append(t.notes, tomlLine("password_command", lookup))
	}
}

// fileName replaces all characters but letters, digits, hyphens and
// underscores.
func fileName(s string) string {
	return strings.Map(func(r rune) rune {
		if r|0x20 >= 'a' && r|0x20 <= 'z' || r >= '0' && r <= '9' || r == '-' || r == '_' {
			return r
		}
		return '_'
	}, s)
}
