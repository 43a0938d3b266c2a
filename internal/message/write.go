package message

import (
	"errors"
	"io"

	"mailpipe/internal/ascii"
	"mailpipe/internal/buffer"
	"mailpipe/internal/writebehind"
)

// blockSize is how many octets of a stream are read, checked and written at once.
const blockSize = 256 << 10

// WriteTo writes the message with the line endings that it has. It leaves out
// Bcc, Resent-Bcc and Return-Path, and adds Date and Message-ID if they are
// missing and the message is not signed. It does not end a last line that has no
// line ending.
//
// If the error is nil, the message is complete. Otherwise the error is an
// *Error, or comes from the reader or from w.
//
// WriteTo may be called again if Repeatable returns true.
func (m *Message) WriteTo(w io.Writer) (int64, error) {
	out := &writebehind.Counter{W: w}
	err := m.write(out)
	return out.N, err
}

func (m *Message) write(w *writebehind.Counter) error {
	if m.streamed {
		if err := m.rewind(); err != nil {
			return err
		}
	}
	if m.rest != nil && !m.streamed {
		m.streamed, m.read = true, m.checker.clone()
	}
	for _, p := range [][]byte{m.head, m.body} {
		if _, err := w.Write(p); err != nil {
			return err
		}
	}
	switch {
	case m.held != nil:
		if _, err := io.Copy(w, m.heldReader()); err != nil {
			return err
		}
	case m.rest != nil:
		if err := m.stream(w); err != nil {
			return err
		}
		if err := m.checkEnd(); err != nil {
			return err
		}
	}
	_, err := w.Write(m.tail)
	return err
}

// rewind makes the input continue where Read stopped.
func (m *Message) rewind() error {
	if m.opt.Again == nil {
		return errors.New("a streamed message cannot be written twice")
	}
	m.checker, m.tail = m.read.clone(), nil
	_, err := m.opt.Again.Seek(m.ahead, io.SeekStart)
	return err
}

// stream reads the rest of the input to its end, and writes each block after it
// was checked.
func (m *Message) stream(w *writebehind.Counter) error {
	p := make([]byte, blockSize)
	for {
		n, readErr := m.rest.Read(p)
		block, err := m.checker.checkBlock(p[:n])
		if err != nil {
			return err
		}
		written, err := block.WriteTo(w.W)
		w.N += written
		if err != nil {
			return err
		}
		if readErr == io.EOF {
			return nil
		}
		if readErr != nil {
			return readErr
		}
	}
}

// checkEnd checks the end of the input. If the message may be cut off there and
// ends with a CR, checkEnd sets the tail to the missing LF.
func (m *Message) checkEnd() error {
	err := m.checker.checkEnd()
	if !m.opt.AllowTruncated || !errors.Is(err, ErrCutOff) {
		return err
	}
	if m.checker.endsWithCR() {
		m.tail = []byte("\n")
	}
	return nil
}

// heldReader returns a reader of what is held after body.
func (m *Message) heldReader() io.Reader {
	return io.NewSectionReader(m.held, m.from, m.held.Size()-m.from)
}

// hold reads the rest of the input, checks it and keeps it.
func (m *Message) hold(r io.Reader) error {
	m.held = &buffer.Store{}
	return writebehind.Copy(io.MultiWriter(m.held, &m.eightBit), r, blockSize, m.checker.check)
}

// An eightBitDetector is true if an octet over 127 was written to it.
type eightBitDetector bool

func (e *eightBitDetector) Write(p []byte) (int, error) {
	*e = *e || eightBitDetector(!ascii.Only(p))
	return len(p), nil
}
