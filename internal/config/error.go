package config

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"mailpipe/internal/termtext"
)

// FileError says what is wrong in a configuration file.
type FileError struct {
	File   string
	Line   int    // 0: not known
	Key    string // empty: none
	Reason string
	Near   string // the right key or value that is nearest, or empty
}

func (e *FileError) Error() string {
	var b strings.Builder
	b.WriteString(e.File)
	if e.Line > 0 {
		b.WriteString(":" + strconv.Itoa(e.Line))
	}
	b.WriteString(": ")
	if e.Key != "" {
		b.WriteString(termtext.Text(e.Key) + ": ")
	}
	b.WriteString(termtext.Text(e.Reason))
	b.WriteString(near(e.Near))
	return b.String()
}

// ValueError says what is wrong with a flag's or a variable's value.
type ValueError struct {
	Name   string // "--tls", "$MAILPIPE_SERVER"
	Value  string // safe to show, or empty
	Reason string
	Near   string // the right value that is nearest, or empty
	Mend   string // what to type instead, or empty
	Err    error  // the *address.Error of a wrong address, or nil
}

func (e *ValueError) Unwrap() error { return e.Err }

func (e *ValueError) Error() string {
	s := e.Name
	if e.Value != "" {
		s += " " + quote(e.Value)
	}
	return s + ": " + termtext.Text(e.Reason) + near(e.Near)
}

// UnknownAccountError says that an account that was asked for is in no file.
type UnknownAccountError struct {
	Name, Origin string // the name, and who gave it: "-A", "$MAILPIPE_ACCOUNT"
	Files        []string
	Known        []string // in order
	Near         string   // of Known, or empty
}

func (e *UnknownAccountError) Error() string {
	where := "no configuration file was found"
	if len(e.Files) > 0 {
		where = "not in " + strings.Join(e.Files, ", ")
		if len(e.Known) > 0 && e.Near == "" {
			where += "; there are " + termtext.Text(strings.Join(e.Known, ", "))
		}
	}
	return fmt.Sprintf("%s: no account %s: %s%s", e.Origin, quote(e.Name), where, near(e.Near))
}

// ErrNoPassword is in a SecretError when none of the places had one.
var ErrNoPassword = errors.New("no password was found")

// SecretError says why a password cannot be had. It never shows one.
type SecretError struct {
	Source string // the file or the command, safe to show
	Reason string
	Mend   string // a command that mends it, or empty
	Err    error  // or nil
}

func (e *SecretError) Error() string {
	if e.Source == "" {
		return termtext.Text(e.Reason)
	}
	return termtext.Text(e.Source) + ": " + termtext.Text(e.Reason)
}

func (e *SecretError) Unwrap() error { return e.Err }

func near(s string) string {
	if s == "" {
		return ""
	}
	return " (did you mean " + termtext.Text(s) + "?)"
}

func quote(s string) string { return `"` + termtext.Text(s) + `"` }
