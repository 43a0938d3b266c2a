package config

import (
	"io"
	"strings"
	"sync"

	"mailpipe/wire"
)

// Login returns the login for a server, or nil if none was asked for. Its
// Secret looks for the password only once; the error is a *SecretError. What a
// password command writes to standard error goes to stderr.
func (s *Settings) Login(server ServerURL, stderr io.Writer) *wire.Login {
	user := s.user(server)
	if user == "" && !s.external() {
		return nil
	}
	source := server.Host + "\n" + user
	if s.secret[source] == nil {
		s.secret[source] = sync.OnceValues(func() (string, error) { return s.password(server.Host, user, stderr) })
	}
	return &wire.Login{User: user, Mechanism: strings.ToUpper(s.values["auth"].one()), Secret: s.secret[source]}
}

// user returns the login name for a server, or "". A user in the URL wins over
// one from a lower layer than the URL.
func (s *Settings) user(server ServerURL) string {
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
// and ~/.netrc.
func (s *Settings) password(host, user string, stderr io.Writer) (string, error) {
	file, command := s.values["password_file"], s.values["password_command"]
	highest := max(file.layer, command.layer)
	if password := s.getenv(PasswordVariable); password != "" && highest < byEnv {
		return checkPassword("$"+PasswordVariable, password)
	}
	switch highest {
	case unset:
		return readNetrc(netrcFile(s.getenv), host, user)
	case file.layer:
		return readPasswordFile(file.one())
	}
	return runPasswordCommand(command.one(), stderr)
}
