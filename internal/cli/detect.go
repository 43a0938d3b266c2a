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

// runDetect prints a line a file. A file that cannot be read does not keep the others from an answer.
func runDetect(c *call) error {
	names := c.line.operands()
	if len(names) == 0 {
		names = []string{"-"}
	}
	out := bufio.NewWriterSize(c.out, 32<<10) // of a thousand files each is not worth a write
	failed := false
	for _, name := range names {
		result, err := c.detectOne(name)
		if err != nil {
			out.Flush() // in the order of the operands; its error comes again
			explain(c.Env, c.name, err)
			failed = true
			continue
		}
		// A tab or line end in a name would make two columns or lines of one.
		fmt.Fprintf(out, "%s\t%s\t%s\n", termtext.Text(name), result, result.Encoding)
		if c.flags.Bool("verbose") {
			c.note("%s: %s", termtext.Line(name), termtext.Line(result.Why))
		}
	}
	if err := out.Flush(); err != nil {
		return err
	}
	if failed {
		return &failure{code: exitNoInput, err: errTold}
	}
	return nil
}

func (c *call) detectOne(name string) (detect.Result, error) {
	if name == "-" {
		if stdio.IsTerminal(c.Stdin) {
			c.note("reading standard input from the terminal; Ctrl-D ends it")
		}
		head, err := io.ReadAll(io.LimitReader(stdio.NewInput(c.Stdin), detect.HeadSize))
		return detect.Head("", head), err
	}
	found, _, err := c.look(name)
	return found, err
}

// look tells what a file is and how long; negative: not known.
func (c *call) look(path string) (detect.Result, int64, error) {
	var set inputfile.Set
	f, err := set.Open(path)
	if err != nil {
		return detect.Result{}, 0, fileError(path, err)
	}
	defer f.Close()
	if at, ok := f.Reader().(io.ReaderAt); ok {
		return detect.File(path, at, f.Size), f.Size, nil
	}
	head, err := io.ReadAll(io.LimitReader(f, detect.HeadSize))
	return detect.Head(path, head), f.Size, err
}
