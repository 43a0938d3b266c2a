// Package bounce writes the messages that tell a sender what became of a mail in
// the queue: that it could not be delivered, or that it is delayed. They are
// delivery status notifications (RFC 3464). A Notice is what such a message says;
// a Writer puts exactly one into the spool.
package bounce

import (
	"cmp"
	"io"
	"os"
	"strings"
	"time"

	"mailpipe/compose"
	"mailpipe/internal/buffer"
	"mailpipe/internal/message"
	"mailpipe/internal/spool"
)

// A Notice is a delivery status notification about one mail.
type Notice struct {
	Envelope *spool.Envelope // of the mail
	Content  io.WriterTo     // of the mail
	Delayed  bool            // the mail is still tried; false means that it was given up
	To       string          // the mailbox that gets the notice
	Host     string          // that reports
	Now      time.Time
}

// fullMax is the size in octets up to which a mail is returned as a whole if its
// sender did not choose. Of a longer one, only the header is returned.
const fullMax = 50 << 10

// Of returns the bounce of a message, or the notice that it is delayed, ready to be
// written. If it has no error, the caller must call WriteTo or Close on it.
func Of(e *spool.Entry, delayed bool) (io.WriterTo, error) {
	host, _ := os.Hostname()
	n := &Notice{
		Envelope: &e.Envelope, Content: e, Delayed: delayed,
		To: recipient(&e.Envelope), Host: host, Now: time.Now(),
	}
	plan, err := n.Plan()
	if err != nil {
		return nil, err
	}
	return plan, nil
}

// recipient returns who is told what became of a message.
func recipient(e *spool.Envelope) string { return cmp.Or(e.OnFail, e.From) }

// Plan returns the notice, ready to be written. The caller must call WriteTo or
// Close on it. An error is one of the content, or of the temporary file that
// keeps a long mail.
func (n *Notice) Plan() (*compose.Plan, error) {
	from, err := compose.ParseAddress(n.Envelope.From)
	if err != nil {
		return nil, err
	}
	from.Name = "Mail delivery on " + n.Host
	to, err := compose.ParseAddress(n.To)
	if err != nil {
		return nil, err
	}
	mail := new(buffer.Store)
	if _, err := n.Content.WriteTo(mail); err != nil {
		mail.Close()
		return nil, err
	}
	header, err := message.ReadHeader(mail.Reader())
	if err != nil {
		mail.Close()
		return nil, err
	}
	subject := shorten(printable(header.Subject()), 200)
	m := &compose.Message{
		From:    from,
		To:      []compose.Address{to},
		Subject: n.subject(subject),
		Header:  []compose.Field{{Name: "Auto-Submitted", Value: "auto-replied"}}, // RFC 3834 §5
		Date:    n.Now,
		Text:    compose.Text(n.text(subject)),
		Files:   []compose.Part{n.status(), n.returned(mail, header)},
		Report:  "delivery-status",
		CRLF:    true,
	}
	if id := n.Envelope.MessageID; id != "" {
		m.InReplyTo, m.References = strings.Trim(id, "<>"), []string{strings.Trim(id, "<>")}
	}
	plan, err := m.Plan()
	if err != nil {
		mail.Close()
	}
	return plan, err
}

func (n *Notice) subject(original string) string {
	prefix := "Not delivered: "
	if n.Delayed {
		prefix = "Delayed: "
	}
	return prefix + cmp.Or(original, "(no subject)")
}

// returned returns the mail, or its header, as the last part of the notice. The
// part owns mail. RET=FULL and RET=HDRS decide, or else the size.
func (n *Notice) returned(mail *buffer.Store, header message.Header) compose.Part {
	full := n.Envelope.DSN.Return == "FULL" ||
		n.Envelope.DSN.Return == "" && mail.Size() <= fullMax && !n.Envelope.EightBit
	if n.Delayed || !full { // RFC 3461 §4.3: a delay notice has the header only
		mail.Close()
		part := compose.Bytes("", header.Bytes())
		part.Type, part.Encoding = "text/rfc822-headers", "quoted-printable"
		return part
	}
	return compose.Part{
		Type: "message/rfc822",
		Size: mail.Size(),
		Open: func() (io.ReadCloser, error) { return content{mail.Reader(), mail}, nil },
	}
}

// A content reads a mail that was kept, and closes it.
type content struct {
	*io.SectionReader
	io.Closer
}
