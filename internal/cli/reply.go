package cli

import (
	"io"

	"mailpipe/compose"
	"mailpipe/internal/message"
	"mailpipe/internal/stdio"
	"mailpipe/internal/termtext"
	"mailpipe/internal/thread"
)

// reply takes from the message of --reply-to-message what the flags leave open.
func (d *draft) reply() error {
	if !d.flags.IsSet("reply-to-message") {
		return nil
	}
	path := d.flags.String("reply-to-message")
	parent, err := d.readParent(path)
	if err != nil {
		return err
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

// readParent reads the header of the message that is replied to.
func (d *draft) readParent(path string) (message.Header, error) {
	var r io.Reader = stdio.NewInput(d.Stdin)
	if path != "-" {
		f, err := d.files.Open(path)
		if err != nil {
			return nil, partError(path, err)
		}
		defer f.Close()
		r = f
	}
	header, err := message.ReadHeader(r)
	if err != nil {
		e := fail(exitData, "%s: %w", termtext.Line(path), err)
		return nil, e.withHint("name a file with one message and its header")
	}
	return header, nil
}
