package config

import (
	"bytes"
	"errors"
	"os"
	"slices"
	"strings"

	"mailpipe/internal/oserror"
)

// PasswordVariable is the environment variable with the password.
const PasswordVariable = "MAILPIPE_PASSWORD"

// LoginVariables returns the environment variables that no child process may see.
func LoginVariables() []string {
	return []string{PasswordVariable, "MAILPIPE_PASSWORD_FILE", "MAILPIPE_USER"}
}

// maxPassword is the limit for a password or token, in octets.
const maxPassword = 64 << 10

// CheckPasswordFile returns a *SecretError if a login would not read the file with
// the password, because it is missing or others can read it. It does not open the
// file, which may be a FIFO.
func (s *Settings) CheckPasswordFile() error {
	v := s.values["password_file"]
	isUsed := v.layer != unset && v.layer == s.passwordLayer() && s.envPassword() == ""
	logsIn := slices.ContainsFunc(s.Servers, func(server ServerURL) bool { return s.User(server) != "" })
	if !isUsed || !logsIn || s.external() {
		return nil
	}
	name := v.one()
	info, err := os.Stat(name)
	if err == nil {
		err = checkPrivate(name, info)
	}
	if err != nil {
		return unreadable(name, err)
	}
	return nil
}

// ReadPasswordFile returns the first line of a file. Another user must not be able to
// read the file, unless it is a mounted secret.
func ReadPasswordFile(name string) (string, error) {
	f, err := readFile(name, maxPassword, checkPrivate)
	if err != nil {
		return "", unreadable(name, err)
	}
	return firstLine(name, f.text, f.more)
}

// unreadable returns err as a *SecretError.
func unreadable(name string, err error) error {
	if secret, ok := errors.AsType[*SecretError](err); ok {
		return secret
	}
	return &SecretError{Source: name, Reason: "cannot read the password: " + oserror.Reason(err).Error(), Err: err}
}

// firstLine returns the first line as the password. What follows may be notes,
// as in a password manager. Editors on Windows put a BOM first.
func firstLine(source string, text []byte, more bool) (string, error) {
	if more {
		return "", &SecretError{Source: source, Reason: "too large: over 64 KiB"}
	}
	line, _, _ := bytes.Cut(bytes.TrimPrefix(text, []byte("\ufeff")), []byte("\n"))
	return checkPassword(source, strings.TrimSuffix(string(line), "\r"))
}

// checkPassword refuses a password that no mechanism can carry (RFC 4616 §2).
func checkPassword(source, password string) (string, error) {
	switch {
	case password == "":
		return "", &SecretError{Source: source, Reason: "no password in the first line", Err: ErrNoPassword}
	case strings.ContainsAny(password, "\x00\r\n"):
		return "", &SecretError{Source: source, Reason: "the password contains NUL or a line ending"}
	}
	return password, nil
}
