package config

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"mailpipe/internal/shell"
)

// Settings are the settings in force.
type Settings struct {
	Servers        []ServerURL // at least one, in the order in which they are tried
	Chosen         bool        // false if Servers is the default
	From           string      // of $MAILPIPE_FROM or the account, or empty
	TLSName        string
	Fingerprints   [][]byte
	Helo           string
	Timeout        time.Duration // 0 means not set
	ConnectTimeout time.Duration // 0 means not set
	NoPipelining   bool
	Log            string // a file, "syslog", "none", or empty

	Spool              []string      // where messages are kept; nil: nowhere
	Connections        int           // to one server; 0 means not set
	MailsPerConnection int           // 0 means not set
	Every              time.Duration // the time from one message to the next; 0 means no limit

	// Ask asks the user for a password that is found nowhere. An empty one means
	// that there is none. Ask may be nil.
	Ask func(user, server string) (string, error)

	values map[string]setting // those that were given, by key, and the default server
	unused map[string]setting // those that are for another server
	choice Choice
	getenv func(string) string
	secret map[string]func() (string, error) // by server and user
}

// A setting is the value of a key.
type setting struct {
	values []string // at least one, unless layer is unset
	given  Origin
	line   func() int // the line of given, which takes time to find; nil: not in a file
	layer  layer
}

// origin returns where the setting was given.
func (s setting) origin() Origin {
	o := s.given
	if s.line != nil {
		o.Line = s.line()
	}
	return o
}

// one returns the only value, or "" if there is none.
func (s setting) one() string {
	if len(s.values) == 0 {
		return ""
	}
	return s.values[0]
}

// A layer is the kind of place that gave a setting. A higher layer wins.
type layer int

const (
	unset layer = iota
	byAccount
	byEnv
	byFlag
)

// defaultServer is used if no server was named.
const defaultServer = "smtp://localhost:25"

// Settle determines the settings in force. flag returns the values of a flag by
// its name without dashes, or nil if it was not given. An invalid value is a
// *SettingError.
func Settle(flag func(name string) []string, getenv func(string) string, choice Choice) (*Settings, error) {
	s := &Settings{
		values: map[string]setting{},
		unused: map[string]setting{},
		choice: choice,
		getenv: getenv,
		secret: map[string]func() (string, error){},
	}
	for i := range keys {
		key := &keys[i]
		v := key.find(flag, getenv, choice.Account)
		if v.layer == unset {
			continue
		}
		if err := key.checkAll(v); err != nil {
			return nil, err
		}
		s.values[key.Name] = v
	}
	s.setServers()
	s.withholdVariables()
	s.withholdFromOtherServers()
	s.From = s.values["from"].one()
	s.Helo = s.values["helo"].one()
	s.TLSName, _ = parseHost(s.values["tls_name"].one())
	for _, v := range s.values["tls_fingerprint"].values {
		sum, _ := fingerprint(v)
		s.Fingerprints = append(s.Fingerprints, sum)
	}
	s.Timeout, _ = ParseDuration(s.values["timeout"].one())
	s.ConnectTimeout, _ = ParseDuration(s.values["connect_timeout"].one())
	s.NoPipelining = s.values["pipelining"].one() == "false"
	s.Log = s.values["log"].one()
	s.Spool = s.values["spool"].values
	s.Connections, _ = strconv.Atoi(s.values["connections"].one())
	s.MailsPerConnection, _ = strconv.Atoi(s.values["mails_per_connection"].one())
	s.Every, _ = parseRate(s.values["rate"].one())
	return s, s.check()
}

// find returns the setting of the highest layer that has the key.
func (k *Key) find(flag func(string) []string, getenv func(string) string, account *Account) setting {
	if values := flag(k.Flag()); values != nil {
		if k.Switch() {
			values = []string{"false"}
		}
		return setting{values: values, given: Origin{Name: "--" + k.Flag()}, layer: byFlag}
	}
	if k.Env != "" && getenv(k.Env) != "" {
		return setting{values: []string{getenv(k.Env)}, given: Origin{Name: "$" + k.Env}, layer: byEnv}
	}
	return k.of(account, getenv("HOME"))
}

