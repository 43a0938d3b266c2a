package config

import (
	"io"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"
)

// FromMSMTP reads an msmtprc (msmtp 1.8) and returns equivalent TOML. A line
// without an equivalent becomes a comment with the reason. A password is not
// copied: a comment says where to put it. The name of the file is for messages.
// A line that msmtp would refuse is a *SettingError.
func FromMSMTP(r io.Reader, name string) (string, error) {
	text, err := io.ReadAll(io.LimitReader(r, maxConfig+1))
	if err != nil {
		return "", err
	}
	if len(text) > maxConfig {
		return "", &SettingError{Origin: Origin{File: name}, Reason: tooLarge}
	}
	m := msmtprc{file: name, defaults: &msmtpAccount{own: map[string]msmtpLine{}}}
	number := 0
	for line := range strings.Lines(string(text)) {
		number++
		if err := m.read(parseMSMTP(number, line)); err != nil {
			return "", err
		}
	}
	return m.toml(), nil
}

// isMSMTP reports whether the first line of a file is one of msmtp.
func isMSMTP(text []byte) bool {
	for line := range strings.Lines(string(text)) {
		l := parseMSMTP(0, line)
		if l.command != "" {
			return slices.Contains(msmtpCommands(), l.command) && !strings.HasPrefix(l.argument, "=")
		}
	}
	return false
}

// An msmtprc is a configuration file of msmtp.
type msmtprc struct {
	file     string
	defaults *msmtpAccount
	accounts []*msmtpAccount
	current  *msmtpAccount // the account to which the next line belongs, or nil
}

type msmtpAccount struct {
	name     string
	alias    string               // the account that it only gives another name, or empty
	own      map[string]msmtpLine // the lines in force by command, with those of its parents
	defaults map[string]msmtpLine // those in force if there is no own one
	keys     strings.Builder      // the lines of TOML
	notes    []string             // the comments after them
}

type msmtpLine struct {
	number   int
	command  string // empty for an empty line or a comment
	argument string
}

// parseMSMTP splits a line into the command and its argument, which may be in
// double quotes.
func parseMSMTP(number int, text string) msmtpLine {
	text = strings.Trim(text, " \t\r\n")
	if strings.HasPrefix(text, "#") {
		return msmtpLine{number: number}
	}
	l := msmtpLine{number: number, command: text}
	if i := strings.IndexAny(text, " \t"); i >= 0 {
		l.command, l.argument = text[:i], strings.TrimLeft(text[i:], " \t")
	}
	if a := l.argument; len(a) >= 2 && a[0] == '"' && a[len(a)-1] == '"' {
		l.argument = a[1 : len(a)-1]
	}
	return l
}

func (m *msmtprc) read(l msmtpLine) error {
	if !utf8.ValidString(l.command) || !utf8.ValidString(l.argument) && l.command != "password" {
		return m.invalid(l, "not valid UTF-8")
	}
	switch l.command {
	case "":
		return nil
	case "defaults":
		m.current = m.defaults
		return nil
	case "account":
		return m.begin(l)
	}
	if m.current == nil { // as in msmtp 1.2
		m.begin(msmtpLine{argument: "default"})
	}
	if reason := l.normalize(); reason != "" {
		return m.invalid(l, reason)
	}
	m.current.set(l)
	return nil
}

// begin begins an account: `account NAME [: PARENT[,...]]`.
func (m *msmtprc) begin(l msmtpLine) error {
	name, parents, inherits := strings.Cut(l.argument, ":")
	name = strings.TrimSpace(name)
	switch {
	case name == "":
		return m.invalid(l, "missing name of the account")
	case m.find(name) != nil:
		return m.invalid(l, "duplicate account "+quote(name))
	}
	a := &msmtpAccount{name: name, own: map[string]msmtpLine{}, defaults: maps.Clone(m.defaults.own)}
	if inherits {
		for parentName := range strings.SplitSeq(parents, ",") {
			parentName = strings.TrimSpace(parentName)
			parent := m.find(parentName)
			if parent == nil {
				return m.invalid(l, "unknown account "+quote(parentName)+": must be defined before this line")
			}
			maps.Copy(a.own, parent.own)
		}
		if name == "default" && !strings.Contains(parents, ",") {
			a.alias = strings.TrimSpace(parents)
		}
	}
	m.accounts = append(m.accounts, a)
	m.current = a
	return nil
}

// find returns the account with that name, or nil.
func (m *msmtprc) find(name string) *msmtpAccount {
	for _, a := range m.accounts {
		if a.name == name {
			return a
		}
	}
	return nil
}

func (m *msmtprc) invalid(l msmtpLine, reason string) error {
	return &SettingError{Origin: Origin{File: m.file, Line: l.number}, Key: shownCommand(l.command), Reason: reason}
}
