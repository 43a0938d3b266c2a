package config

import (
	"errors"
	"strconv"

	"mailpipe/internal/termtext"
)

// An Origin is where a setting was given: a flag, an environment variable, or
// a line of a configuration file.
type Origin struct {
	Name string // such as "--tls" or "$MAILPIPE_SERVER"; empty for a file
	File string
	Line int // 0 means unknown
}

func (o Origin) String() string {
	if o.File == "" {
		return o.Name
	}
	if o.Line == 0 {
		return o.File
	}
	return o.File + ":" + strconv.Itoa(o.Line)
}

// A SettingError is an error in a configuration file, a flag or an environment
// variable.
type SettingError struct {
	Origin      Origin
	Key         string // not shown with a flag or a variable, whose name says the same; may be empty
	Value       string // as given, without secrets; empty if it is not to be shown
	Contradicts string // another setting that excludes this one, or empty
	Reason      string
	Near        string // the closest valid key or value, or empty
	Fix         string // what to do about it, or empty
	Err         error  // the cause, such as an *address.Error, or nil
}

// InFile reports whether a configuration file is wrong, not the command line
// or the environment.
func (e *SettingError) InFile() bool { return e.Origin.File != "" }

func (e *SettingError) Error() string {
	text := e.Origin.String()
	if e.Key != "" && e.InFile() {
		text += ": " + e.Key
	}
	switch {
	case e.Contradicts != "":
		if e.Value != "" {
			text += " " + e.Value
		}
		text += " contradicts " + e.Contradicts
	case e.Value != "":
		text += " " + quote(e.Value)
	}
	if e.Reason != "" {
		text += ": " + e.Reason
	}
	if e.Near != "" {
		text += " (did you mean " + e.Near + "?)"
	}
	return termtext.Line(text)
}

func (e *SettingError) Unwrap() error { return e.Err }

// invalid returns the error of an invalid value. The caller adds what it knows
// about the setting.
func invalid(reason string) *SettingError { return &SettingError{Reason: reason} }

// ErrNoPassword is wrapped by a SecretError if no place has a password.
var ErrNoPassword = errors.New("no password found")

// A SecretError describes why a password cannot be obtained. It never contains one.
type SecretError struct {
	Source string // the file or the command, safe to show; may be empty
	Reason string
	Fix    string // a command that solves the problem, or empty
	Err    error  // the cause, or nil
}

func (e *SecretError) Error() string {
	if e.Source == "" {
		return termtext.Escape(e.Reason)
	}
	return termtext.Escape(e.Source + ": " + e.Reason)
}

func (e *SecretError) Unwrap() error { return e.Err }

func quote(s string) string { return `"` + s + `"` }
