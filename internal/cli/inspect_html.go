package cli

import (
	"io"

	"mailpipe/internal/buffer"
	"mailpipe/internal/inspect"
	"mailpipe/internal/mailpage"
)

// inspectHTML shows a mail as a section of an HTML page. It reads the mail twice.
type inspectHTML struct {
	*inspectCall
	mail   *mailpage.Mail
	input  io.Seeker    // nil if it can be read only once
	kept   buffer.Store // what was read of such an input
	reader io.Reader    // of the input
}

// newInspectHTML returns the output for the next mail of the page.
func newInspectHTML(i *inspectCall, name string) *inspectHTML {
	if i.page == nil {
		i.page = mailpage.New(i.out)
	}
	if name == "-" {
		name = "standard input"
	}
	return &inspectHTML{inspectCall: i, mail: i.page.Mail(name, i.flags.Bool("headers"))}
}

// keep returns the reader for the first reading. It keeps what is read if the input can be
// read only once.
func (o *inspectHTML) keep(in io.Reader) io.Reader {
	o.reader = in
	s, ok := in.(io.Seeker)
	if ok {
		_, err := s.Seek(0, io.SeekCurrent)
		ok = err == nil
	}
	if ok {
		o.input = s
		return in
	}
	return io.TeeReader(in, &o.kept)
}

// again returns the input from its beginning.
func (o *inspectHTML) again() (io.Reader, error) {
	if o.input == nil {
		return o.kept.Reader(), nil
	}
	_, err := o.input.Seek(0, io.SeekStart)
	return o.reader, err
}

func (o *inspectHTML) visitor() inspect.Visitor { return o.mail.Outline() }

func (o *inspectHTML) end(findings *inspect.Findings) error {
	mail, err := o.again()
	if err != nil {
		return err
	}
	return o.mail.Show(findings, mail)
}

// Close removes what was kept.
func (o *inspectHTML) Close() {
	o.mail.Close()
	o.kept.Close()
}
