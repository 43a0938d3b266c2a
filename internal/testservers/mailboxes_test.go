//go:build linux

package testservers

import (
	"net/mail"
	"strconv"
	"strings"

	"golang.org/x/net/idna"
)

// A mailbox is a display name and an address.
type mailbox [2]string

// mailboxes returns addresses as readers show them.
func mailboxes(typed []string) []mailbox {
	var all []mailbox
	for _, text := range typed {
		a, err := mail.ParseAddress(text)
		if err != nil {
			panic(err)
		}
		local, domain, _ := cutLast(a.Address, "@")
		if ascii, err := idna.Lookup.ToASCII(domain); err == nil {
			domain = ascii
		}
		all = append(all, mailbox{a.Name, local + "@" + domain})
	}
	return all
}

// withoutQuotes removes the quotes of local parts, which not all readers keep.
func withoutQuotes(all []mailbox) []mailbox {
	var unquoted []mailbox
	for _, m := range all {
		if local, domain, ok := cutLast(m[1], "@"); ok && strings.HasPrefix(local, `"`) {
			if text, err := strconv.Unquote(local); err == nil {
				m[1] = text + "@" + domain
			}
		}
		unquoted = append(unquoted, m)
	}
	return unquoted
}

// parseMailboxes reads a list of addresses whose names a reader has decoded.
func parseMailboxes(field string) *[]mailbox {
	all := []mailbox{}
	for _, one := range splitList(field) {
		name, address, ok := cutLast(one, "<")
		if !ok {
			name, address = "", one
		}
		name = strings.TrimSpace(name)
		if len(name) > 1 && name[0] == '"' {
			name = strings.NewReplacer(`\\`, `\`, `\"`, `"`).Replace(name[1 : len(name)-1])
		}
		all = append(all, mailbox{name, strings.TrimRight(address, ">")})
	}
	return &all
}

// splitList splits a list at its commas, except for those in quotes. It leaves out
// empty groups.
func splitList(field string) []string {
	var all []string
	quoted, escaped, start := false, false, 0
	for i, r := range field + "," {
		switch {
		case escaped:
			escaped = false
		case r == '\\' && quoted:
			escaped = true
		case r == '"':
			quoted = !quoted
		case r == ',' && !quoted:
			one := strings.TrimSpace((field + ",")[start:i])
			if one != "" && !strings.HasSuffix(strings.ReplaceAll(one, " ", ""), ":;") {
				all = append(all, one)
			}
			start = i + 1
		}
	}
	return all
}

func cutLast(s, sep string) (before, after string, found bool) {
	if i := strings.LastIndex(s, sep); i >= 0 {
		return s[:i], s[i+len(sep):], true
	}
	return s, "", false
}
