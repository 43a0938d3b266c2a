package config

import (
	"maps"
	"slices"

	"github.com/BurntSushi/toml"

	"mailpipe/internal/address"
	"mailpipe/internal/shell"
)

// Sendmail are the settings of the table [sendmail]. An empty one was not given.
type Sendmail struct {
	Aliases     string // a file of aliases(5)
	Domain      string // of the users of this host
	RewriteFrom string // "bare", "never" or "always"
	Log         string // a file, "syslog" or "none"
}

var sendmailKeys = []Key{
	{Name: "aliases", kind: fileKey, check: checkText},
	{Name: "domain", kind: textKey, check: checkMailDomain},
	{Name: "rewrite_from", kind: textKey, check: checkRewriteFrom},
	{Name: "log", kind: fileKey, check: checkText},
}

// Sendmail returns the table [sendmail]. Each key is that of the first file that
// has it.
func (c *Config) Sendmail(getenv func(string) string) Sendmail {
	file := func(key string) string { return shell.ExpandHome(c.sendmail[key].one(), getenv("HOME")) }
	s := Sendmail{Aliases: file("aliases"), RewriteFrom: c.sendmail["rewrite_from"].one(), Log: file("log")}
	s.Domain, _ = address.ParseDomain(c.sendmail["domain"].one()) // checked before
	return s
}

// sendmail reads the table [sendmail].
func (r *fileReader) sendmail(p toml.Primitive) error {
	table, ok := r.table(p)
	if !ok {
		return r.invalid("sendmail", p, "must be a table: [sendmail]")
	}
	for _, name := range slices.Sorted(maps.Keys(table)) {
		key := findKey(sendmailKeys, name)
		if key == nil {
			return r.unknownKey(name, table[name], keyNames(sendmailKeys))
		}
		s, err := r.setting(key, table[name])
		if err != nil {
			return err
		}
		if r.config.sendmail[name].layer == unset {
			r.config.sendmail[name] = s
		}
	}
	return nil
}

func checkMailDomain(value string) *SettingError {
	if _, err := address.ParseDomain(value); err != nil {
		return &SettingError{Reason: "invalid domain " + quote(value)}
	}
	return nil
}

func checkRewriteFrom(value string) *SettingError {
	return oneOf("rule", value, value, []string{"bare", "never", "always"})
}
