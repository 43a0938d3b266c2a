package cli

import (
	"bufio"
	"fmt"
	"io"
	"slices"
	"unicode/utf8"

	urfave "github.com/urfave/cli/v2"

	"mailpipe/detect"
	"mailpipe/internal/inputfile"
	"mailpipe/internal/report"
	"mailpipe/internal/stdio"
	"mailpipe/internal/termtext"
)

func detectFlags() []urfave.Flag {
	return slices.Concat([]urfave.Flag{
		optionsGroup.toggle("json", "print one JSON object per file"),
		optionsGroup.toggle("null 0", "end names by NUL and do not escape them"),
	}, generalFlags())
}

// runDetect prints one line per file. If a file cannot be read, the others are
// still reported.
func runDetect(c *call) error {
	if c.flags.Bool("json") && c.flags.Bool("null") {
		return usage("--json and --null exclude each other")
	}
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
		c.printDetected(out, name, result)
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

// printDetected prints what a file is.
func (c *call) printDetected(out io.Writer, name string, found detect.Result) {
	switch {
	case c.flags.Bool("json"):
		object := jsonFile{
			Name: name, Type: found.Type, Charset: orNull(found.Charset), Encoding: found.Encoding, Why: found.Why,
		}
		if !utf8.ValidString(name) {
			object.NameBase64 = []byte(name)
		}
		report.Object(out, object)
	case c.flags.Bool("null"):
		fmt.Fprintf(out, "%s\x00%s\t%s\n", name, found, found.Encoding)
	default:
		fmt.Fprintf(out, "%s\t%s\t%s\n", termtext.Escape(name), found, found.Encoding)
	}
}

// A jsonFile is the JSON object of a file.
type jsonFile struct {
	Name       string  `json:"name"`                  // with U+FFFD for each octet that is not UTF-8
	NameBase64 []byte  `json:"name_base64,omitempty"` // the octets of such a name
	Type       string  `json:"type"`
	Charset    *string `json:"charset"` // null if there is none
	Encoding   string  `json:"encoding"`
	Why        string  `json:"why"`
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
