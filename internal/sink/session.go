package sink

import (
	"bufio"
	"errors"
	"fmt"
	"io"

	"mailpipe/internal/buffer"
	"mailpipe/internal/submit"
	"mailpipe/wire"
)

// An envelope is the sender and the recipients of a mail (RFC 5321 §2.3.1).
type envelope struct {
	from string
	to   []string
}

var (
	errLongLine = errors.New("line longer than 1 MiB")
	errFull     = errors.New("the sink has received all mails it was started for")
)

// reply returns what replaces the reply to a stage.
func (s *sink) reply(stage wire.Stage, address string) submit.Reply {
	if stage == wire.StageMail && s.isFull() {
		return refusal(errFull)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for i, r := range s.opt.Reply {
		if r.matches(stage, address) && (r.Times == 0 || s.used[i] < r.Times) {
			s.used[i]++
			return r.Reply
		}
	}
	return submit.Reply{}
}

// deliver stores a mail. It accepts the mail only after it is stored safely.
func (s *sink) deliver(m *submit.Mail, content io.Reader) submit.Reply {
	env := envelope{m.From, m.To}
	mail, err := s.newMail(env)
	if err != nil {
		return refusal(err)
	}
	defer mail.abort()
	var copied buffer.Store // for Judge
	defer copied.Close()
	if s.opt.Judge != nil {
		content = io.TeeReader(content, &copied)
	}
	if err := mail.receive(content); err != nil {
		return refusal(err)
	}
	reply := s.reply(wire.StageDot, "")
	if reply != (submit.Reply{}) && reply.Code/100 != 2 {
		return reply
	}
	if s.opt.Judge != nil {
		if judged := s.judge(env, &copied); judged != (submit.Reply{}) {
			return judged
		}
	}
	if err := s.commit(mail); err != nil {
		return refusal(err)
	}
	kept := "kept"
	if name := mail.name(); name != "" {
		kept += " as " + name
	}
	if s.opt.Kept != nil {
		s.opt.Kept(env.from, env.to, kept)
	}
	if reply == (submit.Reply{}) {
		reply = submit.Reply{Code: 250, Text: "2.0.0 " + kept}
	}
	return reply
}

// commit commits a mail, unless the sink is full. An error of the mbox ends the
// sink, because part of the mail may have been written.
func (s *sink) commit(m mail) error {
	s.committing.Lock()
	defer s.committing.Unlock()
	if s.isFull() {
		return errFull
	}
	if err := m.commit(); err != nil {
		if s.opt.Dir == "" {
			s.err = fmt.Errorf("cannot write the mbox: %w", err)
			close(s.full)
		}
		return err
	}
	s.stored++
	if s.stored == s.opt.Count {
		close(s.full)
	}
	return nil
}

// refusal returns the reply for an error. A local error is temporary.
func refusal(err error) submit.Reply {
	switch err {
	case errFull:
		return submit.Reply{Code: 421, Text: "4.3.2 " + err.Error()}
	case errLongLine:
		return submit.Reply{Code: 554, Text: "5.6.0 " + err.Error()}
	}
	return submit.Reply{Code: 451, Text: "4.3.0 cannot store the mail: " + err.Error()}
}

// judge asks Options.Judge about a mail.
func (s *sink) judge(env envelope, content *buffer.Store) submit.Reply {
	r, w := io.Pipe()
	defer r.Close() // Judge need not read everything
	go func() {
		_, err := copyLines(bufio.NewWriterSize(w, 64<<10), content.Reader(), false)
		w.CloseWithError(err)
	}()
	return s.opt.Judge(env.from, env.to, r)
}
