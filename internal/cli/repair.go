package cli

import (
	"io"
	"strings"

	"mailpipe/internal/address"
	"mailpipe/internal/attempt"
	"mailpipe/internal/repair"
	"mailpipe/wire"
)

// readRepaired reads a message and repairs it. From then on, it is also converted for
// a server that does not offer 8BITMIME or SMTPUTF8.
func (d *deliveryRequest) readRepaired(r io.Reader, opt repair.Options) (*repair.Message, error) {
	m, err := repair.Read(r, opt)
	if err != nil {
		return nil, err
	}
	d.repairs = m.Repairs
	if d.flags.Bool("verbose") && len(m.Repairs) > 0 {
		d.note("repaired: %s", strings.Join(m.Repairs, ", "))
	}
	d.repaired = m.Message
	return m, nil
}

// convert is a wire.Converter.
func (d *deliveryRequest) convert(e wire.Envelope, eightBit bool) (wire.Envelope, io.WriterTo, error) {
	d.closeConverted() // of the attempt before
	m, e, err := attempt.Convert(d.repaired, e, eightBit)
	if err != nil {
		return e, nil, err
	}
	d.converted, d.size = m, e.Size
	d.repairs = append(d.repairs, m.Repairs...)
	return e, watchedContent{m, func() { d.signals.Postpone() }}, nil
}

func (d *deliveryRequest) closeConverted() {
	if d.converted != nil {
		d.converted.Close()
		d.converted = nil
	}
}

// missingFrom returns the author of a message that names none, for repair.Options.
func (d *deliveryRequest) missingFrom(field string) []address.Address {
	if !strings.EqualFold(field, "From") {
		return nil
	}
	for _, source := range []string{d.envelope.From, d.settings.From} {
		if a, err := address.Parse(source); err == nil {
			return []address.Address{a}
		}
	}
	return nil
}
