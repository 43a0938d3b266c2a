package compose

import (
	"errors"
	"io"
	"time"
)

// A Plan is a message that was checked and is ready to be written once. Its
// parts are open until WriteTo or Close. The zero value cannot be written.
//
// A Plan must not be used by several goroutines at once.
type Plan struct {
	pieces  []piece // nil means not made by Message.Plan
	eol     string
	token   string // of the boundaries
	isEmpty bool
	isPlain bool
	closers []io.Closer // of the parts
	closed  bool
}

var _ io.WriterTo = (*Plan)(nil)

// Plan opens all parts, reads the beginning of each, and chooses encodings and
// boundaries. The caller must call WriteTo or Close on the Plan.
//
// An error is ErrArgument, ErrEmpty, ErrTooBig, ErrChanged or that of a part.
// Then all parts are closed again.
func (m *Message) Plan() (plan *Plan, err error) {
	if err := m.Check(); err != nil {
		return nil, err
	}
	date := m.Date
	if date.IsZero() {
		date = time.Now()
	}
	b := m.newBuilder(date)
	defer func() {
		if err != nil {
			closeAll(b.closers)
		}
	}()
	b.noteBidi()
	root, isEmpty, err := b.message()
	if err != nil {
		return nil, err
	}
	token := m.Boundary
	if token == "" {
		token = b.ids.next()
	}
	messageID := trimAngles(m.MessageID)
	if messageID == "" {
		messageID = b.ids.next() + "@" + m.From.Domain
	}
	header, err := m.header(b.eol, messageID, date)
	if err != nil {
		return nil, err
	}
	return &Plan{
		pieces:  b.pieces(header, root, token),
		eol:     b.eol,
		token:   token,
		isEmpty: isEmpty,
		isPlain: m.Plain,
		closers: b.closers,
	}, nil
}

// Empty reports whether the message has no text and no HTML, or empty ones.
func (p *Plan) Empty() bool { return p.isEmpty }

// Close closes the parts of a Plan that is not to be written. After WriteTo it
// does nothing.
func (p *Plan) Close() error {
	err := closeAll(p.closers)
	p.closers, p.closed = nil, true
	return err
}

func closeAll(closers []io.Closer) error {
	var errs []error
	for _, c := range closers {
		errs = append(errs, c.Close())
	}
	return errors.Join(errs...)
}
