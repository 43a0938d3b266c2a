package cli

import (
	"errors"
	"slices"
	"strings"

	"mailpipe/internal/config"
	"mailpipe/internal/termtext"
)

// variable sets what a variable of s-nail sets.
func (m *mailxParser) variable(text string) error {
	name, value, _ := strings.Cut(text, "=")
	switch name {
	case "from":
		m.from = value
	case "replyto", "reply-to":
		return m.addresses("reply-to", "-S "+name, value)
	case "smtp-auth-user":
		m.set("user", value)
	case "smtp-auth":
		if !strings.EqualFold(value, "none") {
			m.set("auth", value)
		}
	case "ttycharset":
		m.charset(value)
	case "mta", "smtp":
		return m.server(name, value)
	default:
		if strings.Contains(name, "password") {
			return usage("-S %s: a password in an argument is visible to other users", termtext.Line(name)).
				withHint("use --password-file, or the key password_file of the account")
		}
		m.notes = append(m.notes, "-S "+termtext.Line(name)+": ignored")
	}
	return nil
}

// server sets the server. It must be on the network: programs on the web let strangers
// add arguments, and a command would give them a shell.
func (m *mailxParser) server(variable, value string) error {
	s, err := config.ParseServer(value)
	if e, ok := errors.AsType[*config.SettingError](err); ok {
		e.Origin.Name = "-S " + variable
	}
	if err != nil {
		return err
	}
	if !slices.Contains([]string{"smtp", "smtps", "submission"}, s.Scheme) {
		return usage("-S %s: must be a host, or an smtp, smtps or submission URL", variable)
	}
	m.set("server", value)
	m.hasServer = true
	return nil
}
