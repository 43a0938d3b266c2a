package compose

import (
	"bytes"

	"mailpipe/internal/transfer"
)

// An identity writes content in 7bit or 8bit: as it is, except for its line
// endings. It fails if the content turns out not to fit the encoding, which
// Plan chose for what the content was then.
type identity struct {
	out      *transfer.Output
	eol      string
	label    string
	encoding string
	stats    *transfer.Stats
}

func (e *identity) Write(p []byte) (int, error) {
	e.stats.Write(p)
	if err := e.check(); err != nil {
		return 0, err
	}
	for rest := p; len(rest) > 0; {
		line, after, ended := bytes.Cut(rest, []byte("\n"))
		// A CR at the end of p can only be half of a line ending: check has
		// refused any other.
		e.out.Write(bytes.TrimSuffix(line, []byte("\r")))
		if ended {
			e.out.Write([]byte(e.eol))
		}
		rest = after
	}
	return len(p), e.out.Err()
}

func (e *identity) Close() error {
	e.stats.End()
	if err := e.check(); err != nil {
		return err
	}
	return e.out.Err()
}

func (e *identity) check() error {
	if why := e.stats.Problem(e.encoding); why != "" {
		return changed(e.label, "it cannot be sent as %s any more: %s", e.encoding, why)
	}
	return nil
}
