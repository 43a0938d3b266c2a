package cli

import (
	"bufio"
	"io"
	"os"

	urfave "github.com/urfave/cli/v2"

	"mailpipe/internal/inputfile"
	"mailpipe/internal/inspect"
	"mailpipe/internal/stdio"
)

// An inspectCall is one run of inspect.
type inspectCall struct {
	*call
	out    *bufio.Writer
	failed bool // a file could not be read
	bad    bool // a mail has an error, or with --strict a warning
}

// runInspect prints what is in each file, and what is wrong with it. If a file cannot be
// read, the others are still reported.
func runInspect(c *call) error {
	i := &inspectCall{call: c, out: bufio.NewWriterSize(c.out, 32<<10)}
	names := c.line.operands()
	if len(names) == 0 {
		names = []string{"-"}
	}
	for _, name := range names {
		if err := i.file(name, len(names) > 1); err != nil {
			return err
		}
	}
	if err := i.out.Flush(); err != nil {
		return err
	}
	switch {
	case i.failed:
		return &failure{code: exitNoInput, err: errReported}
	case i.bad:
		return &failure{code: exitData, err: errReported}
	}
	return nil
}

// file prints what is in a file. The error is one of the output.
func (i *inspectCall) file(name string, isNamed bool) error {
	in, err := i.open(name)
	if err != nil {
		return i.unreadable(name, err)
	}
	defer in.Close()
	p := newInspectPrinter(i.out, i.columns())
	if isNamed {
		p.line("file", name)
	}
	source := &source{Reader: in}
	findings, err := inspect.Read(source, i.visitor(p))
	if source.err != nil {
		return i.unreadable(name, source.err)
	}
	if err != nil {
		return err
	}
	p.findings(findings)
	i.bad = i.bad || findings.Has(inspect.Error) || i.flags.Bool("strict") && findings.Has(inspect.Warning)
	return nil
}

// open opens a file, or standard input for "-".
func (i *inspectCall) open(name string) (io.ReadCloser, error) {
	if name != "-" {
		return openMail(name)
	}
	if stdio.IsTerminal(i.Stdin) {
		i.note("reading standard input from the terminal; Ctrl-D ends it")
	}
	return io.NopCloser(stdio.NewInput(i.Stdin)), nil
}

// openMail opens a file, a pipe or a device, which all are read once.
func openMail(name string) (io.ReadCloser, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	if info, err := f.Stat(); err == nil && info.IsDir() {
		f.Close()
		return nil, inputfile.ErrDirectory
	}
	return f, nil
}

// unreadable reports that a file cannot be read.
func (i *inspectCall) unreadable(name string, err error) error {
	i.failed = true
	flushed := i.out.Flush()    // to keep the order
	if !is[*stdio.Error](err) { // which says what was read
		err = fileError(name, err)
	}
	i.explain(err)
	return flushed
}

// A source keeps the error of a reader apart from those of the output.
type source struct {
	io.Reader
	err error
}

func (s *source) Read(p []byte) (int, error) {
	n, err := s.Reader.Read(p)
	if err != nil && err != io.EOF {
		s.err = err
	}
	return n, err
}

// visitor returns what prints the header and the parts.
func (i *inspectCall) visitor(p *inspectPrinter) inspect.Visitor {
	if i.flags.Bool("check") {
		return inspect.Visitor{}
	}
	begin := func(part *inspect.Part) (inspect.Content, error) {
		if part.Parent == nil {
			p.header(part.Header, i.flags.Bool("headers"))
		}
		if part.HasParts {
			p.part(part)
		}
		return inspect.Content{}, nil
	}
	end := func(part *inspect.Part) error {
		if !part.HasParts {
			p.part(part)
		}
		return p.err
	}
	return inspect.Visitor{Begin: begin, End: end}
}

func inspectFlags() []urfave.Flag {
	return append([]urfave.Flag{
		optionsGroup.toggle("headers", "print all header fields"),
		optionsGroup.toggle("check", "print only errors and warnings"),
		optionsGroup.toggle("strict", "exit 65 also if there is only a warning"),
	}, generalFlags()...)
}
