package cli

import (
	"mailpipe/compose"
	"mailpipe/internal/message"
	"mailpipe/internal/termtext"
	"mailpipe/internal/thread"
)

// reply takes from the message of --reply-to-message what the flags leave open.
func (d *draft) reply() error {
	if !d.flags.IsSet("reply-to-message") {
		return nil
	}
	path := d.flags.String("reply-to-message")
	r, _, err := d.openFile(path)
	if err != nil {
		return err
	}
	parent, err := message.ReadHeader(r)
	if err != nil && !is[*message.Error](err) {
		return err
	}
	if err != nil {
		e := fail(exitData, "%s: %w", termtext.Line(path), err)
		return e.withHint("name a file with one message and its header")
	}
	m := &d.message
	if m.InReplyTo == "" {
		m.InReplyTo = thread.InReplyTo(parent)
	}
	if len(m.References) == 0 {
		m.References = thread.References(parent)
	}
	if m.Subject == "" {
		m.Subject = thread.Subject(parent)
	}
	if len(m.To) > 0 {
		return nil
	}
	to, err := thread.Recipients(parent)
	if err != nil {
		return fail(exitData, "%s: %w", termtext.Line(path), err).withHint("name the recipient: -t ADDR")
	}
	for _, a := range to {
		m.To = append(m.To, compose.Address(a))
	}
	return nil
}
