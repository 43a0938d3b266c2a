package config

import (
	"os"
	"regexp"
	"strings"
	"testing"
)

// The examples in mailpipe-config(5) are valid, the page describes every key,
// and the message that it quotes is the real one.
func TestManPage(t *testing.T) {
	source, err := os.ReadFile("../../man/mailpipe-config.5")
	if err != nil {
		t.Fatal(err)
	}
	page := strings.ReplaceAll(string(source), `\e`, `\`)
	examples := 0
	for _, block := range regexp.MustCompile(`(?ms)^\.Bd -literal[^\n]*\n(.*?)^\.Ed`).FindAllStringSubmatch(page, -1) {
		if strings.HasPrefix(block[1], "config.toml") { // an error message
			continue
		}
		examples++
		c := load(t, block[1])
		for _, name := range c.Accounts() {
			choice, err := c.Choose(name, "", env())
			if err != nil {
				t.Fatal(err)
			}
			if _, err := Settle(flags(), env(), choice); err != nil {
				t.Errorf("%s: %v", name, err)
			}
		}
	}
	if examples != 6 {
		t.Errorf("there are %d examples", examples)
	}
	for _, name := range keyNames(keys) {
		if !regexp.MustCompile(`(?m)^\.It Ic .*\b` + name + `\b`).MatchString(page) {
			t.Errorf("%s is not described", name)
		}
	}
	const quoted = "config.toml:4: passwordcommand: unknown key (did you mean password_command?)"
	if !strings.Contains(strings.Join(strings.Fields(page), " "), quoted) {
		t.Errorf("the page does not quote %s", quoted)
	}
	_, err = Load(write(t, "\n\n[accounts.a]\npasswordcommand = \"x\""), env())
	if err == nil || !strings.HasSuffix(err.Error(), "/"+quoted) {
		t.Errorf("got %v, want %s", err, quoted)
	}
}
