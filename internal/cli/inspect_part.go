package cli

import (
	"bytes"
	"io"

	"mailpipe/internal/inspect"
	"mailpipe/internal/termtext"
)

// inspectPart prints the content of a part.
type inspectPart struct {
	*inspectCall
	name  string // of the file
	found bool
}

func (o *inspectPart) visitor() inspect.Visitor {
	return inspect.Visitor{Begin: func(p *inspect.Part) (inspect.Content, error) {
		if o.found || p.Number != o.flags.String("part") {
			return inspect.Content{}, nil
		}
		o.found = true
		switch {
		case o.flags.Bool("raw"):
			return inspect.Content{Raw: o.out}, o.writeHeader(p)
		case o.flags.Bool("utf8"):
			return inspect.Content{Text: o.out}, nil
		}
		return inspect.Content{Decoded: o.out}, nil
	}}
}

// writeHeader prints the header of a part with its empty line.
func (o *inspectPart) writeHeader(p *inspect.Part) error {
	raw, eol := p.Header.Bytes(), "\n"
	if bytes.HasSuffix(raw, []byte("\r\n")) {
		eol = "\r\n"
	}
	o.out.Write(raw)
	_, err := io.WriteString(o.out, eol)
	return err
}

func (o *inspectPart) end(findings *inspect.Findings) error {
	if err := o.explainFindings(o.name, findings); err != nil || o.found {
		return err
	}
	o.bad = true
	number := termtext.Line(o.flags.String("part"))
	missing := fail(exitData, "%s: no part %s", termtext.Line(o.name), number)
	o.explain(missing.withHint("the numbers are in the output of mailpipe inspect"))
	return nil
}
