package cli

import (
	"os/exec"
	"strings"
	"testing"

	"mailpipe/internal/completion"
	"mailpipe/internal/testservers"
)

// checkScript gives a script to a program that checks it and prints nothing.
func checkScript(t *testing.T, script string, args ...string) {
	t.Helper()
	testservers.Need(t, args[0])
	cmd := exec.CommandContext(t.Context(), args[0], args[1:]...)
	cmd.Stdin = strings.NewReader(script)
	if out, err := cmd.CombinedOutput(); err != nil || len(out) > 0 {
		t.Errorf("%q: %v\n%s", args, err, out)
	}
}

func TestCompletionScripts(t *testing.T) {
	all := completions()
	checkScript(t, completion.Bash(all), "shellcheck", "-")
	checkScript(t, completion.Bash(all), "bash", "-n")
	checkScript(t, completion.Zsh(all), "zsh", "-fn")
	checkScript(t, completion.Fish(all), "fish", "--no-config", "--no-execute")
	checkScript(t, completion.Bash(all), "bash", "--norc", "-s")
	checkScript(t, completion.Zsh(all)+"\n[[ $_comps[mailx] == _mailpipe ]]", "zsh", "-f", "-c",
		`autoload -Uz compinit && compinit -u -D; eval "$(cat)"`)
	checkScript(t, completion.Fish(all), "fish", "--no-config", "-c", "source -")
}

// Each command and each flag has its description in zsh and fish.
func TestCompletionDescriptions(t *testing.T) {
	all := completions()
	quote := strings.NewReplacer(`\`, `\\`, `'`, `\'`)
	escape := strings.NewReplacer(`\`, `\\`, `:`, `\:`, `[`, `\[`, `]`, `\]`, `'`, `'\''`)
	zsh, fish := completion.Zsh(all), completion.Fish(all)
	for _, c := range all {
		inFish := " -d '" + quote.Replace(c.Usage) + "'\n"
		if c.Name != "" && !strings.Contains(fish, inFish) {
			t.Errorf("fish lacks %s", inFish)
		}
		inZsh := "'" + c.Name[strings.LastIndex(c.Name, " ")+1:] + ":" + c.Usage + "'\n"
		if c.Name != "" && !strings.Contains(zsh, inZsh) {
			t.Errorf("zsh lacks %s", inZsh)
		}
		for _, f := range c.Flags {
			if f.Usage == "" {
				t.Errorf("%s %s has no description", c.Name, f.Names[0])
			}
			inFish = " -d '" + quote.Replace(f.Usage) + "'\n"
			if !f.Hidden && !strings.Contains(fish, inFish) {
				t.Errorf("fish lacks %s", inFish)
			}
			inZsh = "[" + escape.Replace(f.Usage) + "]"
			if !strings.Contains(zsh, inZsh) {
				t.Errorf("zsh lacks %s", inZsh)
			}
		}
	}
}

// The drop-ins have no flag in their help that they do not read.
func TestLetterFlags(t *testing.T) {
	count := 0
	for _, c := range completions() {
		if !isDropIn(c.Name) {
			continue
		}
		known := map[string]bool{}
		for _, letter := range Letters(c.Name) {
			known["-"+letter] = true
		}
		for _, f := range c.Flags {
			for _, name := range f.Names {
				count++
				if !known[name[:2]] {
					t.Errorf("%s does not read %s", c.Name, name)
				}
			}
		}
	}
	if count < 30 {
		t.Errorf("found only %d flags", count)
	}
}
