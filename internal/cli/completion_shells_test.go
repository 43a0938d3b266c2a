//go:build unix

package cli

import (
	"bufio"
	"context"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"mailpipe/internal/completion"
	"mailpipe/internal/testservers"
)

// A lineEditor is an interactive shell on a terminal.
type lineEditor struct {
	*completionRoom
	input io.Writer
	lines *bufio.Reader
}

// editorSetup makes two keys: ^Xa inserts all offers, ^Xb writes the line to $LINE_FILE and
// empties it.
var editorSetup = map[string]string{
	"bash": `
PS1= HISTFILE=
command_not_found_handle() { echo "$@" >>"$RUNS"; }
bind 'set enable-bracketed-paste off'
bind '"\C-xa": insert-completions'
bind -x '"\C-xb": write_line'
write_line() { printf '%s\0' "$READLINE_LINE" >"$LINE_FILE"; READLINE_LINE= READLINE_POINT=0; }
`,
	"options": "set -efu; shopt -s failglob nocaseglob; COMP_WORDBREAKS=${COMP_WORDBREAKS//[=:]/}\n",
	"zsh": `
PS1= HISTFILE=
command_not_found_handler() { echo "$@" >>"$RUNS"; }
bindkey -e
fpath=($ZDOTDIR $fpath)
autoload -Uz compinit && compinit -u -D
all() { _main_complete; compstate[insert]=all; }
zle -C all complete-word all
bindkey '^Xa' all
bindkey '^I' complete-word # alone, it also runs what is in $(...)
write_line() { print -rN -- "$BUFFER" >"$LINE_FILE"; BUFFER=; }
zle -N write_line
bindkey '^Xb' write_line
`,
}

// startEditor starts bash with its script in the start-up file, or zsh with its script in a
// directory of $fpath. The name "bash with options" means that bash has options that a script
// may not expect.
func startEditor(t testing.TB, name string) *lineEditor {
	t.Helper()
	name, options, _ := strings.Cut(name, " with ")
	testservers.Need(t, name, "script")
	e := &lineEditor{completionRoom: newCompletionRoom(t)}
	other := filepath.Dir(e.runs)
	path, err := exec.LookPath(name)
	check(t, err)
	command := path + " -d -i"
	rc, text := ".zshrc", editorSetup[name]
	if name == "bash" {
		command = path + " --noprofile --rcfile " + other + "/bashrc -i"
		rc, text = "bashrc", text+completion.Bash(completions())+editorSetup[options]
	}
	check(t, os.WriteFile(filepath.Join(other, rc), []byte(text), 0o600))
	check(t, os.WriteFile(filepath.Join(other, "_mailpipe"), []byte(completion.Zsh(completions())), 0o600))
	lines := filepath.Join(other, "lines")
	check(t, syscall.Mkfifo(lines, 0o600))
	f, err := os.OpenFile(lines, os.O_RDWR, 0) // so that it can be opened before the shell does
	check(t, err)
	t.Cleanup(func() { f.Close() })
	check(t, f.SetReadDeadline(time.Now().Add(time.Minute)))
	e.lines = bufio.NewReader(f)

	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	cmd := exec.CommandContext(ctx, "script", "-qec", command, "/dev/null")
	cmd.Dir, cmd.Env = e.dir, append(e.env, "LINE_FILE="+lines)
	e.input, err = cmd.StdinPipe()
	check(t, err)
	check(t, cmd.Start())
	t.Cleanup(func() {
		cancel()
		cmd.Wait()
	})
	return e
}

// press types a line and keys, and returns the line that results.
func (e *lineEditor) press(line, keys string) string {
	e.t.Helper()
	line = strings.ReplaceAll(line, "\n", "\x16\n") // ^V quotes a key
	_, err := io.WriteString(e.input, line+keys+"\x18b")
	check(e.t, err)
	got, err := e.lines.ReadString(0)
	check(e.t, err)
	return strings.TrimSuffix(got, "\x00")
}

// afterBreak returns what bash replaces in a word: what follows the last = or colon.
func afterBreak(word string) string { return word[strings.LastIndexAny(word, "=:")+1:] }

