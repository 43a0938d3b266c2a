package config

import (
	"errors"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/BurntSushi/toml"
)

// value returns a value of any type.
func (r *fileReader) value(p toml.Primitive) (v any) {
	r.meta.PrimitiveDecode(p, &v) // cannot fail
	return v
}

// table returns the values of a table. The library would return an empty table
// for a value of another type.
func (r *fileReader) table(p toml.Primitive) (values map[string]toml.Primitive, ok bool) {
	_, ok = r.value(p).(map[string]any)
	if ok {
		r.meta.PrimitiveDecode(p, &values)
	}
	return values, ok
}

// line returns the line of a value. The library reveals it only in errors, for
// which it copies the whole file, so call it only for what is shown. For
// a table without a header of its own, it is the line of one of its values.
func (r *fileReader) line(p toml.Primitive) int {
	e, _ := errors.AsType[toml.ParseError](r.meta.PrimitiveDecode(p, new(undecodable)))
	if e.Position.Line > 0 {
		return e.Position.Line
	}
	values, _ := r.table(p)
	for _, name := range slices.Sorted(maps.Keys(values)) {
		if line := r.line(values[name]); line > 0 {
			return line // each call reads the whole file: one must do
		}
	}
	return 0
}

// undecodable is a type for which every decoding fails.
type undecodable struct{}

func (*undecodable) UnmarshalTOML(any) error { return errors.New("undecodable") }

// syntaxError returns the error of a file that is not valid TOML.
func syntaxError(file string, err error) *SettingError {
	e, _ := errors.AsType[toml.ParseError](err)
	line := e.Position.Line
	if strings.HasSuffix(e.Message, "\\\x00'") {
		line++ // the library names the line before an escape that the end of the file cuts off
	}
	return &SettingError{Origin: Origin{File: file, Line: line}, Reason: withoutValues(e.Message)}
}

// withoutValues hides the values that the library quotes in a message, because
// they may be passwords.
func withoutValues(message string) string {
	switch {
	case strings.HasPrefix(message, "expected value but found "):
		return "missing value, or missing quotes around it"
	case strings.HasPrefix(message, "Key "):
		return message
	}
	if i := strings.Index(message, " is out of range for "); i >= 0 {
		return hidden + message[i:]
	}
	message = strings.ReplaceAll(message, `'"'`, "a quote")
	value := regexp.MustCompile(`(?s)(: )'.*['"]|".*['"]`) // numbers are in single quotes
	return value.ReplaceAllString(message, "${1}"+hidden)
}
