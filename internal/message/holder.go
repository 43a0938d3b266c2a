package message

import (
	"io"

	"mailpipe/internal/buffer"
	"mailpipe/internal/writebehind"
)

// A Holder keeps a message that is written to it, and checks all of it. It goes on to
// keep a message that is bad. The caller must close the Store, unless Message has
// returned a message.
type Holder struct {
	Store buffer.Store // all that was written
	Rest  io.Reader    // what ReadFrom did not read of a bad message; nil if it read all of it
	m     *Message     // nil until the beginning was read
	err   error        // why the message cannot be sent
}

// Write implements io.Writer. Its error is one of the Store.
func (h *Holder) Write(p []byte) (n int, err error) {
	n, err = h.Store.Write(p)
	rest := p[:n]
	if ahead := h.Store.Size() - Lookahead; h.m == nil && ahead > 0 {
		h.begin(Lookahead)
		rest = rest[n-int(ahead):]
	}
	if h.m != nil && h.err == nil {
		h.m.eightBit.Write(rest)
		h.err = h.m.checker.check(rest)
	}
	return n, err
}

// ReadFrom keeps r up to its end, or up to where the message is bad. It checks each
// block while the one before it is kept. Its error is that of r or of the Store.
func (h *Holder) ReadFrom(r io.Reader) (int64, error) {
	h.Rest = r
	n, err := io.CopyN(struct{ io.Writer }{h}, untilBad{h}, Lookahead+1) // until the beginning was read
	switch {
	case err == io.EOF:
		return n, nil
	case err != nil:
		return n, err
	}
	out := &writebehind.Counter{W: io.MultiWriter(&h.Store, &h.m.eightBit), N: n}
	err = writebehind.Copy(out, untilBad{h}, blockSize, func(block []byte) error {
		if h.err == nil {
			h.err = h.m.checker.check(block)
		}
		return nil
	})
	return out.N, err
}

// untilBad reads the Rest of a Holder as long as no block of it was bad. It does not read
// a second time after the end, because a terminal would then wait for more.
type untilBad struct{ h *Holder }

func (r untilBad) Read(p []byte) (n int, err error) {
	if r.h.err != nil || r.h.Rest == nil {
		return 0, io.EOF
	}
	n, err = r.h.Rest.Read(p)
	if err != nil {
		r.h.Rest = nil
	}
	return n, err
}

// begin reads the beginning of the message, which has size octets.
func (h *Holder) begin(size int64) {
	h.m = &Message{held: &h.Store, from: size}
	p, err := h.Store.Bytes(0, size)
	if err == nil {
		err = h.m.begin(p)
	}
	h.err = err
}

// Message returns the message, which owns the Store and closes it. An *Error says why
// it cannot be sent. It must be called once, after the last Write.
func (h *Holder) Message(opt Options) (*Message, error) {
	if h.m == nil {
		h.begin(h.Store.Size())
	}
	m := h.m
	h.m = nil // so that only the caller keeps the header in memory
	m.opt = opt
	if h.err == nil {
		h.err = m.end()
	}
	if h.err != nil {
		return nil, h.err
	}
	return m, nil
}
