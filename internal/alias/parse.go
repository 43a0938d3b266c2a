package alias

import (
	"strings"
	"unicode"

	"mailpipe/internal/address"
)

// parse adds the entries of a file. If a name has several, the first one counts.
func (t *Table) parse(text string) error {
	var current *entry
	name := ""
	add := func() {
		if _, known := t.entries[name]; current != nil && !known {
			t.entries[name] = *current
		}
	}
	p := parser{file: t.file}
	for line := range strings.Lines(text) {
		p.line++
		value := withoutComment(line)
		if value == "" {
			continue
		}
		if !isSpace(line[0]) {
			add()
			var err error
			if name, value, err = p.name(value); err != nil {
				return err
			}
			current = &entry{line: p.line}
		}
		if current == nil {
			return p.fail("space before the first alias")
		}
		targets, err := p.targets(value)
		if err != nil {
			return err
		}
		current.targets = append(current.targets, targets...)
	}
	add()
	for _, e := range t.entries {
		if len(e.targets) == 0 {
			return &Error{File: t.file, Line: e.line, Reason: "missing address after the colon"}
		}
	}
	return nil
}

// readTargets returns the targets in the text of an included file.
func readTargets(file, text string) ([]target, error) {
	var all []target
	p := parser{file: file}
	for line := range strings.Lines(text) {
		p.line++
		targets, err := p.targets(withoutComment(line))
		if err != nil {
			return nil, err
		}
		all = append(all, targets...)
	}
	return all, nil
}

// A parser parses lines. It knows where it is.
type parser struct {
	file string
	line int
}

func (p *parser) fail(reason string) error { return &Error{File: p.file, Line: p.line, Reason: reason} }

// name splits a line into the name in lower case and what follows the colon.
func (p *parser) name(line string) (name, rest string, err error) {
	colon := cut(line, ":")
	if colon == len(line) {
		return "", "", p.fail("missing colon after the name")
	}
	name = unquote(strings.TrimSpace(line[:colon]))
	switch {
	case name == "":
		return "", "", p.fail("missing name before the colon")
	case strings.ContainsFunc(name, unicode.IsControl):
		return "", "", p.fail("control character in the name")
	case strings.Contains(name, "@"):
		return "", "", p.fail("an alias is a name without @ and domain")
	}
	return strings.ToLower(name), line[colon+1:], nil
}

// targets returns the targets of a comma-separated list.
func (p *parser) targets(list string) ([]target, error) {
	var all []target
	for list != "" {
		end := cut(list, ",")
		if strings.HasPrefix(strings.TrimSpace(list), "|") {
			end = len(list) // a command may contain commas
		}
		text := strings.TrimSpace(list[:end])
		list = list[min(end+1, len(list)):]
		if text == "" {
			continue
		}
		t, err := p.target(text)
		if err != nil {
			return nil, err
		}
		t.file, t.line = p.file, p.line
		all = append(all, t)
	}
	return all, nil
}

const includePrefix = ":include:"

// target parses one target. The quotes around a command or a file are optional.
func (p *parser) target(text string) (target, error) {
	plain := unquote(text)
	isInclude := len(plain) >= len(includePrefix) && strings.EqualFold(plain[:len(includePrefix)], includePrefix)
	switch {
	case plain == "/dev/null":
		return target{kind: discard}, nil
	case strings.HasPrefix(plain, "|"):
		return target{kind: command, text: plain}, nil
	case strings.HasPrefix(plain, "/"):
		return target{kind: file, text: plain}, nil
	case isInclude:
		name := strings.TrimSpace(plain[len(includePrefix):])
		if !strings.HasPrefix(name, "/") {
			return target{}, p.fail(":include: needs the full name of a file")
		}
		return target{kind: include, text: name}, nil
	case strings.HasPrefix(plain, ":"):
		return target{}, p.fail("unknown target " + plain)
	case strings.HasPrefix(text, `\`):
		a, err := p.address(text[1:])
		return target{kind: final, address: a}, err
	}
	a, err := p.address(text)
	return target{kind: mailbox, address: a}, err
}

func (p *parser) address(text string) (address.Address, error) {
	list, err := address.ParseLocal(text)
	if err != nil {
		return address.Address{}, p.fail(err.Error())
	}
	if len(list) != 1 {
		return address.Address{}, p.fail("invalid address " + text)
	}
	return list[0], nil
}

// withoutComment returns a line without a comment, which begins with a # at the
// beginning of the line or after a space, and without surrounding whitespace.
func withoutComment(line string) string {
	for from := 0; ; {
		at := from + cut(line[from:], "#")
		if at == len(line) || at == 0 || isSpace(line[at-1]) {
			return strings.TrimSpace(line[:at])
		}
		from = at + 1
	}
}

// cut returns the offset of the separator in s, outside of quotes, or the length of s.
func cut(s, separator string) int {
	quoted := false
	for i := 0; i < len(s); i++ {
		switch {
		case s[i] == '\\':
			i++
		case s[i] == '"':
			quoted = !quoted
		case !quoted && s[i] == separator[0]:
			return i
		}
	}
	return len(s)
}

// unquote returns the content of s if all of it is one quoted-string, else s.
func unquote(s string) string {
	if !strings.HasPrefix(s, `"`) {
		return s
	}
	text, next, ok := address.QuotedString(s, 0)
	if !ok || next != len(s) {
		return s
	}
	return text
}

func isSpace(c byte) bool { return c == ' ' || c == '\t' }
