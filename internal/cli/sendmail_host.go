package cli

import (
	"cmp"
	"errors"
	"io/fs"
	"os"
	"runtime"
	"slices"
	"strings"

	"mailpipe/internal/address"
	"mailpipe/internal/alias"
	"mailpipe/internal/config"
)

// Files of the host.
const (
	aliasesFile  = "/etc/aliases"
	mailNameFile = "/etc/mailname"
)

// etc returns the name of a file of /etc. It is empty on Windows, where any user can
// create \etc.
func etc(file string) string {
	if runtime.GOOS == "windows" {
		return ""
	}
	return file
}

// A mailHost knows where the mail for the users of this host goes.
type mailHost struct {
	name    string   // the host's, full if it has a full name
	names   []string // the domains whose addresses are local
	domain  string   // of users without an alias; empty: unknown
	aliases *alias.Table
	hasOwn  bool // domain is that of the configuration, where any name may be that of a user

	resolved  map[string][]address.Address // by the mailbox
	discarded map[string]bool              // mailboxes whose mail goes to /dev/null
	refused   []error                      // targets of aliases that are commands or files
}

// newMailHost reads the aliases and finds the domain. The host can resolve addresses
// after forMail.
func newMailHost(s config.Sendmail) (*mailHost, error) {
	name, err := os.Hostname()
	if err != nil || name == "" {
		name = "localhost"
	}
	short, _, _ := strings.Cut(name, ".")
	h := &mailHost{
		name:    strings.ToLower(name),
		names:   []string{"localhost", strings.ToLower(name), strings.ToLower(short)},
		domain:  cmp.Or(s.Domain, mailName(), strings.ToLower(fullHostName())),
		aliases: new(alias.Table),
		hasOwn:  s.Domain != "",
	}
	if s.Domain != "" {
		h.names = append(h.names, s.Domain)
	}
	table, err := alias.Read(cmp.Or(s.Aliases, etc(aliasesFile)))
	isMissing := errors.Is(err, fs.ErrNotExist) || errors.Is(err, fs.ErrPermission)
	switch {
	case err == nil:
		h.aliases = table
	case s.Aliases != "" || !isMissing:
		return nil, err
	}
	return h, nil
}

// forMail returns the same host for another mail, of which it has resolved nothing.
func (h *mailHost) forMail() *mailHost {
	other := *h
	other.resolved, other.discarded, other.refused = map[string][]address.Address{}, map[string]bool{}, nil
	return &other
}

// mailName returns the content of /etc/mailname, or "" if it is not a domain.
func mailName() string {
	text, err := os.ReadFile(etc(mailNameFile))
	if err != nil {
		return ""
	}
	domain, err := address.ParseDomain(strings.TrimSpace(string(text)))
	if err != nil {
		return ""
	}
	return domain
}

// isLocal reports whether an address is that of a user of this host.
func (h *mailHost) isLocal(a address.Address) bool {
	return a.Domain == "" || slices.Contains(h.names, a.Domain)
}

// resolve returns where the mail for an address goes. It returns no address if that
// is /dev/null.
func (h *mailHost) resolve(a address.Address) ([]address.Address, error) {
	if !h.isLocal(a) {
		return []address.Address{a}, nil
	}
	if a.Domain == "localhost" {
		a.Domain = ""
	}
	key := a.Mailbox()
	if list, known := h.resolved[key]; known {
		return list, nil
	}
	r, err := h.aliases.Expand(a, h.isLocal)
	if err != nil {
		return nil, err
	}
	var list []address.Address
	for _, to := range r.To {
		if to.Domain == "" {
			if h.domain == "" {
				return nil, h.unknownUser(to)
			}
			to.Domain = h.domain
		}
		list = append(list, to)
	}
	if len(list) == 0 && len(r.Refused) > 0 {
		return nil, fail(exitNoUser, "%s: %w", a.Mailbox(), r.Refused[0])
	}
	for _, err := range r.Refused {
		h.refused = append(h.refused, err)
	}
	h.resolved[key] = list
	return list, nil
}

func (h *mailHost) unknownUser(a address.Address) error {
	e := fail(exitNoUser, "%s: no alias, and no domain for the users of this host", a.Mailbox())
	return e.withHint("set domain in the table [sendmail] of the configuration, or add an alias to the file of aliases")
}

// discard returns an address for the header in place of a name whose mail goes
// nowhere, and remembers that it is not a recipient.
func (h *mailHost) discard(a address.Address) address.Address {
	a.Domain = cmp.Or(h.domain, h.name)
	h.discarded[a.Mailbox()] = true
	return a
}

// withoutDiscarded returns the addresses whose mail does not go to /dev/null.
func (h *mailHost) withoutDiscarded(list []address.Address) []address.Address {
	return slices.DeleteFunc(slices.Clone(list), func(a address.Address) bool { return h.discarded[a.Mailbox()] })
}

// mailboxes returns a list of addresses without their names.
func mailboxes(list []address.Address) string {
	var all []string
	for _, a := range list {
		all = append(all, a.Mailbox())
	}
	return strings.Join(all, ", ")
}
