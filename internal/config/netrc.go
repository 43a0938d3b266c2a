package config

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// netrcMax is how much of ~/.netrc is read, as curl does.
const netrcMax = 128 << 10

func netrcFile(getenv func(string) string) string {
	if home := getenv("HOME"); home != "" {
		return filepath.Join(home, ".netrc")
	}
	return ""
}

// readNetrc finds the password of a user at a machine in ~/.netrc.
func readNetrc(name, machine, login string) (string, error) {
	none := &SecretError{Reason: "no password was found for " + quote(login), Err: ErrNoPassword}
	if name == "" {
		return "", none
	}
	f, err := os.Open(name)
	if errors.Is(err, fs.ErrNotExist) {
		return "", none
	}
	if err != nil {
		return "", &SecretError{Source: name, Reason: reason(err), Err: err}
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, netrcMax))
	if err != nil {
		return "", &SecretError{Source: name, Reason: reason(err), Err: err}
	}
	password, ok := lookUpNetrc(string(text), machine, login)
	if !ok {
		return "", none
	}
	if err := private(f, name); err != nil { // only where it has what we want
		return "", err
	}
	return checkSecret(name, password)
}

// lookUpNetrc reads the words of a netrc file. The first entry that names the machine, or
// `default`, with that login or with none, and that has a password, wins.
func lookUpNetrc(text, machine, login string) (password string, ok bool) {
	words := netrcWords{rest: withoutComments(text)}
	var here bool            // the entry is for this machine
	var user, secret *string // of the entry
	found := func() bool {
		return here && secret != nil && (user == nil || *user == login)
	}
	for {
		word, quoted, more := words.next()
		if !more {
			break
		}
		if quoted {
			continue
		}
		if word[0] == '#' {
			words.skipLine()
			continue
		}
		switch strings.ToLower(word) {
		case "machine", "default":
			if found() {
				return *secret, true
			}
			here, user, secret = true, nil, nil
			if strings.EqualFold(word, "machine") {
				name, _ := words.value()
				here = machine != "" && strings.EqualFold(name, machine)
			}
		case "login", "user":
			if name, ok := words.value(); ok {
				user = &name
			}
		case "password", "passwd":
			if value, ok := words.value(); ok && secret == nil {
				secret = &value
			}
		case "account":
			words.value()
		case "macdef":
			words.skipMacro()
		}
	}
	if found() {
		return *secret, true
	}
	return "", false
}

// withoutComments leaves lines out that begin with #.
func withoutComments(text string) string {
	var b strings.Builder
	for line := range strings.Lines(text) {
		if !strings.HasPrefix(strings.TrimLeft(line, " \t"), "#") {
			b.WriteString(line)
		}
	}
	return b.String()
}

// netrcWords parts a netrc file into words: between blanks, or in double quotes, where a
// backslash takes the next character as it is, and \n, \r, \t are controls.
type netrcWords struct{ rest string }

func (w *netrcWords) next() (word string, quoted, more bool) {
	w.rest = strings.TrimLeft(w.rest, " \t\r\n")
	if w.rest == "" {
		return "", false, false
	}
	if w.rest[0] != '"' {
		end := strings.IndexAny(w.rest, " \t\r\n")
		if end < 0 {
			end = len(w.rest)
		}
		word, w.rest = w.rest[:end], w.rest[end:]
		return word, false, true
	}
	var b strings.Builder
	for i := 1; i < len(w.rest); i++ {
		switch c := w.rest[i]; c {
		case '"':
			w.rest = w.rest[i+1:]
			return b.String(), true, true
		case '\\':
			if i++; i < len(w.rest) {
				b.WriteByte(unescape(w.rest[i]))
			}
		default:
			b.WriteByte(c)
		}
	}
	w.rest = "" // the quote is not closed: nothing of it is taken
	return "", true, false
}

// value is the word behind a keyword. Where a line begins another entry it is
// missing: what stands there is another machine's.
func (w *netrcWords) value() (word string, ok bool) {
	behind := strings.TrimLeft(w.rest, " \t\r\n")
	ownLine := strings.Contains(w.rest[:len(w.rest)-len(behind)], "\n")
	after := netrcWords{behind}
	word, quoted, ok := after.next()
	if ownLine && !quoted && (strings.EqualFold(word, "machine") || strings.EqualFold(word, "default")) {
		return "", false
	}
	*w = after
	return word, ok
}

func unescape(c byte) byte {
	switch c {
	case 'n':
		return '\n'
	case 'r':
		return '\r'
	case 't':
		return '\t'
	}
	return c
}

// skipLine leaves out what follows a # between the words.
func (w *netrcWords) skipLine() { _, w.rest, _ = strings.Cut(w.rest, "\n") }

// skipMacro goes to the empty line that ends a macro.
func (w *netrcWords) skipMacro() {
	text := strings.ReplaceAll(w.rest, "\r\n", "\n")
	_, w.rest, _ = strings.Cut(text, "\n\n")
}
