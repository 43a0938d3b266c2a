package config

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/BurntSushi/toml"

	"mailpipe/internal/spelling"
)

// read adds what a file says and the files before it did not.
func (c *Config) read(file string, text []byte) error {
	c.Files = append(c.Files, file)
	r := reader{file: file}
	var top map[string]toml.Primitive
	var err error
	if r.meta, err = toml.Decode(string(text), &top); err != nil {
		return syntaxError(file, err)
	}
	accounts := map[string]*Account{}
	var fallback *setting
	for _, name := range slices.Sorted(maps.Keys(top)) {
		switch name {
		case "default":
			values, err := r.strings("default", top[name], false)
			if err != nil {
				return err
			}
			fallback = &setting{values, file, r.line(top[name])}
		case "accounts":
			if accounts, err = r.accounts(top[name]); err != nil {
				return err
			}
		default:
			if slices.Contains(keyNames(), name) {
				return r.wrong(name, top[name], "it stands in the table of an account, under a line such as [accounts.work]")
			}
			return r.unknown(name, top[name], []string{"default", "accounts"})
		}
	}
	for name, a := range accounts {
		if c.accounts[name] == nil {
			c.accounts[name] = a
		}
	}
	if c.fallback == nil {
		c.fallback = fallback
	}
	return nil
}

// reader turns one file's values into settings.
type reader struct {
	file string
	meta toml.MetaData
}

func (r *reader) accounts(p toml.Primitive) (map[string]*Account, error) {
	tables, ok := r.table(p)
	if !ok {
		return nil, r.wrong("accounts", p, "it is a table of tables: [accounts.NAME]")
	}
	accounts := map[string]*Account{}
	for _, name := range slices.Sorted(maps.Keys(tables)) {
		keys, ok := r.table(tables[name])
		if !ok {
			return nil, r.wrong("accounts."+name, tables[name], "an account is a table: [accounts."+name+"]")
		}
		a := &Account{Name: name, set: map[string]setting{}}
		for _, key := range slices.Sorted(maps.Keys(keys)) {
			s, err := r.setting(key, keys[key])
			if err != nil {
				return nil, err
			}
			a.set[key] = s
		}
		if _, ok := a.set["password_command"]; ok {
			if s, ok := a.set["password_file"]; ok {
				return nil, &FileError{File: r.file, Line: s.line, Key: "password_file", Reason: "there is a password_command too: one of them"}
			}
		}
		accounts[name] = a
	}
	return accounts, nil
}

// table parts a table into its values. The library takes what is none for an empty one.
func (r *reader) table(p toml.Primitive) (values map[string]toml.Primitive, ok bool) {
	var v any
	if err := r.meta.PrimitiveDecode(p, &v); err != nil {
		return nil, false
	}
	if _, ok := v.(map[string]any); !ok {
		return nil, false
	}
	return values, r.meta.PrimitiveDecode(p, &values) == nil
}

// setting reads a key of an account.
func (r *reader) setting(name string, p toml.Primitive) (setting, error) {
	k := find(name)
	if k == nil {
		return setting{}, r.unknown(name, p, keyNames())
	}
	values, err := r.strings(name, p, k.list)
	if err != nil {
		return setting{}, err
	}
	for _, v := range values {
		if near, reason := k.check(v); reason != "" {
			return setting{}, &FileError{File: r.file, Line: r.line(p), Key: name, Reason: reason, Near: near}
		}
	}
	return setting{values, r.file, r.line(p)}, nil
}

// strings reads a value: a string, a number where it stands for seconds, and where list says so an array of strings.
func (r *reader) strings(name string, p toml.Primitive, list bool) ([]string, error) {
	var v any
	if err := r.meta.PrimitiveDecode(p, &v); err != nil {
		return nil, r.wrong(name, p, "not a value")
	}
	switch v := v.(type) {
	case string:
		return []string{v}, nil
	case int64:
		if strings.HasSuffix(name, "timeout") {
			return []string{strconv.FormatInt(v, 10)}, nil
		}
	case float64:
		if strings.HasSuffix(name, "timeout") {
			return []string{strconv.FormatFloat(v, 'f', -1, 64)}, nil
		}
	case []any:
		var all []string
		for _, each := range v {
			if s, ok := each.(string); ok {
				all = append(all, s)
			}
		}
		if list && len(all) > 0 && len(all) == len(v) {
			return all, nil
		}
	}
	want := "it is a text, in quotes"
	if list {
		want = `it is a text in quotes, or a list of them: ["...", "..."]`
	} else if strings.HasSuffix(name, "timeout") {
		want = `it is a number of seconds, or a text such as "90s"`
	}
	return nil, r.wrong(name, p, want)
}

// unknown is the error of a key that is none, with the right one that is nearest.
func (r *reader) unknown(name string, p toml.Primitive, right []string) error {
	if name == "password" || name == "pass" {
		return r.wrong(name, p, "no password stands in this file: password_command or password_file tells where it is")
	}
	e := &FileError{File: r.file, Line: r.line(p), Key: name, Reason: "there is no such key"}
	if e.Near = familiar[name]; e.Near == "" {
		e.Near = spelling.Word(strings.ReplaceAll(strings.ToLower(name), "-", "_"), right)
	}
	if e.Near == "" {
		e.Reason = "there is no such key; there are " + strings.Join(right, ", ")
	}
	return e
}

func (r *reader) wrong(key string, p toml.Primitive, reason string) error {
	return &FileError{File: r.file, Line: r.line(p), Key: key, Reason: reason}
}

// line says where a key stands, a table that is not written itself by what is
// in it. The library tells it in errors only.
func (r *reader) line(p toml.Primitive) int {
	var e toml.ParseError
	if errors.As(r.meta.PrimitiveDecode(p, new(refusal)), &e) && e.Position.Line > 0 {
		return e.Position.Line
	}
	first := 0
	inner, _ := r.table(p)
	for _, value := range inner {
		if line := r.line(value); first == 0 || line < first {
			first = line
		}
	}
	return first
}

// refusal is a value that can never be read.
type refusal struct{}

func (*refusal) UnmarshalTOML(any) error { return errors.New("refused") }

// syntaxError is the error of a file that is no TOML.
func syntaxError(file string, err error) error {
	var e toml.ParseError
	if errors.As(err, &e) {
		line := e.Position.Line
		if strings.HasSuffix(e.Message, "\\\x00'") {
			line++ // of an escape that the end of the file cuts off, the library names the line before
		}
		return &FileError{File: file, Line: line, Reason: withoutValues(e.Message)}
	}
	return &FileError{File: file, Reason: withoutValues(fmt.Sprint(err))}
}

// withoutValues hides what the library quotes of a value: it may be a password.
func withoutValues(message string) string {
	if strings.HasPrefix(message, "expected value but found ") {
		return "a value is missing, or the quotes around it"
	}
	if strings.HasPrefix(message, "Key ") {
		return message
	}
	message = strings.ReplaceAll(message, `'"'`, "a quote")
	start := strings.IndexByte(message, '"')
	if i := strings.Index(message, ": '"); i >= 0 { // a number
		start = i + len(": ")
	}
	end := strings.LastIndexAny(message, `"'`) + 1
	if start < 0 || end <= start {
		return message
	}
	return message[:start] + hidden + message[end:]
}
