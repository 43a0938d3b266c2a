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
	m := msmtprc{file: name, defaults: msmtpAccount{lines: map[string]msmtpLine{}, own: map[string]bool{}}}
	m.current = &m.defaults
	number := 0
	for line := range strings.Lines(string(text)) {
		number++
		if err := m.read(parseMSMTP(number, line)); err != nil {
			return "", err
		}
	}
	return m.toml()
}

// isMSMTP reports whether the first line of a file is one of msmtp.
func isMSMTP(text []byte) bool {
	for line := range strings.Lines(string(text)) {
		l := parseMSMTP(0, line)
		if l.command == "" {
			continue
		}
		return slices.Contains(msmtpCommands(), l.command) && !strings.HasPrefix(l.argument, "=")
	}
	return false
}

// An msmtprc is a configuration file of msmtp.
type msmtprc struct {
	file     string
	defaults msmtpAccount
	accounts []*msmtpAccount
	current  *msmtpAccount // the account to which the next line belongs
	started  bool          // `defaults` or `account` was read
}

type msmtpAccount struct {
	name     string
	lines    map[string]msmtpLine // those in force by command, with the inherited ones
	own      map[string]bool      // commands that are not from the defaults
	parents  []string             // the accounts from which it inherits
	notes    []string             // comments
	hasLines bool                 // it does not only inherit
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
		m.current, m.started = &m.defaults, true
		return nil
	case "account":
		m.started = true
		return m.begin(l)
	}
	if !m.started { // as in msmtp 1.2
		m.started = true
		m.add("default", nil)
	}
	return m.setLine(m.current, l)
}

// begin begins an account: `account NAME [: PARENT[,...]]`.
func (m *msmtprc) begin(l msmtpLine) error {
	name, list, inherits := strings.Cut(l.argument, ":")
	name = strings.TrimSpace(name)
	if name == "" {
		return m.invalid(l, "missing name of the account")
	}
	if m.find(name) != nil {
		return m.invalid(l, "duplicate account "+quote(name))
	}
	var parents []*msmtpAccount
	if inherits {
		for parent := range strings.SplitSeq(list, ",") {
			parent = strings.TrimSpace(parent)
			a := m.find(parent)
			if a == nil {
				return m.invalid(l, "unknown account "+quote(parent)+": must be defined before this line")
			}
			parents = append(parents, a)
		}
	}
	m.add(name, parents)
	return nil
}

func (m *msmtprc) add(name string, parents []*msmtpAccount) {
	a := &msmtpAccount{name: name, lines: maps.Clone(m.defaults.lines), own: map[string]bool{}}
	for _, parent := range parents {
		a.parents = append(a.parents, parent.name)
		for command := range parent.own {
			a.lines[command], a.own[command] = parent.lines[command], true
		}
	}
	m.accounts = append(m.accounts, a)
	m.current = a
}

// find returns the account with that name, or nil.
func (m *msmtprc) find(name string) *msmtpAccount {
	i := slices.IndexFunc(m.accounts, func(a *msmtpAccount) bool { return a.name == name })
	if i < 0 {
		return nil
	}
	return m.accounts[i]
}

func (m *msmtprc) invalid(l msmtpLine, reason string) error {
	return &SettingError{Origin: Origin{File: m.file, Line: l.number}, Key: shownCommand(l.command), Reason: reason}
}
