package sink

import (
	"errors"
	"io"

	"github.com/emersion/go-smtp"
)

// A session is the dialogue with one client, as go-smtp calls it.
type session struct {
	sink *sink
	conn *conn
	env  envelope
}

// An envelope is the sender and the recipients of a mail (RFC 5321 §2.3.1).
type envelope struct {
	from string
	to   []string
}

// maxRecipients is how many recipients a mail may have. A server must accept 100
// (RFC 5321 §4.5.3.1.8).
const maxRecipients = 1000

var (
	errTooMany = &smtp.SMTPError{
		Code: 452, EnhancedCode: smtp.EnhancedCode{4, 5, 3}, Message: "too many recipients",
	}
	errCutOff = errors.New("the end of the mail is missing")
	errFull   = &smtp.SMTPError{
		Code: 421, EnhancedCode: smtp.EnhancedCode{4, 3, 2}, Message: "the sink has received all mails it was started for",
	}
)

func (s *session) Mail(from string, _ *smtp.MailOptions) error {
	if s.sink.isFull() {
		return errFull
	}
	s.env = envelope{from: from}
	return s.conn.replace("mail")
}

func (s *session) Rcpt(to string, _ *smtp.RcptOptions) error {
	if err := s.conn.replace("rcpt"); err != nil {
		return err
	}
	if len(s.env.to) == maxRecipients {
		return errTooMany
	}
	s.env.to = append(s.env.to, to)
	return nil
}

// Data stores a mail. It returns nil only after the mail is stored safely.
func (s *session) Data(r io.Reader) error {
	m, err := s.sink.opt.newMail(s.env)
	if err != nil {
		return localError(err)
	}
	defer m.abort()
	if err := m.receive(r); err != nil {
		return localError(err)
	}
	if s.conn.dataRefused || s.conn.readError != nil {
		return errCutOff // no client reads this
	}
	if err := s.conn.replace("dot"); err != nil {
		return err
	}
	return localError(s.sink.commit(m))
}

func (s *session) Reset()        { s.env = envelope{} }
func (s *session) Logout() error { return nil }

// localError turns a local error into a temporary refusal.
func localError(err error) error {
	if _, ok := err.(*smtp.SMTPError); ok || err == nil {
		return err
	}
	return &smtp.SMTPError{
		Code: 451, EnhancedCode: smtp.EnhancedCode{4, 3, 0}, Message: "cannot store the mail: " + err.Error(),
	}
}
