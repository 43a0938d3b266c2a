package cli

import (
	"strings"
	"testing"
)

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