// of returns the setting of an account, which may be nil.
func (k *Key) of(account *Account, home string) setting {
	if account == nil {
		return setting{}
	}
	s := account.settings[k.Name]
	if k.kind == fileKey || k.kind == pathsKey {
		s.values = slices.Clone(s.values)
		for i, name := range s.values {
			s.values[i] = shell.ExpandHome(name, home)
		}
	}
	return s
}

// checkAll checks the values of a setting.
func (k *Key) checkAll(s setting) error {
	for _, v := range s.values {
		if err := k.check(v); err != nil {
			err.Origin, err.Key = s.origin(), k.Name
			return err
		}
	}
	return nil
}

func (s *Settings) setServers() {
	s.Chosen = s.values["server"].layer != unset
	if !s.Chosen {
		s.values["server"] = setting{values: []string{defaultServer}, given: Origin{Name: "default"}}
	}
	for _, text := range s.values["server"].values {
		server, _ := parseServer(text) // checked before
		s.Servers = append(s.Servers, server)
	}
}

// withholdVariables replaces the login of the environment by that of the account if
// a flag names another server than $MAILPIPE_SERVER, for which it is meant.
func (s *Settings) withholdVariables() {
	own := s.getenv("MAILPIPE_SERVER")
	if own == "" || s.values["server"].layer != byFlag || s.onlyUses([]string{own}) {
		return
	}
	for i := range keys {
		key := &keys[i]
		v := s.values[key.Name]
		if v.layer == byEnv && key.isLogin() {
			s.unused[key.Name] = v
			s.values[key.Name] = key.of(s.choice.Account, s.getenv("HOME"))
		}
	}
}

// withholdFromOtherServers removes the login and the TLS settings of the
// account if another server than the account's is used and -A was not given.
// They are not meant for that server, which would learn the name of the user.
func (s *Settings) withholdFromOtherServers() {
	if s.choice.Account == nil || s.choice.Named || s.values["server"].layer <= byAccount {
		return
	}
	own := s.choice.Account.settings["server"]
	if own.layer == unset || s.onlyUses(own.values) {
		return
	}
	for i := range keys {
		key := &keys[i]
		v := s.values[key.Name]
		if v.layer != byAccount || !key.isLogin() && !strings.HasPrefix(key.Name, "tls") {
			continue
		}
		delete(s.values, key.Name)
		if s.unused[key.Name].layer == unset {
			s.unused[key.Name] = v
		}
	}
}

// isLogin reports whether the setting is about the login.
func (k *Key) isLogin() bool {
	return k.Name == "user" || k.Name == "auth" || strings.HasPrefix(k.Name, "password_")
}

// UsesAccount reports whether the login or the TLS policy of the account is in force.
func (s *Settings) UsesAccount() bool {
	return slices.ContainsFunc(keys, func(key Key) bool {
		return s.values[key.Name].layer == byAccount && (key.isLogin() || strings.HasPrefix(key.Name, "tls"))
	})
}

// TLSSettings returns the settings about TLS in force, such as tls=none.
func (s *Settings) TLSSettings() []string {
	var list []string
	for _, key := range keys {
		for _, v := range s.values[key.Name].values {
			if strings.HasPrefix(key.Name, "tls") {
				list = append(list, key.Name+"="+v)
			}
		}
	}
	return list
}

// onlyUses reports whether every server in force is one of own, maybe at
// another port.
func (s *Settings) onlyUses(own []string) bool {
	for _, server := range s.Servers {
		isServer := func(text string) bool {
			o, _ := parseServer(text) // an invalid one equals no server in force
			return o.Host == server.Host && o.Path == server.Path
		}
		if !slices.ContainsFunc(own, isServer) {
			return false
		}
	}
	return true
}
