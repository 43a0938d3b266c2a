// Testreport reads the output of go test -json on standard input and prints
// what a person needs: one line per package, the output of each failed test,
// and at the end how many tests passed, failed and were skipped. A skipped
// test is named with its reason, because go test itself shows neither. The exit
// status is 1 if a test or a package failed, or if there was none.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"regexp"
	"slices"
	"strings"
)

// An event is one line of the output of go test -json; see go doc test2json.
type event struct {
	Action     string
	Package    string
	ImportPath string // of a package that does not build
	Test       string
	Output     string
}

// name returns what the event is about: a test or a package.
func (e event) name() string {
	switch {
	case e.Test != "":
		return e.Package + "." + e.Test
	case e.Package != "":
		return e.Package
	}
	return e.ImportPath
}

// A report is what was counted so far.
type report struct {
	out            io.Writer
	output         map[string][]string // by name, until the test or package has ended
	passed, failed int
	skipped        map[string][]string // test names by reason
	broken         bool                // a package failed, even if none of its tests did
}

func main() {
	r := report{out: os.Stdout, output: map[string][]string{}, skipped: map[string][]string{}}
	if err := r.read(os.Stdin); err != nil {
		fmt.Fprintln(os.Stderr, "testreport:", err)
		os.Exit(1)
	}
	r.summary()
	if r.broken || r.failed > 0 || r.passed == 0 {
		os.Exit(1)
	}
}

func (r *report) read(in io.Reader) error {
	lines := bufio.NewReader(in)
	for {
		line, err := lines.ReadBytes('\n')
		if len(line) > 0 {
			r.line(line)
		}
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
	}
}

// line takes one line of the stream. What is not JSON comes from the go command
// itself and is shown as it is.
func (r *report) line(line []byte) {
	var e event
	if json.Unmarshal(line, &e) != nil {
		r.out.Write(line)
		return
	}
	name := e.name()
	switch e.Action {
	case "output", "build-output":
		r.output[name] = append(r.output[name], e.Output)
		return
	case "build-fail":
		r.broken = true
		r.show(name)
	case "pass", "fail", "skip":
		if e.Test == "" {
			r.endPackage(e)
		} else {
			r.endTest(e)
		}
	default:
		return
	}
	delete(r.output, name)
}

func (r *report) endTest(e event) {
	switch e.Action {
	case "pass":
		r.passed++
	case "fail":
		r.failed++
		r.show(e.name())
	case "skip":
		why := reason(r.output[e.name()])
		r.skipped[why] = append(r.skipped[why], e.name())
	}
}

// endPackage shows the line that go test prints for a package, and all that a
// failed one printed outside its tests.
func (r *report) endPackage(e event) {
	if e.Action == "fail" {
		r.broken = true
		r.show(e.name())
		return
	}
	for _, line := range r.output[e.name()] {
		if strings.HasPrefix(line, "ok ") || strings.HasPrefix(line, "? ") {
			fmt.Fprint(r.out, line)
		}
	}
}

func (r *report) show(name string) {
	for _, line := range r.output[name] {
		fmt.Fprint(r.out, line)
	}
}

var position = regexp.MustCompile(`^\s*\S+\.go:\d+: `)

// reason returns what a skipped test printed last, without its position.
func reason(output []string) string {
	for _, line := range slices.Backward(output) {
		line = strings.TrimSpace(position.ReplaceAllString(line, ""))
		if line != "" && !strings.HasPrefix(line, "---") && !strings.HasPrefix(line, "===") {
			return line
		}
	}
	return "no reason given"
}

func (r *report) summary() {
	skipped := 0
	var reasons []string
	for why, names := range r.skipped {
		skipped += len(names)
		reasons = append(reasons, why)
	}
	slices.Sort(reasons)
	for _, why := range reasons {
		fmt.Fprintf(r.out, "skipped (%s):\n", why)
		for _, name := range r.skipped[why] {
			fmt.Fprintf(r.out, "    %s\n", name)
		}
	}
	fmt.Fprintf(r.out, "%d passed, %d failed, %d skipped\n", r.passed, r.failed, skipped)
}
