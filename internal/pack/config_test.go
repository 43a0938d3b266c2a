package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"mailpipe/internal/config"
)

// The configuration of the package has comments only. Without the "# " its examples
// are valid.
func TestPackagedConfig(t *testing.T) {
	text, err := os.ReadFile("nfpm/config.toml")
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(text)) {
		if !strings.HasPrefix(line, "#") {
			t.Errorf("%q is no comment", line)
		}
	}
	examples := regexp.MustCompile(`(?m)^# ((\[.*\]|\w+ = ".*")\n)`).FindAllStringSubmatch(string(text), -1)
	var toml strings.Builder
	for _, m := range examples {
		toml.WriteString(m[1])
	}
	if len(examples) < 6 {
		t.Fatal(toml.String())
	}
	name := filepath.Join(t.TempDir(), "config.toml")
	if err := os.WriteFile(name, []byte(toml.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := config.Load(name, func(string) string { return "" }); err != nil {
		t.Errorf("%v\n%s", err, &toml)
	}
}
