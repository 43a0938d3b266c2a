package sink

import (
	"errors"
	"io"

	"github.com/emersion/go-smtp"
)

// session is one client's dialogue, as go-smtp calls it.
type session struct {
	sink *sink
	conn *conn
	env  envelope
}

// envelope is whom a mail is from and for (RFC 5321 §2.3.1).
type envelope struct {
	from string
	to   []string
}

var errCutOff = errors.New("the end of the mail did not come")

var errFull = &smtp.SMTPError{Code: 421, EnhancedCode: smtp.EnhancedCode{4, 3, 2}, Message: "the sink has all the mails it was started for"}

func (s *session) Mail(from string, _ *smtp.MailOptions) error {
	if s.sink.isFull() {
		return errFull
	}
	s.env = envelope{from: from}
	return s.conn.instead("mail")
}

func (s *session) Rcpt(to string, _ *smtp.RcptOptions) error {
	if err := s.conn.instead("rcpt"); err != nil {
		return err
	}
	s.env.to = append(s.env.to, to)
	return nil
}

// Data keeps a mail whose end was seen, and answers for it.
func (s *session) Data(r io.Reader) error {
	m := s.sink.opt.mail(s.env)
	defer m.abort()
	if _, err := io.CopyBuffer(onlyWriter{m}, r, make([]byte, 64<<10)); err != nil {
		return local(err)
	}
	if s.conn.refused || s.conn.lost {
		return errCutOff // which nobody reads
	}
	if err := s.conn.instead("dot"); err != nil {
		return err
	}
	return local(s.sink.commit(m.commit))
}

func (s *session) Reset()        { s.env = envelope{} }
func (s *session) Logout() error { return nil }

// onlyWriter hides ReadFrom, so that CopyBuffer uses its buffer.
type onlyWriter struct{ io.Writer }

// local turns an error of the disk into a reply that a client may retry after.
func local(err error) error {
	if _, ok := err.(*smtp.SMTPError); ok || err == nil {
		return err
	}
	return &smtp.SMTPError{Code: 451, EnhancedCode: smtp.EnhancedCode{4, 3, 0}, Message: "the mail cannot be kept: " + err.Error()}
}
