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
// password, and either that login or no login.
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
// before the first machine, and applies to no machine.
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

const netrcSpace = " \t\r\n"

// netrcWords splits a netrc file into words. A word may be in double quotes;
// there a backslash quotes the next character, except that \n, \r and \t are
// control characters.
type netrcWords struct{ rest string }

// next returns the next word, and whether it was quoted. A quoted word may be
// empty. There is no word at the end of the text, nor after a quote that is not
// closed.
func (w *netrcWords) next() (word string, quoted, ok bool) {
	w.rest = strings.TrimLeft(w.rest, netrcSpace)
	if w.rest == "" {
		return "", false, false
	}
	if w.rest[0] == '"' {
		word, ok = w.quoted()
		return word, true, ok
	}
	end := strings.IndexAny(w.rest, netrcSpace)
	if end < 0 {
		end = len(w.rest)
	}
	word, w.rest = w.rest[:end], w.rest[end:]
	return word, false, true
}

func (w *netrcWords) quoted() (word string, ok bool) {
	var b strings.Builder
	for i := 1; i < len(w.rest); i++ {
		c := w.rest[i]
		if c == '"' {
			w.rest = w.rest[i+1:]
			return b.String(), true
		}
		if c == '\\' && i+1 < len(w.rest) {
			i++
			c = w.rest[i]
			if j := strings.IndexByte("nrt", c); j >= 0 {
				c = "\n\r\t"[j]
			}
		}
		b.WriteByte(c)
	}
	w.rest = ""
	return "", false
}

// value returns the word after a keyword. It is missing if the next line begins
// another entry, whose words must not be read as the value.
func (w *netrcWords) value() (word string, ok bool) {
	trimmed := strings.TrimLeft(w.rest, netrcSpace)
	onNextLine := strings.Contains(w.rest[:len(w.rest)-len(trimmed)], "\n")
	after := netrcWords{trimmed}
	word, quoted, ok := after.next()
	if onNextLine && !quoted && (strings.EqualFold(word, "machine") || strings.EqualFold(word, "default")) {
		return "", false
	}
	*w = after
	return word, ok
}

// skipPast skips the text up to the end of a comment or of a macro.
func (w *netrcWords) skipPast(end string) { _, w.rest, _ = strings.Cut(w.rest, end) }