func TestCompletionInEditors(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"bash", "bash with options", "zsh"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e := startEditor(t, name)
			cases := completionCases
			if name != "zsh" {
				cases = slices.Concat(cases, notInZSH)
			}
			var lines []string
			for _, c := range cases {
				lines = append(lines, c.line, e.press(c.line+c.word, "\x18a"))
			}
			words := e.words(lines)
			for i, c := range cases {
				var offers []string
				if lines[2*i+1] != c.line+c.word {
					offers = words[2*i+1][len(words[2*i]):]
				}
				for j, offer := range offers {
					switch {
					case name == "zsh" && strings.HasPrefix(offer, "--") && !strings.Contains(offer, ","):
						offers[j] = strings.TrimSuffix(offer, "=") // zsh removes it if no value follows
					case name == "bash" && j > 0: // only the first one has what precedes
						offers[j] = strings.TrimSuffix(c.word, afterBreak(c.word)) + offer
					}
				}
				e.checkOffers(c.line+c.word, c.offers, offers)
			}
			for _, c := range tabCases {
				want := c.bash
				if name == "zsh" && c.zsh != "" {
					want = c.zsh
				}
				if got := strings.TrimRight(e.press(c.typed, "\t"), " "); got != want {
					t.Errorf("%q becomes %q, want %q", c.typed, got, want)
				}
			}
			e.checkRuns()
		})
	}
}

// A file whose name begins with a dash is not offered as a flag.
func TestCompletionOfDashes(t *testing.T) {
	t.Parallel()
	e := startEditor(t, "bash")
	check(t, os.WriteFile(filepath.Join(e.dir, "-n"), nil, 0o600))
	for line, want := range map[string]string{"mailpipe send ": " ./-n ", "mailpipe send -- -": " -n "} {
		if got := e.press(line, "\x18a"); !strings.Contains(got, want) {
			t.Errorf("%q becomes %q, want %q in it", line, got, want)
		}
	}
}

// A fish is a fish(1) that is asked what it offers.
type fish struct {
	*completionRoom
	cmd *exec.Cmd
	in  io.WriteCloser
	out *bufio.Reader
}

// startFish starts fish with its script. It reads lines, and writes the offers for each.
func startFish(t testing.TB) *fish {
	t.Helper()
	testservers.Need(t, "fish")
	f := &fish{completionRoom: newCompletionRoom(t)}
	script := filepath.Join(filepath.Dir(f.runs), "mailpipe.fish")
	check(t, os.WriteFile(script, []byte(completion.Fish(completions())), 0o600))
	const ask = `
function fish_command_not_found; echo $argv >>$RUNS; end
source $argv[1]
while read --null --local line
	for offer in (complete --escape -C $line)
		printf '%s\0' (string unescape -- (string split -f 1 \t -- $offer) | string collect)
	end
	printf '\1\0'
end
`
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	t.Cleanup(cancel)
	f.cmd = exec.CommandContext(ctx, "fish", "--no-config", "-c", ask, script)
	f.cmd.Dir, f.cmd.Env, f.cmd.Stderr = f.dir, f.env, os.Stderr
	var err error
	f.in, err = f.cmd.StdinPipe()
	check(t, err)
	out, err := f.cmd.StdoutPipe()
	check(t, err)
	check(t, f.cmd.Start())
	f.out = bufio.NewReader(out)
	return f
}

// complete returns what is offered for a line.
func (f *fish) complete(line string) (offers []string) {
	f.t.Helper()
	_, err := io.WriteString(f.in, line+"\x00")
	check(f.t, err)
	for {
		offer, err := f.out.ReadString(0)
		check(f.t, err)
		if offer == "\x01\x00" {
			return offers
		}
		if rest, ok := strings.CutPrefix(offer, "~/"); ok {
			offer = f.dir + "/" + rest
		}
		offers = append(offers, strings.TrimSuffix(offer, "\x00"))
	}
}

// end ends fish.
func (f *fish) end() {
	f.t.Helper()
	f.in.Close()
	check(f.t, f.cmd.Wait())
}

func TestCompletionInFish(t *testing.T) {
	t.Parallel()
	f := startFish(t)
	cases := slices.Concat(completionCases, notInZSH)
	var typed []string
	for _, c := range cases {
		typed = append(typed, c.word)
	}
	words := f.words(typed)
	for i, c := range cases {
		offers := slices.DeleteFunc(f.complete(c.line+strings.ReplaceAll(c.word, `$'\n'`, `\n`)), func(offer string) bool {
			return !strings.HasPrefix(offer, words[i][0]) // fish also offers what contains the word
		})
		f.checkOffers(c.line+c.word, c.offers, offers)
	}
	f.end()
	f.checkRuns()
}

// BenchmarkCompletion measures how long a person waits for the offers.
func BenchmarkCompletion(b *testing.B) {
	const line = "mailpipe send --t"
	for _, name := range []string{"bash", "zsh"} {
		b.Run(name, func(b *testing.B) {
			e := startEditor(b, name)
			for b.Loop() {
				e.press(line, "\x18a")
			}
		})
	}
	b.Run("fish", func(b *testing.B) {
		f := startFish(b)
		for b.Loop() {
			f.complete(line)
		}
		f.end()
	})
}
