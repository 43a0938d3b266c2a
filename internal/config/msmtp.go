package config

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"
)

// FromMSMTP reads an msmtprc (msmtp 1.8) and returns the TOML that means the
// same. What has no counterpart becomes a comment with the reason; a password
// becomes one that tells where to put it, and is not shown. name is the file's, for messages.
// A line that msmtp would not take is a *FileError; an error of r comes as it is.
func FromMSMTP(r io.Reader, name string) (string, error) {
	m := msmtprc{file: name, defaults: msmtpAccount{set: map[string]msmtpLine{}, own: map[string]bool{}}}
	m.current = &m.defaults
	lines := bufio.NewScanner(r)
	for number := 1; lines.Scan(); number++ {
		if err := m.line(parseMSMTP(number, lines.Text())); err != nil {
			return "", err
		}
	}
	if err := lines.Err(); errors.Is(err, bufio.ErrTooLong) {
		return "", &FileError{File: name, Reason: err.Error()}
	} else if err != nil {
		return "", err
	}
	return m.write()
}

// msmtprc is what an msmtp configuration says.
type msmtprc struct {
	file     string
	defaults msmtpAccount
	accounts []*msmtpAccount
	current  *msmtpAccount // that lines belong to
	started  bool          // `defaults` or `account` was seen
}

type msmtpAccount struct {
	name    string
	set     map[string]msmtpLine // in force, inherited ones too
	own     map[string]bool      // not from the defaults
	copyOf  []string             // the accounts that it inherits from
	notes   []string             // comments
	changed bool                 // has lines of its own
}

type msmtpLine struct {
	number   int
	command  string // empty: an empty line, or a comment
	argument string
}

