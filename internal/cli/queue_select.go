package cli

import (
	"errors"
	"slices"
	"strings"
	"time"

	"mailpipe/internal/address"
	"mailpipe/internal/config"
	"mailpipe/internal/spool"
)

// A selection is the messages that the command line names.
type selection struct {
	ids    []string // or suffixes of IDs; nil means all
	state  string   // any field may be empty
	older  time.Duration
	to     string // an address, or a domain
	server string // as it is in a key of a route
	host   string // in any case
}

// sending is the state of a message that a process has locked.
const sending = "sending"

// selection reads the flags and operands that select messages. The command needs one
// of them if it changes messages.
func (q *queueCall) selection() (s selection, err error) {
	s.ids = q.line.operands()
	if s.state, err = q.choice("state", "queued", "held", "failed", sending); err != nil {
		return s, err
	}
	if s.older, err = q.duration("older"); err != nil {
		return s, err
	}
	if q.line.has("server") {
		url, err := config.ParseServer(q.flags.String("server"))
		if err != nil {
			return s, fail(exitUsage, "--server%w", err)
		}
		s.server = serverURL(url)
	}
	if s.host = q.flags.String("host"); s.host == "" && q.line.has("host") {
		return s, usage("--host must not be empty")
	}
	if q.name == "queue move" {
		return s, nil
	}
	if q.line.has("to") {
		s.to, err = recipientOrDomain(q.flags.String("to"))
	}
	return s, err
}

// recipientOrDomain reads the value of --to: an address, or a domain with or without
// an @ before it.
func recipientOrDomain(given string) (string, error) {
	if given == "" {
		return "", usage("--to must not be empty")
	}
	if domain, err := address.ParseDomain(strings.TrimPrefix(given, "@")); err == nil {
		return domain, nil
	}
	a, err := address.Parse(given)
	if err != nil {
		return "", addressError("--to", err)
	}
	return a.Mailbox(), nil
}

// changes is selection for a command that changes messages: something must be
// selected, so that a forgotten operand changes nothing.
func (q *queueCall) changes() (selection, error) {
	s, err := q.selection()
	if err != nil {
		return s, err
	}
	isEmpty := s.ids == nil && s.state == "" && s.older == 0 && s.to == "" && s.server == "" && s.host == ""
	all := q.flags.Bool("all")
	switch {
	case isEmpty && !all:
		return s, usage("no messages are selected").withHint("name their IDs, or use --all")
	case s.ids != nil && all:
		return s, usage("--all and an ID exclude each other")
	}
	return s, nil
}

// A location is where an entry is.
type location struct {
	spool *spool.Spool
	id    string
}

// A seen is an entry as a command sees it without keeping it locked.
type seen struct {
	*spool.Envelope
	spool *spool.Spool
	state string // queued, held, failed or sending
}

// look returns the locations of the entries of a selection, in the order of the spools
// and their IDs, or of the operands. It reports those that cannot be read.
func (q *queueCall) look(s selection) (list []location, err error) {
	err = q.each(s, func(e seen) error {
		list = append(list, location{e.spool, e.ID})
		return nil
	})
	return list, err
}

// each calls do for each entry that look returns, without keeping them in memory. It
// ends when do returns an error.
func (q *queueCall) each(s selection, do func(seen) error) error {
	locations, err := q.locations(s)
	if err != nil {
		return err
	}
	for some := range slices.Chunk(locations, 500) {
		for i, e := range seeAll(some) {
			switch {
			case errors.Is(e.Err, spool.ErrNotFound): // it was sent meanwhile
			case e.Err != nil:
				q.report(e.Err)
			default:
				e := sight(e, some[i].spool)
				if !q.matches(s, e) {
					continue
				}
				if err := do(e); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// seeAll looks at some entries, those of one spool at once.
func seeAll(locations []location) (list []spool.Seen) {
	for len(locations) > 0 {
		s := locations[0].spool
		var ids []string
		for len(ids) < len(locations) && locations[len(ids)].spool == s {
			ids = append(ids, locations[len(ids)].id)
		}
		list = append(list, s.Look(ids)...)
		locations = locations[len(ids):]
	}
	return list
}

// locations returns the entries of a selection by ID, or all entries. It reports IDs
// that do not exist.
func (q *queueCall) locations(s selection) (list []location, err error) {
	if s.ids == nil {
		return q.allLocations()
	}
	for _, suffix := range s.ids {
		p, err := q.find(suffix)
		if err != nil {
			q.report(err)
		} else if !slices.Contains(list, p) {
			list = append(list, p)
		}
	}
	return list, nil
}

// allLocations returns the entries of all spools. It reports a spool that cannot be read, and
// goes on with the others.
func (q *queueCall) allLocations() (list []location, err error) {
	for _, s := range q.spools {
		ids, err := s.IDs()
		if err != nil && len(q.spools) == 1 {
			return nil, err
		}
		if err != nil {
			q.report(err)
		}
		for _, id := range ids {
			list = append(list, location{s, id})
		}
	}
	return list, nil
}

// find returns the only entry of all spools whose ID ends with suffix. A spool that cannot be
// read does not matter if another one has it.
func (q *queueCall) find(suffix string) (location, error) {
	var list []location
	err := spool.ErrNotFound
	for _, s := range q.spools {
		id, here := s.Find(suffix)
		switch {
		case here == nil:
			list = append(list, location{s, id})
		case !errors.Is(here, spool.ErrNotFound):
			err = here
		}
	}
	if len(list) > 1 {
		err = spool.ErrAmbiguous
	}
	if len(list) != 1 || errors.Is(err, spool.ErrAmbiguous) {
		return location{}, fail(0, "%s: %w", pathLine(suffix), err)
	}
	return list[0], nil
}

// sight returns an entry of a spool with its state in words.
func sight(e spool.Seen, s *spool.Spool) seen {
	if e.InUse {
		return seen{e.Envelope, s, sending}
	}
	return seen{e.Envelope, s, string(e.State)}
}

// matches reports whether an entry is selected.
func (q *queueCall) matches(s selection, e seen) bool {
	return (s.state == "" || s.state == e.state) &&
		(s.older == 0 || q.now().Sub(e.Created) > s.older) &&
		(s.host == "" || strings.EqualFold(s.host, e.Host)) &&
		(s.to == "" || slices.ContainsFunc(missing(e.Envelope), func(a string) bool { return isTo(s.to, a) })) &&
		(s.server == "" || slices.ContainsFunc(q.routeOf(e).Keys, func(key string) bool {
			url, _, _ := strings.Cut(key, " ")
			return url == s.server
		}))
}

// missing returns the recipients that do not have the message.
func missing(e *spool.Envelope) []string {
	var list []string
	for _, r := range e.Recipients {
		if r.Outcome != "accepted" {
			list = append(list, r.Address)
		}
	}
	return list
}

// isTo reports whether an address is the given one, or is in the given domain.
func isTo(given, addr string) bool {
	at := strings.LastIndexByte(addr, '@')
	return strings.EqualFold(given, addr) || strings.EqualFold(given, toASCII(addr[at+1:]))
}

// toASCII returns a domain without characters that are not ASCII, if it is valid.
func toASCII(domain string) string {
	if ascii, err := address.ParseDomain(domain); err == nil {
		return ascii
	}
	return domain
}
