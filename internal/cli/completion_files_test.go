//go:build unix

package cli

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"mailpipe/internal/completion"
	"mailpipe/internal/testservers"
)

// fish finds the script by the name of the command. A link makes it find that of a drop-in.
func TestCompletionLinkInFish(t *testing.T) {
	t.Parallel()
	testservers.Need(t, "fish")
	r := newCompletionRoom(t)
	other := filepath.Dir(r.runs)
	scripts := filepath.Join(other, "config/fish/completions")
	check(t, os.MkdirAll(scripts, 0o700))
	check(t, os.WriteFile(filepath.Join(scripts, "mailpipe.fish"), []byte(completion.Fish(completions())), 0o600))
	check(t, os.Symlink("mailpipe.fish", filepath.Join(scripts, "mailx.fish")))
	for _, name := range []string{"mailx", "mailq"} { // fish completes only what it could run
		check(t, os.Symlink("mailpipe", filepath.Join(other, "bin", name)))
	}
	for line, want := range map[string]string{"mailpipe que": "queue", "mailx -A w": "work", "mailq -b": ""} {
		cmd := exec.CommandContext(t.Context(), "fish", "-c", "complete -C $argv[1]", line)
		cmd.Dir, cmd.Env = r.dir, r.env
		out, err := cmd.Output()
		check(t, err)
		if got, _, _ := strings.Cut(string(out), "\t"); got != want {
			t.Errorf("%q offers %q, want %q", line, got, want)
		}
	}
	r.checkRuns()
}
