package compose

import (
	"bytes"
)

// identity carries content as it is, 7bit or 8bit: only line ends become those
// of the message. What it was chosen by is checked again as it goes.
type identity struct {
	out      *output
	eol      string
	label    string
	encoding string
	survey   survey
}

func (e *identity) Write(p []byte) error {
	e.survey.Write(p)
	if err := e.judge(); err != nil {
		return err
	}
	if e.eol == "\n" && bytes.IndexByte(p, '\r') < 0 {
		e.out.write(p)
		return e.out.err
	}
	for len(p) > 0 {
		n := bytes.IndexByte(p, '\n')
		if n < 0 {
			break
		}
		e.out.write(bytes.TrimSuffix(p[:n], []byte("\r")))
		e.out.writeString(e.eol)
		p = p[n+1:]
	}
	// A CR at the end waits for its LF, which writes it: any other was refused above.
	e.out.write(bytes.TrimSuffix(p, []byte("\r")))
	return e.out.err
}

func (e *identity) judge() error {
	fits := e.survey.fits8
	if e.encoding == "7bit" {
		fits = e.survey.fits7
	}
	if !fits() {
		return changed(e.label, "it cannot be sent as %s any more: %s", e.encoding, e.survey.problem(e.encoding))
	}
	return nil
}

func (e *identity) Close() error {
	e.survey.end()
	if err := e.judge(); err != nil {
		return err
	}
	return e.out.err
}
