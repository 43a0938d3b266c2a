package alias

import (
	"fmt"
	"strings"

	"mailpipe/internal/address"
	"mailpipe/internal/oserror"
)

// A Result is where the mail for an address goes.
type Result struct {
	To      []address.Address // each once; the name of a user has no domain
	Discard bool              // /dev/null is among the targets
	Refused []*Error          // targets that are commands and files
}

// Expand returns where the mail for an address goes. A local address is looked up,
// and what it stands for is looked up again. local reports whether an address with a
// domain is that of a user of this host. The error is an *Error.
func (t *Table) Expand(a address.Address, local func(address.Address) bool) (Result, error) {
	e := &expansion{
		table: t, local: local, used: map[string]bool{}, states: map[string]state{},
	}
	err := e.add(target{address: a, file: t.file})
	return e.result, err
}

// An expansion is the expansion of one address.
type expansion struct {
	table  *Table
	local  func(address.Address) bool
	result Result
	used   map[string]bool  // the addresses in result
	states map[string]state // of names and included files
	path   []string         // the names and files that are being expanded
}

type state int

const (
	unseen state = iota
	inProgress
	done
)

// add adds what a target stands for.
func (e *expansion) add(t target) error {
	switch t.kind {
	case discard:
		e.result.Discard = true
		return nil
	case command:
		return e.refuse(t, "commands are not supported: "+t.text)
	case file:
		return e.refuse(t, "files are not supported: "+t.text)
	case include:
		return e.within(t, includePrefix+t.text, func() ([]target, error) { return included(t) })
	}
	a := t.address
	isLocal := a.Domain == "" || e.local(a)
	if isLocal {
		a.Domain = ""
	}
	name := strings.ToLower(a.Local)
	own := len(e.path) > 0 && e.path[len(e.path)-1] == name // name: name
	if !isLocal || t.kind == final || own {
		return e.use(t, a)
	}
	found, ok := e.table.entries[name]
	if !ok {
		if found, ok = e.table.fallback(); !ok || e.states[anyName] == inProgress {
			return e.use(t, a)
		}
		name = anyName
	}
	return e.within(t, name, func() ([]target, error) { return found.targets, nil })
}

// anyName is the name of the entry for names that have none.
const anyName = "*"

// fallback returns the entry for names that have none.
func (t *Table) fallback() (entry, bool) {
	found, ok := t.entries["default"]
	if !ok {
		found, ok = t.entries[anyName]
	}
	return found, ok
}

// within adds the targets of a name or a file, which t refers to.
func (e *expansion) within(t target, name string, targets func() ([]target, error)) error {
	switch {
	case e.states[name] == inProgress:
		return t.fail("loop: %s is reached again from %s", name, strings.Join(e.path, ", "))
	case e.states[name] == done:
		return nil
	case len(e.path) == maxDepth:
		return t.fail("more than %d aliases within each other", maxDepth)
	case len(e.states) == maxAddresses:
		return t.fail("more than %d aliases", maxAddresses)
	}
	list, err := targets()
	if err != nil {
		return err
	}
	e.states[name], e.path = inProgress, append(e.path, name)
	for _, inner := range list {
		if err := e.add(inner); err != nil {
			return err
		}
	}
	e.states[name], e.path = done, e.path[:len(e.path)-1]
	return nil
}

// included returns the targets in the file that t includes.
func included(t target) ([]target, error) {
	text, err := readFile(t.text)
	if err != nil {
		return nil, t.fail("%s%s: %s", includePrefix, t.text, oserror.Reason(err))
	}
	return readTargets(t.text, text)
}

// use adds an address to the result.
func (e *expansion) use(t target, a address.Address) error {
	key := a.Mailbox()
	if a.Domain == "" {
		key = strings.ToLower(key)
	}
	switch {
	case e.used[key]:
		return nil
	case len(e.used) == maxAddresses:
		return t.fail("more than %d addresses", maxAddresses)
	}
	e.used[key] = true
	e.result.To = append(e.result.To, a)
	return nil
}

func (e *expansion) refuse(t target, reason string) error {
	e.result.Refused = append(e.result.Refused, t.fail("%s", reason))
	return nil
}

func (t target) fail(format string, args ...any) *Error {
	return &Error{File: t.file, Line: t.line, Reason: fmt.Sprintf(format, args...)}
}
