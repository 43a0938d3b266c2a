package cli

import (
	"io"
	"os"
	"strings"
	"testing"

	urfave "github.com/urfave/cli/v2"
)

func keepFlags(c *call) urfave.ActionFunc {
	return func(ctx *urfave.Context) error {
		c.flags = ctx
		return nil
	}
}

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
	if status != exitSoftware || !strings.Contains(string(said), "a fault in mailpipe itself") ||
		!strings.Contains(string(said), "run_test.go") || strings.Contains(string(said), "sesame") {
		t.Errorf("%d: %s", status, said)
	}
}

// TestTables holds that no name is twice in a command, and that every flag has its words.
func TestTables(t *testing.T) {
	for _, c := range Commands() {
		seen := map[string]bool{}
		for _, f := range Flags(c.Name) {
			for _, name := range f.Names() {
				if seen[name] {
					t.Errorf("%s: %s twice", c.Name, name)
				}
				seen[name] = true
			}
			if f.Usage == "" || strings.HasSuffix(f.Usage, ".") {
				t.Errorf("%s: --%s: usage %q", c.Name, f.Name, f.Usage)
			}
		}
		for _, name := range []string{"--help", "-h", "--version", "-v", "--verbose", "-q", "--quiet"} {
			if !seen[name] {
				t.Errorf("%s: no %s", c.Name, name)
			}
		}
	}
}
