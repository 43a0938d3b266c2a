// Package config reads accounts, finds secrets and settles which setting is in
// force: flags beat the environment, that beats the account, that beats the
// default. It prints nothing; its errors carry what a message needs.
package config

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"

	"github.com/BurntSushi/toml"

	"mailpipe/internal/nearest"
)

// None in place of a file's name: no file is read.
const None = "none"

// system is read after the user's own file.
const system = "/etc/mailpipe/config.toml"

// Config is what the files say. The zero value has no accounts.
type Config struct {
	Files   []string // those that were read
	Skipped []error  // those of the usual ones that may not be read

	accounts map[string]*Account
	fallback *setting // "default"
}

// Account is a table [accounts.NAME].
type Account struct {
	Name string
	file string
	set  map[string]setting
}

// setting is a key as a file has it.
type setting struct {
	values []string
	file   string
	line   int
}

func (s setting) origin() string { return s.file + ":" + strconv.Itoa(s.line) }

// Load reads the named file, or the usual ones: $XDG_CONFIG_HOME/mailpipe/config.toml
// (~/.config), then /etc/mailpipe/config.toml, whose accounts and default give
// way to the user's own. A file that is wrong is a *FileError, a named one that cannot be
// read an *fs.PathError.
func Load(file string, getenv func(string) string) (*Config, error) {
	c := &Config{accounts: map[string]*Account{}}
	switch file {
	case None:
		return c, nil
	case "":
		return c, c.loadUsual(getenv)
	}
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	return c, c.read(file, text)
}

func (c *Config) loadUsual(getenv func(string) string) error {
	for _, file := range usual(getenv) {
		text, err := os.ReadFile(file)
		if errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ENOTDIR) {
			continue
		}
		if errors.Is(err, fs.ErrPermission) {
			c.Skipped = append(c.Skipped, err) // HOME may be another user's
			continue
		}
		if err != nil {
			return err
		}
		if err := c.read(file, text); err != nil {
			return err
		}
	}
	return nil
}

// usual names the files that are read unasked.
func usual(getenv func(string) string) []string {
	folder := getenv("XDG_CONFIG_HOME")
	if !filepath.IsAbs(folder) { // to be ignored then, says the base directory specification
		if folder = getenv("HOME"); folder == "" {
			return []string{system}
		}
		folder = filepath.Join(folder, ".config")
	}
	return []string{filepath.Join(folder, "mailpipe", "config.toml"), system}
}

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
		a := &Account{Name: name, file: r.file, set: map[string]setting{}}
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
	e := &FileError{File: r.file, Line: r.line(p), Key: name, Reason: "there is no such key"}
	if e.Near = familiar[name]; e.Near == "" {
		e.Near = nearest.Word(strings.ReplaceAll(strings.ToLower(name), "-", "_"), right)
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
		return &FileError{File: file, Line: e.Position.Line, Reason: e.Message}
	}
	return &FileError{File: file, Reason: fmt.Sprint(err)}
}
