package config

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/BurntSushi/toml"
)

// line returns the line of a value. The library reveals it only in errors. For
// a table without a header of its own, it is the line of one of its values.
func (r *fileReader) line(p toml.Primitive) int {
	var e toml.ParseError
	if errors.As(r.meta.PrimitiveDecode(p, new(undecodable)), &e) && e.Position.Line > 0 {
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
	var e toml.ParseError
	if !errors.As(err, &e) {
		return &SettingError{Origin: Origin{File: file}, Reason: withoutValues(fmt.Sprint(err))}
	}
	line := e.Position.Line
	if strings.HasSuffix(e.Message, "\\\x00'") {
		line++ // the library names the line before an escape that the end of the file cuts off
	}
	return &SettingError{Origin: Origin{File: file, Line: line}, Reason: withoutValues(e.Message)}
}

// withoutValues hides the values that the library quotes in a message, because
// they may be passwords.
func withoutValues(message string) string {
	if strings.HasPrefix(message, "expected value but found ") {
		return "missing value, or missing quotes around it"
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
