package config

import (
	"os"
	"regexp"
	"strings"
	"testing"
)

// The examples of mailpipe-config(5) are right, and every key is described.
func TestManPage(t *testing.T) {
	source, err := os.ReadFile("../../man/mailpipe-config.5")
	if err != nil {
		t.Fatal(err)
	}
	page := strings.ReplaceAll(string(source), `\e`, `\`)
	examples := 0
	for _, block := range regexp.MustCompile(`(?ms)^\.Bd -literal[^\n]*\n(.*?)^\.Ed`).FindAllStringSubmatch(page, -1) {
		if !strings.HasPrefix(block[1], "config.toml") { // a message
			c := load(t, block[1])
			for _, name := range c.names() {
				choice, err := c.Choose(name, "", env())
				if err != nil {
					t.Fatal(err)
				}
				if _, err := Settle(flags(), env(), choice); err != nil {
					t.Errorf("%s: %v", name, err)
				}
			}
			examples++
		}
	}
	if examples != 6 {
		t.Errorf("%d examples", examples)
	}
	for _, name := range keyNames() {
		if !regexp.MustCompile(`(?m)^\.It Ic .*\b` + name + `\b`).MatchString(page) {
			t.Errorf("%s is not described", name)
		}
	}
	_, err = Load(write(t, "\n\n\n[accounts.a]\npasswordcommand = \"x\""), env())
	if words := "passwordcommand: unknown key (did you mean password_command?)"; err == nil || !strings.HasSuffix(err.Error(), words) ||
		!strings.Contains(strings.Join(strings.Fields(page), " "), words) {
		t.Error(err)
	}
}