// parseMSMTP parts a line into command and argument, which may stand in double quotes.
func parseMSMTP(number int, text string) msmtpLine {
	text = strings.Trim(text, " \t\r")
	if strings.HasPrefix(text, "#") {
		text = ""
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

func (m *msmtprc) line(l msmtpLine) error {
	if !utf8.ValidString(l.command) || !utf8.ValidString(l.argument) && l.command != "password" {
		return m.wrong(l, "the line is not UTF-8")
	}
	switch l.command {
	case "":
		return nil
	case "defaults":
		m.current, m.started = &m.defaults, true
		return nil
	case "account":
		m.started = true
		return m.account(l)
	}
	if !m.started { // as msmtp 1.2 had it
		m.started = true
		m.add("default", nil)
	}
	return m.current.take(m, l)
}

// account begins one: `account NAME [: OTHER[,...]]`.
func (m *msmtprc) account(l msmtpLine) error {
	name, others, inherits := strings.Cut(l.argument, ":")
	name = strings.TrimSpace(name)
	if name == "" {
		return m.wrong(l, "an account needs a name")
	}
	if m.find(name) != nil {
		return m.wrong(l, "there is an account "+quote(name)+" already")
	}
	var from []*msmtpAccount
	if inherits {
		for other := range strings.SplitSeq(others, ",") {
			a := m.find(strings.TrimSpace(other))
			if a == nil {
				return m.wrong(l, "there is no account "+quote(strings.TrimSpace(other))+" before this line")
			}
			from = append(from, a)
		}
	}
	m.add(name, from)
	return nil
}

func (m *msmtprc) add(name string, from []*msmtpAccount) {
	a := &msmtpAccount{name: name, set: maps.Clone(m.defaults.set), own: map[string]bool{}}
	for _, other := range from {
		a.copyOf = append(a.copyOf, other.name)
		for key := range other.own {
			a.set[key], a.own[key] = other.set[key], true
		}
	}
	m.accounts = append(m.accounts, a)
	m.current = a
}

func (m *msmtprc) find(name string) *msmtpAccount {
	i := slices.IndexFunc(m.accounts, func(a *msmtpAccount) bool { return a.name == name })
	if i < 0 {
		return nil
	}
	return m.accounts[i]
}

func (m *msmtprc) wrong(l msmtpLine, reason string) error {
	return &FileError{File: m.file, Line: l.number, Key: l.command, Reason: reason}
}

// take keeps a line that has a counterpart, and makes a comment of any other.
func (a *msmtpAccount) take(m *msmtprc, l msmtpLine) error {
	a.changed = true
	if l.command == "tls_nostarttls" || l.command == "tls_nocertcheck" { // as msmtp 1.4 had them
		l.command = map[string]string{"tls_nostarttls": "tls_starttls", "tls_nocertcheck": "tls_certcheck"}[l.command]
		l.argument = "off"
	}
	if slices.Contains(msmtpSwitches, l.command) {
		switch l.argument {
		case "":
			l.argument = "on"
		case "on", "off":
		default:
			return m.wrong(l, "it is on or off, not "+quote(l.argument))
		}
	}
	switch {
	case l.command == "password" && l.argument == "":
		delete(a.set, l.command)
	case l.command == "password":
		l.argument = "" // the secret
		fallthrough
	case slices.Contains(msmtpKept, l.command):
		a.set[l.command], a.own[l.command] = l, true
	case l.command == "eval":
		a.note(l, "", "a command is not run for its output here: write the line that it prints")
	default:
		reason, known := msmtpReasons[l.command]
		if !known {
			a.note(l, "", "mailpipe does not know this")
			break
		}
		a.note(l, l.argument, reason)
	}
	return nil
}

// note adds a comment about a line, with the argument where it is no secret.
func (a *msmtpAccount) note(l msmtpLine, argument, reason string) {
	text := l.command
	if argument != "" {
		text += " " + argument
	}
	a.notes = append(a.notes, fmt.Sprintf("line %d: %s: %s", l.number, text, reason))
}

// msmtpSwitches are on or off, and on when nothing is said.
var msmtpSwitches = []string{"tls", "tls_starttls", "tls_certcheck"}

// msmtpKept have a counterpart.
var msmtpKept = []string{"host", "port", "protocol", "socket", "timeout", "connect_timeout", "domain", "from", "from_full_name",
	"auth", "user", "passwordeval", "tls", "tls_starttls", "tls_certcheck", "tls_trust_file", "tls_fingerprint",
	"tls_key_file", "tls_cert_file", "tls_host_override"}

// msmtpReasons are the commands without a counterpart.
var msmtpReasons = map[string]string{
	"source_ip":               "the address to call from cannot be chosen",
	"proxy_host":              `there is no SOCKS; server = "pipe:COMMAND" goes through any tunnel, such as ssh`,
	"proxy_port":              `there is no SOCKS; server = "pipe:COMMAND" goes through any tunnel, such as ssh`,
	"ntlmdomain":              "there is no NTLM",
	"tls_crl_file":            "revocation lists are not read",
	"tls_min_dh_prime_bits":   "nothing to set: TLS 1.2 and up with elliptic curves only",
	"tls_priorities":          "nothing to set: TLS 1.2 and up with strong ciphers only",
	"tls_force_sslv3":         "SSL 3 is not spoken",
	"allow_from_override":     "-f always wins over the account",
	"dsn_notify":              "give it with each mail: --notify",
	"dsn_return":              "give it with each mail: --ret full or --ret hdrs",
	"set_from_header":         "compose always writes From, deliver never changes it",
	"add_missing_from_header": "compose always writes From, deliver never changes it",
	"set_date_header":         "a missing Date is always added",
	"add_missing_date_header": "a missing Date is always added",
	"set_msgid_header":        "a missing Message-ID is always added",
	"set_to_header":           "compose writes To: undisclosed-recipients:; when nobody is in To and Cc",
	"remove_bcc_headers":      "Bcc is always removed",
	"keepbcc":                 "Bcc is always removed",
	"undisclosed_recipients":  "name the recipients with --bcc: compose writes To: undisclosed-recipients:;",
	"logfile":                 "no log is kept: keep what --report prints",
	"logfile_time_format":     "no log is kept: keep what --report prints",
	"syslog":                  "no log is kept: pipe what --report prints into logger(1)",
	"aliases":                 "there are no aliases: name whole addresses",
	"auto_from":               "user@host is the default where the host's name has a dot",
	"maildomain":              "user@host is the default where the host's name has a dot",
}
