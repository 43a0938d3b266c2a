package cli

import (
	"io"
	"os"
	"strings"
	"testing"

	"mailpipe/internal/message"
)

// TestFault holds that a fault of ours is 70, and that no value is shown: it may be a secret.
func TestFault(t *testing.T) {
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	status := Run([]string{program, "compose"}, &Env{
		Stdin: os.Stdin, Stdout: w, Stderr: w,
		Getenv: func(string) string { panic("sesame") },
	})
	w.Close()
	said, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	if status != exitSoftware || !strings.Contains(string(said), "internal error") ||
		!strings.Contains(string(said), "run_test.go") || strings.Contains(string(said), "sesame") {
		t.Errorf("%d: %s", status, said)
	}
}

// TestFaultInContent holds the same of what wire and message do at the same time,
// and that no such content was handed over whole.
func TestFaultInContent(t *testing.T) {
	for _, size := range []int{1, message.Lookahead + 1<<20} { // held; streamed
		for _, from := range []string{"reader", "writer"} {
			mail := io.MultiReader(strings.NewReader("From: a@x.example\n\n"), strings.NewReader(strings.Repeat("sesame\n", size/7)))
			var w io.Writer = panics{}
			if from == "reader" {
				mail, w = io.MultiReader(mail, panics{}), io.Discard
			}
			whole := false
			err := protect(func() error {
				m, err := message.Read(mail, message.Options{})
				if err != nil {
					return err
				}
				defer m.Close()
				done := make(chan error)
				go func() {
					_, err := watchedMessage{m, func() { whole = true }}.WriteTo(w)
					done <- err
				}()
				err = <-done
				return err
			})
			if exitCode(err) != exitSoftware || whole {
				t.Errorf("%d octets, %s: %v, whole %t", size, from, err, whole)
			} else if said := strings.Join(messageLines(err), "\n"); !strings.Contains(said, "run_test.go") || strings.Contains(said, "sesame") {
				t.Errorf("%d octets, %s: %s", size, from, said)
			}
		}
	}
}

type panics struct{}

func (panics) Read([]byte) (int, error)    { panic("sesame") }
func (panics) Write(p []byte) (int, error) { panic(string(p)) }

// TestTables asserts that no name is twice in a command, and that every flag has a help text.
func TestTables(t *testing.T) {
	for _, c := range Commands() {
		seen := map[string]bool{}
		for _, f := range c.Flags {
			for _, name := range f.Names() {
				if seen[name] {
					t.Errorf("%s: flag %s twice", c.Name, name)
				}
				seen[name] = true
			}
			if _, usage := splitUsage(f); usage == "" || strings.HasSuffix(usage, ".") {
				t.Errorf("%s: flag %s: help text %q", c.Name, f.Names()[0], usage)
			}
		}
		for _, name := range []string{"help", "h", "version", "v", "verbose", "q", "quiet"} {
			if !seen[name] {
				t.Errorf("%s: missing flag %s", c.Name, name)
			}
		}
	}
}
