package config

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/BurntSushi/toml"

	"mailpipe/internal/shell"
	"mailpipe/internal/spelling"
)

// A fileReader turns the values of one file into settings.
type fileReader struct {
	file string
	meta toml.MetaData
}

// read adds the content of a file. What earlier files contain stays in force.
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
			invalid.Fix = "mailpipe config --from-msmtp " + shell.File(file) + " prints it as TOML"
		}
		return invalid
	}
	r := fileReader{file, meta}
	accounts := map[string]*Account{}
	var fallback setting
	for _, name := range slices.Sorted(maps.Keys(top)) {
		switch name {
		case "default":
			fallback, err = r.setting(&Key{Name: name, check: checkText}, top[name])
		case "accounts":
			accounts, err = r.accounts(top[name])
		default:
			err = r.unknownTopKey(name, top[name])
		}
		if err != nil {
			return err
		}
	}
	for name, a := range accounts {
		if c.accounts[name] == nil {
			c.accounts[name] = a
		}
	}
	if c.fallback.layer == unset {
		c.fallback = fallback
	}
	return nil
}

func (r *fileReader) accounts(p toml.Primitive) (map[string]*Account, error) {
	tables, ok := r.table(p)
	if !ok {
		return nil, r.invalid("accounts", p, "must be a table of tables: [accounts.NAME]")
	}
	accounts := map[string]*Account{}
	for _, name := range slices.Sorted(maps.Keys(tables)) {
		table, ok := r.table(tables[name])
		if !ok {
			return nil, r.invalid("accounts."+name, tables[name], "must be a table: [accounts."+name+"]")
		}
		a, err := r.account(name, table)
		if err != nil {
			return nil, err
		}
		accounts[name] = a
	}
	return accounts, nil
}

func (r *fileReader) account(name string, table map[string]toml.Primitive) (*Account, error) {
	a := &Account{Name: name, settings: map[string]setting{}}
	for _, name := range slices.Sorted(maps.Keys(table)) {
		key := findKey(name)
		if key == nil {
			return nil, r.unknownKey(name, table[name], keyNames())
		}
		s, err := r.setting(key, table[name])
		if err != nil {
			return nil, err
		}
		a.settings[name] = s
	}
	return a, checkPasswords(a.settings)
}

// table returns the values of a table. The library would return an empty table
// for a value of another type.
func (r *fileReader) table(p toml.Primitive) (values map[string]toml.Primitive, ok bool) {
	var v any
	if err := r.meta.PrimitiveDecode(p, &v); err != nil {
		return nil, false
	}
	if _, ok := v.(map[string]any); !ok {
		return nil, false
	}
	return values, r.meta.PrimitiveDecode(p, &values) == nil
}

// setting reads and checks the value of a key.
func (r *fileReader) setting(key *Key, p toml.Primitive) (setting, error) {
	values, ok := r.values(key, p)
	if !ok {
		want := "must be a string"
		switch key.kind {
		case listKey:
			want = "must be a string or a list of strings"
		case durationKey:
			want = `must be a number of seconds, or a string such as "90s"`
		case switchKey:
			want = "must be true or false"
		}
		return setting{}, r.invalid(key.Name, p, want)
	}
	s := setting{values, Origin{File: r.file, Line: r.line(p)}, byAccount}
	return s, key.checkAll(s)
}

// values returns the strings of a value: a string, a number of seconds, true or
// false, or a list of strings.
func (r *fileReader) values(key *Key, p toml.Primitive) (values []string, ok bool) {
	var v any
	if err := r.meta.PrimitiveDecode(p, &v); err != nil {
		return nil, false
	}
	switch v := v.(type) {
	case string:
		return []string{v}, key.kind != switchKey
	case bool:
		return []string{strconv.FormatBool(v)}, key.kind == switchKey
	case int64:
		return []string{strconv.FormatInt(v, 10)}, key.kind == durationKey
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
		return values, key.kind == listKey && len(values) > 0
	}
	return nil, false
}

func (r *fileReader) unknownTopKey(name string, p toml.Primitive) error {
	if findKey(name) != nil {
		return r.invalid(name, p, "belongs in the table of an account, after a line such as [accounts.work]")
	}
	return r.unknownKey(name, p, []string{"default", "accounts"})
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
	err.Near = foreign[name]
	if err.Near == "" {
		err.Near = spelling.Closest(strings.ReplaceAll(strings.ToLower(name), "-", "_"), valid)
	}
	if err.Near == "" {
		err.Reason = "unknown key: the keys are " + strings.Join(valid, ", ")
	}
	return err
}

func (r *fileReader) invalid(key string, p toml.Primitive, reason string) *SettingError {
	return &SettingError{Origin: Origin{File: r.file, Line: r.line(p)}, Key: key, Reason: reason}
}
