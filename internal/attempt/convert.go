package attempt

import (
	"io"

	"mailpipe/internal/repair"
	"mailpipe/internal/spool"
	"mailpipe/wire"
)

// Convert converts the message that source writes for a server that does not offer
// SMTPUTF8 and, if eightBit is false, not 8BITMIME either. It also returns e as it
// describes the new content. The caller must close the message.
func Convert(source io.WriterTo, e wire.Envelope, eightBit bool) (*repair.Message, wire.Envelope, error) {
	m, err := repair.Convert(source, repair.Options{SevenBit: !eightBit, ASCIIHeader: true})
	if err != nil {
		return nil, e, err
	}
	e.UTF8 = m.UTF8()
	e.Size, _ = m.Size()
	e.EightBit, e.EightBitKnown = m.EightBit()
	return m, e, nil
}

// convert returns the Converter of an entry, or nil if it must stay as it is. The
// session keeps what was converted last.
func (s *Session) convert(entry *spool.Entry) wire.Converter {
	if !entry.Repair {
		return nil
	}
	return func(e wire.Envelope, eightBit bool) (wire.Envelope, io.WriterTo, error) {
		s.closeConverted()
		m, e, err := Convert(entry, e, eightBit)
		s.converted = m
		return e, m, err
	}
}

// closeConverted closes what was converted last.
func (s *Session) closeConverted() {
	if s.converted != nil {
		s.converted.Close()
		s.converted = nil
	}
}
