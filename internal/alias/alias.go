// Package alias reads files of aliases(5) and expands the names of users with them.
// It never runs a command and never writes a file.
package alias

import (
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
	"syscall"

	"mailpipe/internal/address"
	"mailpipe/internal/oserror"
	"mailpipe/internal/termtext"
)

// Bounds that no honest file reaches.
const (
	maxFile      = 1 << 20 // octets
	maxDepth     = 32      // aliases and includes within each other
	maxAddresses = 10_000
)

// A Table is what a file of aliases(5) contains. The zero value has no aliases.
type Table struct {
	file    string
	entries map[string]entry // by the name in lower case
}

// An entry is a line of the file with its continuation lines.
type entry struct {
	line    int
	targets []target
}

// A target is what a name stands for, or a part of it.
type target struct {
	kind    kind
	text    string          // a file or a command
	address address.Address // without a domain if it is the name of a user
	file    string
	line    int
}

type kind int

const (
	mailbox kind = iota
	final        // an address that is not looked up again
	include      // a file with further targets
	discard      // /dev/null
	command      // not supported
	file         // not supported
)

// An Error is an invalid line, a loop, or an exceeded bound.
type Error struct {
	File   string
	Line   int // 0 means the whole file
	Reason string
	Err    error // of the system, or nil
}

func (e *Error) Error() string {
	where := e.File
	if e.Line > 0 {
		where += ":" + strconv.Itoa(e.Line)
	}
	return termtext.Line(where + ": " + e.Reason)
}

func (e *Error) Unwrap() error { return e.Err }

// Read reads a file of aliases. Its error is an *Error.
func Read(name string) (*Table, error) {
	text, err := readFile(name)
	if err != nil {
		return nil, &Error{File: name, Reason: oserror.Reason(err).Error(), Err: err}
	}
	t := &Table{file: name, entries: map[string]entry{}}
	return t, t.parse(text)
}

// Len returns the number of aliases.
func (t *Table) Len() int { return len(t.entries) }

// Has reports whether there is an alias for a name, or one for all names.
func (t *Table) Has(name string) bool {
	_, found := t.entries[strings.ToLower(name)]
	_, forAll := t.fallback()
	return found || forAll
}

// readFile returns the content of a regular file. It never waits for the writer of
// a FIFO.
func readFile(name string) (string, error) {
	f, err := os.OpenFile(name, os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		return "", err
	}
	defer f.Close()
	info, err := f.Stat()
	switch {
	case err != nil:
		return "", err
	case info.IsDir():
		return "", syscall.EISDIR
	case !info.Mode().IsRegular():
		return "", fmt.Errorf("not a regular file")
	}
	text, err := io.ReadAll(io.LimitReader(f, maxFile+1))
	if err == nil && len(text) > maxFile {
		err = fmt.Errorf("too large: over 1 MiB")
	}
	return string(text), err
}
