package cli

import (
	"cmp"
	"os"
	"os/user"
	"strconv"
	"strings"

	"mailpipe/internal/address"
)

// rewrite returns the addresses that take the place of one in a header field; nil
// means that it stays.
func (s *sendmail) rewrite(field string, a address.Address) []address.Address {
	name := strings.ToLower(field)
	switch strings.TrimPrefix(name, "resent-") {
	case "to", "cc", "bcc":
		return s.recipient(a)
	case "from", "sender":
		return s.originator(name, a)
	}
	if s.host.isLocal(a) && s.host.domain != "" {
		a.Domain = s.host.domain
		return []address.Address{a}
	}
	return nil
}

// recipient returns where the mail for a local name goes: name <ADDRESS>.
func (s *sendmail) recipient(a address.Address) []address.Address {
	if !s.host.isLocal(a) {
		return nil
	}
	list, err := s.host.resolve(a)
	switch {
	case err != nil:
		if s.args.fromHeader {
			s.err = cmp.Or(s.err, err)
		}
		return nil
	case len(list) == 0:
		list = []address.Address{s.host.discard(a)}
	}
	var named []address.Address
	for _, to := range list {
		to.Name = cmp.Or(a.Name, a.Local)
		named = append(named, to)
	}
	return named
}

// originator returns the address in place of one in From or Sender.
func (s *sendmail) originator(field string, a address.Address) []address.Address {
	if s.rewriteFrom == "never" {
		if s.host.isLocal(a) && !s.hasSender { // it cannot be in an envelope
			s.hasSender, s.envelope.From = true, s.sender(a).Mailbox()
		}
		return nil
	}
	own := s.sender(a)
	if own.Local == a.Local && own.Domain == a.Domain {
		return nil
	}
	switch {
	case !s.host.isLocal(a):
		own.Name = cmp.Or(a.Name, a.Mailbox())
		if field == "from" && !s.replaced[a] { // the field may be read several times
			s.replaced[a] = true
			s.replyTo = append(s.replyTo, a)
		}
	case s.from() == (address.Address{}):
		own.Name = a.Name
	default:
		own.Name = s.host.oldAddress(a)
	}
	return []address.Address{own}
}

// missing returns the addresses of a field that the message lacks.
func (s *sendmail) missing(field string) []address.Address {
	switch strings.ToLower(field) {
	case "reply-to":
		return s.replyTo
	case "from":
		u := currentUser(s.Getenv)
		a := s.sender(address.Address{Local: u.name})
		a.Name = cmp.Or(s.args.fullName, u.fullName)
		return []address.Address{a}
	}
	return nil
}

// sender returns the address of a sender as rewrite_from decides, without a name.
func (s *sendmail) sender(a address.Address) address.Address {
	local, own := s.host.isLocal(a), s.from()
	switch {
	case own != (address.Address{}) && (local && s.rewriteFrom != "never" || s.rewriteFrom == "always"):
		return address.Address{Local: own.Local, Domain: own.Domain}
	case local:
		return address.Address{Local: a.Local, Domain: cmp.Or(s.host.domain, s.host.name)}
	}
	return address.Address{Local: a.Local, Domain: a.Domain}
}

// from returns the account's address, or the zero Address.
func (s *sendmail) from() address.Address {
	a, _ := address.Parse(s.settings.From) // checked before
	return a
}

// oldAddress returns a local address in words, with the name of the host.
func (h *mailHost) oldAddress(a address.Address) string {
	if a.Domain == "" || a.Domain == "localhost" {
		a.Domain = h.name
	}
	if a.Name == "" {
		return a.Mailbox()
	}
	return a.Mailbox() + " (" + strings.TrimSuffix(strings.TrimPrefix(a.Name, "("), ")") + ")"
}

// A localUser is the user who runs mailpipe.
type localUser struct{ name, fullName string }

// currentUser returns the user. $NAME has precedence over the full name in the
// passwd file.
func currentUser(getenv func(string) string) localUser {
	u, err := user.LookupId(strconv.Itoa(os.Getuid()))
	if err != nil {
		return localUser{strconv.Itoa(os.Getuid()), getenv("NAME")}
	}
	return localUser{u.Username, cmp.Or(getenv("NAME"), u.Name)}
}
