package bounce

import (
	"errors"
	"fmt"
	"io"
	"time"

	"mailpipe/internal/ascii"
	"mailpipe/internal/spool"
)

// A message gets exactly one bounce, whenever a process is killed:
//
//  1. The message is saved with the ID of its bounce.
//  2. The bounce is created, and locked.
//  3. The message is saved as bounced. Then the bounce is unlocked.
//
// A process that finds a message after step 1 continues: with step 3 if the bounce
// exists, and with step 1 if not. The bounce is not sent before step 3. A delay
// notice has the same steps.

// NoticeAge is when the sender is told that a message is delayed.
const NoticeAge = 4 * time.Hour

// A Writer writes bounces and delay notices to a spool.
type Writer struct {
	Spool *spool.Spool
	Now   func() time.Time

	// Content returns what is written: of a delay notice, or else of a bounce. If it
	// is an io.Closer, it is closed. If Content is nil, there are no notices.
	Content func(e *spool.Entry, delayed bool) (io.WriterTo, error)
}

// Save saves a message. id is the ID of the bounce that it wrote because the message
// failed, or of the delay notice that was due; it is empty if there is none.
func (w *Writer) Save(e *spool.Entry) (id string, err error) {
	switch {
	case e.State == spool.Failed && e.Bounce == "" && w.wanted(&e.Envelope, false):
		return w.write(e, false)
	case w.NoticeDue(&e.Envelope):
		return w.write(e, true)
	}
	return "", e.Save()
}

// NoticeDue reports whether it is time for the delay notice of a message.
func (w *Writer) NoticeDue(e *spool.Envelope) bool {
	return e.State == spool.Queued && e.Delay == "" && w.Now().Sub(e.Created) > NoticeAge && w.wanted(e, true)
}

// wanted reports whether the sender gets a bounce, or a notice that a message is delayed.
func (w *Writer) wanted(e *spool.Envelope, delayed bool) bool {
	return w.Content != nil && e.From != "" && e.BounceOf == "" && len(recipients(e, delayed)) > 0
}

// write takes all three steps.
func (w *Writer) write(e *spool.Entry, delayed bool) (string, error) {
	id, done := fields(&e.Envelope, delayed)
	*id = spool.NewID(w.Now())
	if err := e.Save(); err != nil {
		return "", err
	}
	child, err := w.create(*id, e, delayed)
	if err != nil {
		return "", fmt.Errorf("cannot write the bounce: %w", err)
	}
	defer child.Close()
	*done = true
	return *id, e.Save()
}

// create creates the entry of a bounce or delay notice.
func (w *Writer) create(id string, e *spool.Entry, delayed bool) (*spool.Entry, error) {
	content, err := w.Content(e, delayed)
	if c, ok := content.(io.Closer); ok {
		defer c.Close()
	}
	if err != nil {
		return nil, err
	}
	draft, err := w.Spool.CreateAs(id)
	if err != nil {
		return nil, err
	}
	defer draft.Close()
	if _, err := content.WriteTo(draft); err != nil {
		return nil, err
	}
	utf8 := ""
	if !ascii.OnlyString(e.From) {
		utf8 = "From"
	}
	return draft.Commit(spool.Envelope{
		Created: w.Now(), Host: e.Host, User: e.User, State: spool.Queued,
		Recipients: []spool.Recipient{{Address: recipient(&e.Envelope)}},
		Flags:      e.Flags, Unknown: e.Unknown, MaxAge: e.MaxAge, Next: w.Now(),
		BounceOf: e.ID, BounceFrom: e.From,
		UTF8: utf8, Repair: true, // it may return what the server does not accept
	})
}

// NoteExisting takes step 3, except that it does not save e: it notes in e which of
// its notices are in the spool.
func NoteExisting(s *spool.Spool, e *spool.Envelope) {
	for _, delayed := range []bool{false, true} {
		id, done := fields(e, delayed)
		if *id != "" && !*done {
			_, err := s.Read(*id)
			*done = !errors.Is(err, spool.ErrNotFound)
		}
	}
}

// Finish takes the steps that are left for a message.
func (w *Writer) Finish(e *spool.Entry) error {
	NoteExisting(w.Spool, &e.Envelope)
	if !e.Unfinished() {
		return e.Save()
	}
	var errs []error
	for _, delayed := range []bool{false, true} {
		id, done := fields(&e.Envelope, delayed)
		if *id != "" && !*done {
			_, err := w.write(e, delayed)
			errs = append(errs, err)
		}
	}
	return errors.Join(errs...)
}

// fields returns the fields of e about its bounce or its delay notice.
func fields(e *spool.Envelope, delayed bool) (id *string, done *bool) {
	if delayed {
		return &e.Delay, &e.Delayed
	}
	return &e.Bounce, &e.Bounced
}

// RetryWithSender makes a bounce that was refused due again, once, with a sender
// instead of the null sender. Servers that refuse that one often do so only after
// RCPT, so any refusal may be such a one. It reports whether e is such a bounce.
func RetryWithSender(e *spool.Envelope, now time.Time) bool {
	if e.BounceOf == "" || e.From != "" || e.BounceFrom == "" {
		return false
	}
	e.From, e.State, e.Next = e.BounceFrom, spool.Queued, now
	e.ForgetRefusals()
	return true
}
