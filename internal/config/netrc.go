package config

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"mailpipe/internal/oserror"
)

// maxNetrc is how many octets of ~/.netrc are read, as in curl.
const maxNetrc = 128 << 10

// netrcFile returns the name of ~/.netrc, or "" without a home directory.
func netrcFile(getenv func(string) string) string {
	if home := getenv("HOME"); home != "" {
		return filepath.Join(home, ".netrc")
	}
	return ""
}

// readNetrc returns the password of a user at a machine.
func readNetrc(name, machine, login string) (string, error) {
	missing := &SecretError{Reason: "no password found for " + quote(login), Err: ErrNoPassword}
	if name == "" {
		return "", missing
	}
	f, err := os.Open(name)
	if errors.Is(err, fs.ErrNotExist) {
		return "", missing
	}
	if err != nil {
		return "", &SecretError{Source: name, Reason: oserror.Reason(err), Err: err}
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, maxNetrc))
	if err != nil {
		return "", &SecretError{Source: name, Reason: oserror.Reason(err), Err: err}
	}
	password, ok := lookUpNetrc(string(text), machine, login)
	if !ok {
		return "", missing
	}
	// The mode matters only if the password is used.
	if err := checkPrivate(f, name); err != nil {
		return "", err
	}
	return checkPassword(name, password)
}

// A netrcEntry is what follows `machine NAME` or `default`.
type netrcEntry struct {
	matches  bool    // the machine
	login    *string // nil if missing: the password is for any user
	password *string // nil if missing
}

// passwordFor returns the password if the entry is for that user.
func (e *netrcEntry) passwordFor(login string) (password string, ok bool) {
	if !e.matches || e.password == nil || e.login != nil && *e.login != login {
		return "", false
	}
	return *e.password, true
}

// lookUpNetrc returns the password of the first entry for the machine, or
// `default`, that has a password and that login or none.
func lookUpNetrc(text, machine, login string) (password string, ok bool) {
	words := netrcWords{withoutComments(text)}
	var entry netrcEntry
	for {
		word, quoted, more := words.next()
		if !more {
			return entry.passwordFor(login)
		}
		if quoted {
			continue
		}
		if word[0] == '#' {
			words.skipLine()
			continue
		}
		switch strings.ToLower(word) {
		case "machine":
			if password, ok := entry.passwordFor(login); ok {
				return password, true
			}
			name, _ := words.value()
			entry = netrcEntry{matches: machine != "" && strings.EqualFold(name, machine)}
		case "default":
			if password, ok := entry.passwordFor(login); ok {
				return password, true
			}
			entry = netrcEntry{matches: true}
		case "login", "user":
			if name, ok := words.value(); ok {
				entry.login = &name
			}
		case "password", "passwd":
			value, ok := words.value()
			if ok && entry.password == nil {
				entry.password = &value
			}
		case "account":
			words.value()
		case "macdef":
			words.skipMacro()
		}
	}
}

// withoutComments removes the lines that begin with #.
func withoutComments(text string) string {
	var b strings.Builder
	for line := range strings.Lines(text) {
		if !strings.HasPrefix(strings.TrimLeft(line, " \t"), "#") {
			b.WriteString(line)
		}
	}
	return b.String()
}
