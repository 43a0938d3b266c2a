package cli

import (
	"bufio"
	"fmt"
	"io"

	"mailpipe/detect"
	"mailpipe/internal/inputfile"
	"mailpipe/internal/stdio"
	"mailpipe/internal/termtext"
)

// runDetect prints one line per file. If a file cannot be read, the others are
// still reported.
func runDetect(c *call) error {
	out := bufio.NewWriterSize(c.out, 32<<10)
	failed := false
	for _, name := range c.inputNames() {
		result, err := c.detectOperand(name)
		if err != nil {
			out.Flush() // to keep the order; the last Flush returns its error
			c.explain(err)
			failed = true
			continue
		}
		fmt.Fprintf(out, "%s\t%s\t%s\n", termtext.Escape(name), result, result.Encoding)
		if c.flags.Bool("verbose") {
			c.note("%s: %s", termtext.Line(name), termtext.Line(result.Why))
		}
	}
	if err := out.Flush(); err != nil {
		return err
	}
	if failed {
		return &failure{code: exitNoInput, err: errReported}
	}
	return nil
}

func (c *call) detectOperand(name string) (detect.Result, error) {
	if name == "-" {
		return detectHead("", c.input())
	}
	found, _, err := detectFile(name)
	return found, err
}

// inputNames returns the names of the files to read: the operands, or "-" for standard
// input.
func (c *call) inputNames() []string {
	if names := c.line.operands(); len(names) > 0 {
		return names
	}
	return []string{"-"}
}

// input returns standard input. If it is a terminal, a note says how to end it.
func (c *call) input() *stdio.Input {
	if stdio.IsTerminal(c.Stdin) {
		c.note("reading standard input from the terminal; Ctrl-D ends it")
	}
	return stdio.NewInput(c.Stdin)
}

// detectFile returns what a file is, and its size; a negative size is unknown.
func detectFile(path string) (detect.Result, int64, error) {
	var set inputfile.Set
	f, err := set.Open(path)
	if err != nil {
		return detect.Result{}, 0, fileError(path, err)
	}
	defer f.Close()
	if at, ok := f.Reader().(io.ReaderAt); ok {
		found, err := detect.File(path, at, f.Size)
		return found, f.Size, err
	}
	found, err := detectHead(path, f)
	return found, f.Size, err
}

// detectHead returns what a stream is. It reads no more than its head.
func detectHead(name string, r io.Reader) (detect.Result, error) {
	head, err := io.ReadAll(io.LimitReader(r, detect.HeadSize))
	return detect.Bytes(name, head), err
}
