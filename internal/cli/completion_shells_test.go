//go:build unix

package cli

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"mailpipe/internal/completion"
	"mailpipe/internal/testservers"
)

// A completionRoom is where a shell runs: a directory with files, and a $PATH with nothing
// but mailpipe and a program for --exec. The configuration names a server.
type completionRoom struct {
	t           *testing.T
	dir         string
	env         []string
	runs        string // names what was run
	connections atomic.Int32
}

func newCompletionRoom(t *testing.T) *completionRoom {
	t.Helper()
	r := &completionRoom{t: t, dir: t.TempDir()}
	for _, name := range completionFiles {
		path := filepath.Join(r.dir, name)
		if strings.HasSuffix(name, "/") {
			check(t, os.Mkdir(path, 0o700))
		} else {
			check(t, os.WriteFile(path, nil, 0o600))
		}
	}
	check(t, os.Chmod(filepath.Join(r.dir, "sub dir/tool"), 0o700))
	l, err := net.Listen("tcp", "127.0.0.1:0")
	check(t, err)
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			r.connections.Add(1)
			c.Close()
		}
	}()
	other := t.TempDir()
	r.runs = filepath.Join(other, "runs")
	config := strings.NewReplacer("ADDRESS", l.Addr().String(), "RUNS", r.runs).Replace(completionConfig)
	check(t, os.MkdirAll(filepath.Join(other, "config/mailpipe"), 0o700))
	check(t, os.WriteFile(filepath.Join(other, "config/mailpipe/config.toml"), []byte(config), 0o600))
	test, err := os.Executable()
	check(t, err)
	bin := filepath.Join(other, "bin")
	check(t, os.Mkdir(bin, 0o700))
	check(t, os.Symlink(test, filepath.Join(other, "mailpipe")))
	for name, run := range map[string]string{"mailpipe": "exec " + other + "/mailpipe \"$@\"", "program": ""} {
		script := fmt.Sprintf("#!/bin/sh\necho %s \"$@\" >>%s\n%s\n", name, r.runs, run)
		check(t, os.WriteFile(filepath.Join(bin, name), []byte(script), 0o700))
	}
	r.env = []string{
		"PATH=" + bin, "HOME=" + r.dir, "XDG_CONFIG_HOME=" + filepath.Join(other, "config"), "SHELL=/bin/sh", "TERM=dumb",
		"LC_ALL=C.UTF-8", "MAILPIPE_SERVER=smtp://" + l.Addr().String(), "RUNS=" + r.runs, "ZDOTDIR=" + other,
	}
	return r
}

// checkRuns asserts that nothing ran except the command that lists the accounts, and that
// nothing connected to the server.
func (r *completionRoom) checkRuns() {
	r.t.Helper()
	text, _ := os.ReadFile(r.runs)
	runs := strings.Split(strings.TrimSpace(string(text)), "\n")
	if other := slices.DeleteFunc(slices.Clone(runs), func(run string) bool {
		return run == "mailpipe config --accounts"
	}); len(other) > 0 {
		r.t.Errorf("these ran: %q", other)
	}
	if n := r.connections.Load(); n != 0 {
		r.t.Errorf("%d connections", n)
	}
	if _, err := os.Lstat(filepath.Join(r.dir, "run")); err == nil {
		r.t.Error("a command on the line was run")
	}
}

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
	"options": "set -fu; shopt -s failglob nocaseglob; COMP_WORDBREAKS=${COMP_WORDBREAKS//[=:]/}\n",
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
func startEditor(t *testing.T, name string) *lineEditor {
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

	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
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

func check(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// words returns the words of lines as a shell reads them.
func (r *completionRoom) words(lines []string) [][]string {
	r.t.Helper()
	const split = `while IFS= read -r -d "" line; do eval "set -- $line"; printf "%s\0" "$@"; printf "\1\0"; done`
	ctx, cancel := context.WithTimeout(r.t.Context(), time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, "bash", "-c", split)
	cmd.Dir, cmd.Env = r.dir, r.env
	cmd.Stdin = strings.NewReader(strings.Join(lines, "\x00") + "\x00")
	out, err := cmd.Output()
	check(r.t, err)
	var all [][]string
	for _, line := range strings.Split(strings.TrimSuffix(string(out), "\x01\x00"), "\x01\x00") {
		all = append(all, strings.Split(strings.TrimSuffix(line, "\x00"), "\x00"))
	}
	return all
}

// checkOffers compares what was offered with what a case wants. HOME is the directory.
func (r *completionRoom) checkOffers(typed, want string, offers []string) {
	t := r.t
	t.Helper()
	want = strings.ReplaceAll(want, "HOME", r.dir)
	var wanted []string
	if want != "" {
		wanted = strings.Split(want, ", ")
	}
	for i := range offers {
		offers[i] = strings.TrimSuffix(offers[i], "/")
		if strings.HasSuffix(offers[i], ":/") { // smtp://
			offers[i] += "/"
		}
	}
	slices.Sort(wanted)
	slices.Sort(offers)
	if !slices.Equal(wanted, slices.Compact(offers)) {
		t.Errorf("%q offers %q, want %q", typed, offers, wanted)
	}
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

func TestCompletionInFish(t *testing.T) {
	t.Parallel()
	testservers.Need(t, "fish")
	r := newCompletionRoom(t)
	script := filepath.Join(filepath.Dir(r.runs), "mailpipe.fish")
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
	var in bytes.Buffer
	var typed []string
	cases := slices.Concat(completionCases, notInZSH)
	for _, c := range cases {
		fmt.Fprintf(&in, "%s%s\x00", c.line, c.word)
		typed = append(typed, c.word)
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, "fish", "--no-config", "-c", ask, script)
	cmd.Dir, cmd.Env, cmd.Stdin, cmd.Stderr = r.dir, r.env, &in, os.Stderr
	out, err := cmd.Output()
	check(t, err)
	all := strings.Split(string(out), "\x01\x00")
	if len(all) != len(cases)+1 {
		t.Fatalf("%d answers", len(all)-1)
	}
	words := r.words(typed)
	for i, c := range cases {
		offers := strings.Split(all[i], "\x00")
		for i := range offers {
			if rest, ok := strings.CutPrefix(offers[i], "~/"); ok {
				offers[i] = r.dir + "/" + rest
			}
		}
		begins := func(offer string) bool { return strings.HasPrefix(offer, words[i][0]) }
		offers = slices.DeleteFunc(offers, func(offer string) bool { return offer == "" || !begins(offer) })
		r.checkOffers(c.line+c.word, c.offers, offers) // without those that contain the word
	}
	r.checkRuns()
}
