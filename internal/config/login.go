package config

import (
	"io"
	"strings"
	"sync"
)

// Login is what a server asks to know (RFC 4954).
type Login struct {
	User      string
	Mechanism string                 // upper case; empty: the best that is offered
	Secret    func() (string, error) // the password or token; finds it once. Its error is a *SecretError
}

// Login returns what that server is to be told; nil: nobody asked for a login.
// The standard error of a password command goes to stderr.
func (s *Settings) Login(server Server, stderr io.Writer) *Login {
	user := s.user(server)
	if user == "" && !s.external() {
		return nil
	}
	source := server.Host + "\n" + user
	if s.secret[source] == nil {
		s.secret[source] = sync.OnceValues(func() (string, error) { return s.find(server.Host, user, stderr) })
	}
	return &Login{User: user, Mechanism: strings.ToUpper(s.values["auth"].one()), Secret: s.secret[source]}
}

// user is who logs in: of the URL, unless one was named where the server was, or higher up.
func (s *Settings) user(server Server) string {
	v := s.values["user"]
	if server.User != "" && v.layer < s.values["server"].layer {
		return server.User
	}
	return v.one()
}

// external reports whether the TLS certificate is to say who we are (RFC 4422 appendix A).
func (s *Settings) external() bool {
	return strings.EqualFold(s.values["auth"].one(), "EXTERNAL")
}

// find looks for the password: flags, $MAILPIPE_PASSWORD, the account, ~/.netrc.
func (s *Settings) find(host, user string, stderr io.Writer) (string, error) {
	file, command := s.values["password_file"], s.values["password_command"]
	given := max(file.layer, command.layer)
	if password := s.getenv(PasswordVariable); password != "" && given < byEnv {
		return checkSecret("$"+PasswordVariable, password)
	}
	switch {
	case given == unset:
		return readNetrc(netrcFile(s.getenv), host, user)
	case file.layer == given:
		return readSecret(file.one())
	default:
		return runSecret(command.one(), secretLimit, stderr)
	}
}
