package cli

import (
	"bufio"
	"errors"
	"io"
	"os"
	"slices"
	"strings"

	urfave "github.com/urfave/cli/v2"

	"mailpipe/internal/buffer"
	"mailpipe/internal/inputfile"
	"mailpipe/internal/inspect"
	"mailpipe/internal/mailpage"
	"mailpipe/internal/stdio"
	"mailpipe/internal/termtext"
)

func inspectFlags() []urfave.Flag {
	return slices.Concat([]urfave.Flag{
		optionsGroup.toggle("headers", "print all header fields"),
		optionsGroup.toggle("check", "print only errors and warnings"),
		optionsGroup.toggle("strict", "exit 65 also if there is only a warning"),
		optionsGroup.toggle("sha256", "print a checksum of each part"),
		optionsGroup.toggle("json", "print one JSON object per file"),
		optionsGroup.toggle("html", "print an HTML page that loads and runs nothing"),
		optionsGroup.toggle("text", "print what a person would read"),
		optionsGroup.one("header", "NAME", "print the values of this field"),
		optionsGroup.one("part", "N", "print the content of this part, decoded"),
		optionsGroup.one("extract", "DIR", "write the parts to files in this directory"),
		optionsGroup.toggle("raw", "with --part: still encoded, with its header"),
		optionsGroup.toggle("utf8", "with --part: a text in UTF-8"),
	}, progressFlags(), generalFlags())
}

// An inspectOutput is what inspect makes of one mail.
type inspectOutput interface {
	visitor() inspect.Visitor
	// end is called after the mail was read.
	end(*inspect.Findings) error
}

// An inspectCall is one run of inspect.
type inspectCall struct {
	*call
	out        *bufio.Writer
	extraction *extraction    // nil without --extract
	extracted  io.Writer      // counts the input of --extract; nil: no progress is shown
	page       *mailpage.Page // of --html, which all mails share
	failed     bool           // a file could not be read
	bad        bool           // a mail has an error, or with --strict a warning
}

// runInspect prints what is in each file, and what is wrong with it. If a file cannot be
// read, the others are still reported.
func runInspect(c *call) error {
	i := &inspectCall{call: c, out: bufio.NewWriterSize(c.output(), 32<<10)}
	if err := i.checkFlags(); err != nil {
		return err
	}
	if i.flags.IsSet("extract") {
		x, err := newExtraction(i.flags.String("extract"))
		if err != nil {
			return err
		}
		i.extraction = x
		if err := i.startProgress(false); err != nil {
			return err
		}
		i.showExtraction()
	}
	err := i.files()
	for _, end := range []func() error{i.extraction.Close, i.page.End, i.out.Flush} {
		if endErr := end(); err == nil {
			err = endErr
		}
	}
	if err != nil {
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

// files reads each file, or standard input.
func (i *inspectCall) files() error {
	names := i.inputNames()
	for _, name := range names {
		if err := i.file(name, i.newOutput(name, len(names) > 1)); err != nil {
			return err
		}
	}
	return nil
}

// checkFlags returns an error if flags exclude each other.
func (i *inspectCall) checkFlags() error {
	var given []string
	for _, name := range []string{"check", "json", "html", "text", "header", "part", "extract"} {
		if i.flags.IsSet(name) {
			given = append(given, "--"+name)
		}
	}
	hasLines := len(given) == 0 || given[0] == "--json"
	switch raw, utf8 := i.flags.Bool("raw"), i.flags.Bool("utf8"); {
	case len(given) > 1:
		return usage("%s exclude each other", strings.Join(given, " and "))
	case raw && utf8:
		return usage("--raw and --utf8 exclude each other")
	case (raw || utf8) && !i.flags.IsSet("part"):
		return usage("--raw and --utf8 require --part")
	case i.flags.Bool("progress") && !i.flags.IsSet("extract"):
		return usage("--progress requires --extract")
	case i.flags.Bool("sha256") && !hasLines:
		return usage("--sha256 and %s exclude each other", given[0])
	}
	return nil
}

// newOutput returns what is to be made of a mail.
func (i *inspectCall) newOutput(name string, isNamed bool) inspectOutput {
	switch {
	case i.flags.Bool("json"):
		return &inspectJSON{inspectCall: i, name: name}
	case i.flags.Bool("html"):
		return newInspectHTML(i, name)
	case i.flags.Bool("text"):
		return newInspectText(i, name)
	case i.flags.IsSet("header"):
		return &inspectField{inspectCall: i, name: name}
	case i.flags.IsSet("part"):
		return &inspectPart{inspectCall: i, name: name}
	case i.extraction != nil:
		return &inspectExtract{inspectCall: i, name: name, dirs: map[*inspect.Part]string{}}
	}
	if !isNamed {
		name = ""
	}
	return &inspectLines{inspectCall: i, name: name, columns: i.columns()}
}

// file reads a file. It reports a file that cannot be read, and returns other errors.
func (i *inspectCall) file(name string, output inspectOutput) error {
	in, err := i.open(name)
	if err != nil {
		return i.unreadable(name, err)
	}
	defer in.Close()
	source := &source{Reader: in}
	if o, ok := output.(*inspectHTML); ok {
		source.Reader = o.keep(in)
		defer o.Close()
	}
	if i.extracted != nil {
		source.Reader = io.TeeReader(in, i.extracted)
	}
	findings, err := inspect.Read(source, output.visitor())
	if errors.Is(source.err, buffer.ErrFile) {
		return source.err
	}
	if source.err != nil {
		return i.unreadable(name, source.err)
	}
	if err != nil {
		return err
	}
	i.bad = i.bad || findings.Has(inspect.Error) || i.flags.Bool("strict") && findings.Has(inspect.Warning)
	return output.end(findings)
}

// open opens a file, or standard input for "-".
func (i *inspectCall) open(name string) (io.ReadCloser, error) {
	if name != "-" {
		return openMail(name)
	}
	return standardInput{i.input()}, nil
}

// standardInput is standard input, which stays open.
type standardInput struct{ *stdio.Input }

func (standardInput) Close() error { return nil }

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

// explainFindings prints on standard error why the exit status is 65, if the output does
// not have the findings.
func (i *inspectCall) explainFindings(name string, findings *inspect.Findings) error {
	if err := i.out.Flush(); err != nil {
		return err
	}
	for _, f := range findings.List {
		if f.Severity == inspect.Error || i.flags.Bool("strict") {
			i.explain(fail(exitData, "%s: line %d: %s: %s", termtext.Line(name), f.Line, f.ID, f.Words()))
		}
	}
	return nil
}
