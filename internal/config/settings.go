package config

import (
	"path/filepath"
	"strings"
	"time"

	"mailpipe/internal/address"
)

// Settings are the settings in force.
type Settings struct {
	Servers        []Server // at least one, to be tried in turn
	Chosen         bool     // somebody named them; false: it is the default
	From           string   // as $MAILPIPE_FROM or the account has it; empty: neither
	TLSName        string
	Fingerprints   [][]byte
	Helo           string
	Timeout        time.Duration // 0: not set
	ConnectTimeout time.Duration // 0: not set

	values map[string]value
	unused map[string]value // of an account whose server is not the one to call
	choice Choice
	getenv func(string) string
	secret map[string]func() (string, error) // asked for once each
}

// layer is who set a value; a higher one wins.
type layer int

const (
	unset layer = iota
	byAccount
	byEnv
	byFlag
)

// value is a setting in force.
type value struct {
	values []string
	layer  layer
	name   string // of the flag or variable; empty for an account
	at     setting
}

func (v value) one() string {
	if len(v.values) == 0 {
		return ""
	}
	return v.values[0]
}

func (v value) origin() string {
	if v.layer == byAccount {
		return v.at.origin()
	}
	return v.name
}

// defaultServer is called when nobody named one.
const defaultServer = "smtp://localhost:25"

// Settle finds what is in force. flag returns the values of a flag by its name
// without dashes, nil when it was not given. A value that is wrong is a
// *ValueError, or a *FileError where it stands in a file.
func Settle(flag func(name string) []string, getenv func(string) string, choice Choice) (*Settings, error) {
	s := &Settings{values: map[string]value{}, unused: map[string]value{}, choice: choice, getenv: getenv,
		secret: map[string]func() (string, error){}}
	for i := range keys {
		v, err := keys[i].settle(flag, getenv, choice.Account)
		if err != nil {
			return nil, err
		}
		if v.layer != unset {
			s.values[keys[i].name] = v
		}
	}
	s.setServers()
	s.keepToOwnServer()
	s.From = s.values["from"].one()
	s.Helo = s.values["helo"].one()
	s.TLSName, _ = parseHost(s.values["tls_name"].one())
	for _, v := range s.values["tls_fingerprint"].values {
		sum, _ := fingerprint(v)
		s.Fingerprints = append(s.Fingerprints, sum)
	}
	s.Timeout, _ = parseDuration(s.values["timeout"].one())
	s.ConnectTimeout, _ = parseDuration(s.values["connect_timeout"].one())
	return s, s.check()
}

// settle takes the highest layer that has the key.
func (k *key) settle(flag func(string) []string, getenv func(string) string, a *Account) (value, error) {
	name := strings.ReplaceAll(k.name, "_", "-")
	v := value{values: flag(name), layer: byFlag, name: "--" + name}
	if v.values == nil && k.env != "" {
		if text := getenv(k.env); text != "" {
			v = value{values: []string{text}, layer: byEnv, name: "$" + k.env}
		}
	}
	if v.values == nil {
		if a == nil {
			return value{}, nil
		}
		at, ok := a.set[k.name]
		if !ok {
			return value{}, nil
		}
		return value{values: expandHome(k, at.values, getenv), layer: byAccount, at: at}, nil
	}
	for _, text := range v.values {
		if near, reason := k.check(text); reason != "" {
			e := &ValueError{Name: v.name, Reason: reason, Near: near}
			if k.name == "from" {
				_, e.Err = address.Parse(text)
			}
			return v, e
		}
	}
	return v, nil
}

// expandHome does for a file's name in a configuration what the shell does on a command line.
func expandHome(k *key, values []string, getenv func(string) string) []string {
	switch k.name {
	case "password_file", "tls_ca", "tls_cert", "tls_key":
		if rest, ok := strings.CutPrefix(values[0], "~/"); ok && getenv("HOME") != "" {
			return []string{filepath.Join(getenv("HOME"), rest)}
		}
	}
	return values
}

func (s *Settings) setServers() {
	v, ok := s.values["server"]
	s.Chosen = ok
	if !ok {
		v.values = []string{defaultServer}
	}
	for _, text := range v.values {
		server, _ := parseServer(text) // checked before
		s.Servers = append(s.Servers, server)
	}
}

