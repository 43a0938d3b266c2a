package cli

import (
	"mailpipe/internal/inspect"
	"mailpipe/internal/termtext"
)

// inspectField prints the values of a header field of a mail, one per line.
type inspectField struct {
	*inspectCall
	name string // of the file
}

func (o *inspectField) visitor() inspect.Visitor {
	return inspect.Visitor{Begin: func(p *inspect.Part) (c inspect.Content, err error) {
		if p.Parent != nil {
			return c, nil
		}
		for f := range p.Header.Fields() {
			if f.Is(o.flags.String("header")) {
				o.out.WriteString(termtext.Escape(inspect.Value(f)) + "\n") // the last Flush returns its error
			}
		}
		return c, nil
	}}
}

func (o *inspectField) end(findings *inspect.Findings) error {
	return o.explainFindings(o.name, findings)
}
