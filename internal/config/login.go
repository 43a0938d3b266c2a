package config

import (
	"errors"
	"io"
	"strings"
	"sync"

	"mailpipe/wire"
)

// Login returns the login for a server, or nil if none was requested. Its
// Secret looks for the password only once; the error is a *SecretError. The
// standard error of a password command is written to stderr.
func (s *Settings) Login(server ServerURL, stderr io.Writer) *wire.Login {
	user := s.User(server)
	if user == "" && !s.external() {
		return nil
	}
	source := server.Host + "\n" + user
	if s.secret[source] == nil {
		s.secret[source] = sync.OnceValues(func() (string, error) { return s.password(server, user, stderr) })
	}
	return &wire.Login{User: user, Mechanism: strings.ToUpper(s.values["auth"].one()), Secret: s.secret[source]}
}

// User returns the login name for a server, or "". A user in the URL wins over
// one from a lower layer than the URL.
func (s *Settings) User(server ServerURL) string {
	v := s.values["user"]
	if server.User != "" && v.layer < s.values["server"].layer {
		return server.User
	}
	return v.one()
}

// external reports whether the TLS certificate names the user (RFC 4422
// appendix A).
func (s *Settings) external() bool {
	return strings.EqualFold(s.values["auth"].one(), "EXTERNAL")
}

// password looks for the password in the flags, $MAILPIPE_PASSWORD, the account
// and ~/.netrc. If none of them has it, the user is asked.
func (s *Settings) password(server ServerURL, user string, stderr io.Writer) (string, error) {
	if password := s.envPassword(); password != "" {
		return checkPassword("$"+PasswordVariable, password)
	}
	switch s.passwordLayer() {
	case unset:
		password, err := readNetrc(netrcFile(s.getenv), server.Host, user)
		if errors.Is(err, ErrNoPassword) && s.Ask != nil {
			return s.asked(user, server.Name, err)
		}
		return password, err
	case s.values["password_file"].layer:
		return ReadPasswordFile(s.values["password_file"].one())
	}
	return runPasswordCommand(s.values["password_command"].one(), stderr)
}

// asked returns the password that the user types, or missing if the answer is empty.
func (s *Settings) asked(user, server string, missing error) (string, error) {
	password, err := s.Ask(user, server)
	switch {
	case err != nil:
		return "", &SecretError{Reason: "cannot ask for the password: " + err.Error(), Err: err}
	case password == "":
		return "", missing
	}
	return checkPassword("terminal", password)
}

// passwordLayer returns the highest layer that names a file or a command.
func (s *Settings) passwordLayer() layer {
	return max(s.values["password_file"].layer, s.values["password_command"].layer)
}

// envPassword returns $MAILPIPE_PASSWORD unless a flag wins over it.
func (s *Settings) envPassword() string {
	if s.passwordLayer() > byEnv {
		return ""
	}
	return s.getenv(PasswordVariable)
}
