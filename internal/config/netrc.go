package config

import (
	"errors"
	"io/fs"
	"path/filepath"
	"regexp"
	"strings"
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
	f, err := readFile(name, maxNetrc, nil)
	if errors.Is(err, fs.ErrNotExist) {
		return "", missing
	}
	if err != nil {
		return "", unreadable(name, err)
	}
	password, ok := lookUpNetrc(string(f.text), machine, login)
	if !ok {
		return "", missing
	}
	// The mode matters only if the password is used.
	if err := checkPrivate(name, f.info); err != nil {
		return "", err
	}
	return checkPassword(name, password)
}

// lookUpNetrc returns the password of the first entry for the machine that has a
// password, and that login or none.
func lookUpNetrc(text, machine, login string) (password string, ok bool) {
	for _, e := range parseNetrc(text) {
		isMachine := e.isDefault || machine != "" && strings.EqualFold(e.machine, machine)
		isLogin := e.login == nil || *e.login == login
		if isMachine && isLogin && e.password != nil {
			return *e.password, true
		}
	}
	return "", false
}

// A netrcEntry is a login and its password. There may be several for one
// machine.
type netrcEntry struct {
	machine   string
	isDefault bool    // for any machine
	login     *string // nil means any user
	password  *string // nil means that it is missing
}

// parseNetrc returns the entries of a netrc file. The first one has what is
// before the first machine, and is for none.
func parseNetrc(text string) []netrcEntry {
	text = strings.ReplaceAll(text, "\r\n", "\n")
	commentLine := regexp.MustCompile(`(?m)^[ \t]*#.*\n?`)
	words := netrcWords{commentLine.ReplaceAllString(text, "")}
	entries := make([]netrcEntry, 1)
	for {
		word, quoted, ok := words.next()
		if !ok {
			return entries
		}
		if quoted {
			continue
		}
		if word[0] == '#' { // after other words
			words.skipPast("\n")
			continue
		}
		last := &entries[len(entries)-1]
		switch strings.ToLower(word) {
		case "machine":
			name, _ := words.value()
			entries = append(entries, netrcEntry{machine: name})
		case "default":
			entries = append(entries, netrcEntry{isDefault: true})
		case "login", "user":
			name, ok := words.value()
			if ok && last.login != nil { // another user at the same machine
				entries = append(entries, netrcEntry{machine: last.machine, isDefault: last.isDefault, login: &name})
			} else if ok {
				last.login = &name
			}
		case "password", "passwd":
			value, ok := words.value()
			if ok && last.password == nil {
				last.password = &value
			}
		case "account":
			words.value()
		case "macdef":
			words.skipPast("\n\n")
		}
	}
}
