package config

import (
	"cmp"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/BurntSushi/toml"

	"mailpipe/internal/shell"
	"mailpipe/internal/spelling"
)

// A fileReader adds the content of one file to a Config. What earlier files
// contain stays in force.
type fileReader struct {
	config *Config
	file   string
	meta   toml.MetaData
}

func (c *Config) read(file string, text []byte) error {
	c.Files = append(c.Files, file)
	if line := tooComplexAt(text); line > 0 {
		return &SettingError{Origin: Origin{File: file, Line: line}, Reason: "too many keys, dots or brackets"}
	}
	var top map[string]toml.Primitive
	meta, err := toml.Decode(string(text), &top)
	if err != nil {
		invalid := syntaxError(file, err)
		if isMSMTP(text) {
			invalid.Fix = "convert it: mailpipe config --from-msmtp " + shell.File(file)
		}
		return invalid
	}
	r := fileReader{c, file, meta}
	for _, name := range slices.Sorted(maps.Keys(top)) {
		if err := r.topKey(name, top[name]); err != nil {
			return err
		}
	}
	return nil
}

// topKey reads a key that is in no table.
func (r *fileReader) topKey(name string, p toml.Primitive) error {
	switch {
	case name == "default":
		s, err := r.setting(&Key{Name: name, check: checkText}, p)
		if r.config.fallback.layer == unset {
			r.config.fallback = s
		}
		return err
	case name == "accounts":
		return r.accounts(p)
	case name == "sendmail":
		return r.sendmail(p)
	case findKey(keys, name) != nil:
		return r.invalid(name, p, "belongs in the table of an account, after a line such as [accounts.work]")
	}
	return r.unknownKey(name, p, []string{"default", "accounts", "sendmail"})
}

func (r *fileReader) accounts(p toml.Primitive) error {
	tables, ok := r.table(p)
	if !ok {
		return r.invalid("accounts", p, "must be a table of tables: [accounts.NAME]")
	}
	for _, name := range slices.Sorted(maps.Keys(tables)) {
		table, ok := r.table(tables[name])
		if !ok {
			return r.invalid("accounts."+name, tables[name], "must be a table: [accounts."+name+"]")
		}
		a, err := r.account(name, table)
		if err != nil {
			return err
		}
		if r.config.accounts[name] == nil {
			r.config.accounts[name] = a
		}
	}
	return nil
}

func (r *fileReader) account(name string, table map[string]toml.Primitive) (*Account, error) {
	a := &Account{Name: name, file: r.file, settings: map[string]setting{}}
	for _, name := range slices.Sorted(maps.Keys(table)) {
		key := findKey(keys, name)
		if key == nil {
			return nil, r.unknownKey(name, table[name], keyNames(keys))
		}
		s, err := r.setting(key, table[name])
		if err != nil {
			return nil, err
		}
		a.settings[name] = s
	}
	return a, checkPasswords(a.settings)
}

// setting reads and checks the value of a key.
func (r *fileReader) setting(key *Key, p toml.Primitive) (setting, error) {
	values, ok := r.values(key, p)
	if !ok {
		want := "must be a string"
		switch key.kind {
		case listKey, pathsKey:
			want = "must be a string or a list of strings"
		case numberKey:
			want = "must be a number"
		case durationKey:
			want = `must be a number of seconds, or a string such as "90s"`
		case switchKey:
			want = "must be true or false"
		}
		return setting{}, r.invalid(key.Name, p, want)
	}
	line := func() int { return r.line(p) }
	s := setting{values: values, given: Origin{File: r.file}, line: line, layer: byAccount}
	return s, key.checkAll(s)
}

// values returns the strings of a value: a string, a number, true or false,
// or a list of strings.
func (r *fileReader) values(key *Key, p toml.Primitive) (values []string, ok bool) {
	switch v := r.value(p).(type) {
	case string:
		return []string{v}, key.kind != switchKey && key.kind != numberKey
	case bool:
		return []string{strconv.FormatBool(v)}, key.kind == switchKey
	case int64:
		return []string{strconv.FormatInt(v, 10)}, key.kind == durationKey || key.kind == numberKey
	case float64:
		return []string{strconv.FormatFloat(v, 'f', -1, 64)}, key.kind == durationKey
	case []any:
		for _, element := range v {
			s, ok := element.(string)
			if !ok {
				return nil, false
			}
			values = append(values, s)
		}
		return values, key.Repeatable() && len(values) > 0
	}
	return nil, false
}

// unknownKey returns the error of an unknown key. It names the closest valid
// key.
func (r *fileReader) unknownKey(name string, p toml.Primitive, valid []string) error {
	if name == "password" || name == "pass" {
		err := r.invalid(name, p, "a password does not belong in this file")
		err.Fix = "use password_command or password_file"
		return err
	}
	err := r.invalid(name, p, "unknown key")
	err.Near = cmp.Or(foreign[name], spelling.Closest(strings.ReplaceAll(strings.ToLower(name), "-", "_"), valid))
	if err.Near == "" {
		err.Reason = "unknown key: must be one of " + strings.Join(valid, ", ")
	}
	return err
}

func (r *fileReader) invalid(key string, p toml.Primitive, reason string) *SettingError {
	return &SettingError{Origin: Origin{File: r.file, Line: r.line(p)}, Key: key, Reason: reason}
}