// keepToOwnServer takes an account's login and TLS settings out of force when
// another server than the account's is called and nobody named the account: they
// would show its user to a stranger, and judge one server by another's certificate.
func (s *Settings) keepToOwnServer() {
	if s.choice.Account == nil || s.choice.Named || s.values["server"].layer <= byAccount {
		return
	}
	own, ok := s.choice.Account.set["server"]
	if !ok {
		return
	}
	for _, server := range s.Servers {
		if !hasSamePlace(own.values, server) {
			for name, v := range s.values {
				login := name == "user" || name == "auth" || strings.HasPrefix(name, "password_")
				if v.layer == byAccount && (login || strings.HasPrefix(name, "tls")) {
					s.unused[name] = v
					delete(s.values, name)
				}
			}
			return
		}
	}
}

func hasSamePlace(own []string, server Server) bool {
	for _, text := range own {
		o, err := parseServer(text)
		if err == nil && o.Host == server.Host && o.Path == server.Path {
			return true
		}
	}
	return false
}

// check looks at what must not come together.
func (s *Settings) check() error {
	if v := s.values["user"]; v.layer == byFlag && strings.Contains(v.one(), ":") { // as curl has it
		return &ValueError{Name: v.name, Reason: "a password does not belong behind a colon, where others can see it: use --password-command or --password-file"}
	}
	for _, server := range s.Servers {
		if server.Implicit() && s.values["tls"].one() == string(NoTLS) {
			return s.wrong("with "+server.Scheme+" TLS begins with the first octet", "tls", "server")
		}
		if s.user(server) == "" && !s.external() {
			for _, name := range []string{"auth", "password_file", "password_command"} {
				if v, ok := s.values[name]; ok && (v.layer == byFlag || name == "auth") {
					return s.wrong("a user is missing: --user, or in the URL", name)
				}
			}
		}
	}
	file, command := s.values["password_file"], s.values["password_command"]
	if file.layer != unset && file.layer == command.layer {
		return s.wrong("there is a password command too: one of them", "password_file", "password_command")
	}
	if _, ok := s.values["tls_cert"]; !ok && s.values["tls_key"].layer != unset {
		return s.wrong("the certificate of the key is missing: --tls-cert", "tls_key")
	}
	return s.checkPin()
}

// checkPin refuses a certificate that is pinned, or whose signer is named, where tls would not look
// at it, unless a flag says so of an account's.
func (s *Settings) checkPin() error {
	v, ok := s.values["tls"]
	if !ok || v.one() == string(Required) {
		return nil
	}
	pin, ca := s.values["tls_fingerprint"], s.values["tls_ca"]
	contradicts := func(flag, does string) error {
		return &ValueError{Name: v.name, Value: v.one(), Reason: "no certificate is looked at then, and " + flag + " " + does,
			Mend: "leave out " + v.name + ": beside " + flag + " it is required"}
	}
	switch {
	case v.layer == byFlag && ca.layer == byFlag:
		return contradicts("--tls-ca", "names who signed it")
	case v.layer == byFlag && pin.layer == byFlag:
		return contradicts("--tls-fingerprint", "pins one")
	case pin.layer < v.layer:
		return nil
	case pin.layer == byAccount:
		return s.wrong("no certificate is looked at then, and tls_fingerprint pins one: leave one of them out", "tls")
	}
	return &ValueError{Name: "--tls-fingerprint", Reason: "no certificate is looked at with tls = " + quote(v.one()) + " of " + v.origin(),
		Mend: "--tls required looks at it"}
}

// wrong is the error of settings that do not fit: the file's when it is the
// file alone that is wrong, else the flag's or variable's.
func (s *Settings) wrong(reason string, names ...string) error {
	for _, name := range names {
		if v := s.values[name]; v.layer > byAccount {
			e := &ValueError{Name: v.name, Reason: reason}
			if name == "tls" || name == "auth" {
				e.Value = v.one()
			}
			return e
		}
	}
	v := s.values[names[0]]
	return &FileError{File: v.at.file, Line: v.at.line, Key: names[0], Reason: reason}
}

// Security is what TLS must give with that server, by --tls or the default.
func (s *Settings) Security(server Server) Security {
	if v, ok := s.values["tls"]; ok {
		return Security(v.one())
	}
	_, ca := s.values["tls_ca"]
	pinned := len(s.Fingerprints) > 0
	switch {
	case server.Scheme == "sink":
		return NoTLS
	case ca || pinned:
		return Required
	case server.Local():
		return NoTLS
	case server.Scheme == "smtps", server.Scheme == "submission", s.user(server) != "", s.external():
		return Required
	}
	return Opportunistic
}
