//go:build linux

package cli

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/creack/pty"
)

// slowly is a server that waits for a permission before it answers EHLO.
const slowly = `
S: 220 here
C: EHLO
W: greeted
S: 250 here` + toDot + `
S: 250 done`

// A gate is a slowly server that counts the clients that wait.
type gate struct {
	address string
	waiting chan bool // has an element for each client that waits
	open    chan bool // closed to let them go on
}

func newGate(t *testing.T) *gate {
	g := &gate{waiting: make(chan bool, 100), open: make(chan bool)}
	g.address = server(t, slowly, func(string, string) {
		g.waiting <- true
		<-g.open
	})
	return g
}

// newFIFO returns the path of a new FIFO, which gets a mail and its end when feed is called.
func newFIFO(t *testing.T, dir string) (path string, feed func()) {
	t.Helper()
	path = filepath.Join(dir, fmt.Sprintf("fifo%d", time.Now().UnixNano()))
	if err := syscall.Mkfifo(path, 0o600); err != nil {
		t.Fatal(err)
	}
	f, err := os.OpenFile(path, os.O_RDWR, 0) // which does not wait for a reader
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	return path, func() {
		f.WriteString(progressMail)
		f.Close()
	}
}

const deliverMail = "mailpipe deliver -S $SERVER --tls none <mail"

// ehlo is what is shown while a slowly server waits.
const ehlo = "waiting for the reply to EHLO"

// Each of these commands waits longer than a second and shows no line, although another one
// that begins later shows it.
func TestProgressNotShown(t *testing.T) {
	t.Parallel()
	dir, g := progressDir(t), newGate(t)
	commands := map[string]string{ // and all that is shown
		deliverMail + " 2>pipe.err":                              "",
		"(" + deliverMail + " 2>&1) | cat":                       "",
		deliverMail + " -q":                                      "",
		deliverMail + " --no-progress":                           "",
		deliverMail + " -v":                                      "mailpipe: deliver: b@example.org: accepted by",
		deliverMail + " --trace":                                 "C: EHLO",
		deliverMail + " --chart -":                               "EHLO",
		"set -m; " + deliverMail + " & wait $!":                  "", // a process group of its own
		"setsid -w " + deliverMail:                               "", // not its terminal any more
		"mailpipe compose -q --body-file $FIFO >$FIFO.out":       "",
		"mailpipe compose --body-file $FIFO":                     "Content-Type: text/plain",
		"mailpipe compose --body-file $FIFO | cat >$FIFO.out":    "",
		"mailpipe compose --exec cat $FIFO >$FIFO.out":           "",
		"mailpipe inspect --extract $FIFO.d -q $FIFO >$FIFO.out": "",
		"mailpipe inspect $FIFO >$FIFO.out":                      "",
	}
	var all []*screen
	var feeds []func()
	for command := range commands {
		fifo, feed := newFIFO(t, dir)
		all = append(all, startAtScreen(t, dir, 80, command, g.address, "FIFO="+fifo))
		if strings.Contains(command, "$SERVER") {
			<-g.waiting
		}
		feeds = append(feeds, feed)
	}
	control := startAtScreen(t, dir, 80, "exec "+deliverMail, g.address)
	control.sees(ehlo + ": 2 s")
	close(g.open)
	for _, feed := range feeds {
		feed()
	}
	control.exits(exitOK)
	for _, s := range all {
		text, want := s.exits(exitOK), commands[s.command]
		if want == "" && text != "" || !strings.Contains(text, want) || strings.Contains(text, "waiting for") ||
			strings.Contains(text, "reading the text") {
			t.Errorf("%s: %q, want %q", s.command, text, want)
		}
	}
}

// Each of these commands shows a line while it waits.
func TestProgressShown(t *testing.T) {
	t.Parallel()
	dir := progressDir(t)
	var all sync.WaitGroup
	defer all.Wait()
	for name, tt := range map[string]struct {
		columns  uint16
		command  string
		env      string
		want     string   // what is shown while the command waits
		without  string   // and what is not; may be empty
		leftOver []string // among the rows at the end; nil: there are none
	}{
		"plain":                   {80, "exec " + deliverMail, "", ehlo + ": 1 s", "", nil},
		"NO_COLOR":                {80, "exec " + deliverMail, "NO_COLOR=1", ehlo + ": 1 s", "", nil},
		"20 columns":              {20, "exec " + deliverMail, "", "\r" + ehlo[:19] + "\r", ehlo[:20], nil},
		"0 columns":               {0, "exec " + deliverMail, "", ehlo + ": 1 s", "", nil},
		"1 column":                {1, "exec " + deliverMail, "", "\r", "w", nil},
		"a job in the foreground": {80, "set -m; " + deliverMail, "", ehlo + ": 1 s", "", nil},
		"also with -q":            {80, "exec " + deliverMail + " -q --progress", "", ehlo + ": 1 s", "", nil},
		"also with --trace": {
			80, "exec " + deliverMail + " --trace --progress", "", ehlo + ": 1 s", "",
			[]string{"C: EHLO [127.0.0.1]", "S: 250 here", "C: QUIT"},
		},
		"compose": {
			80, "exec mailpipe compose --body-file $FIFO >out1.eml", "", "reading the text and the files: 1 s", "", nil,
		},
		"compose to a pipe, on request": {
			80, "mailpipe compose --progress --body-file $FIFO | cat >out2.eml", "",
			"reading the text and the files: 1 s", "", nil,
		},
		"compose to the terminal, on request": {
			80, "exec mailpipe compose --progress --body-file $FIFO -s x", "",
			"reading the text and the files: 1 s", "", []string{"Subject: x", "Content-Type: text/plain; charset=us-ascii"},
		},
		"send": {
			80, "exec mailpipe send -S $SERVER --tls none -t b@x.org -s x --body-file $FIFO", "",
			"reading the text and the files: 1 s", "", nil,
		},
		"compose | deliver": {
			80, "mailpipe compose -t b@x.org --body-file $FIFO | mailpipe deliver -S $SERVER --tls none", "",
			"reading the message: 1 s", "reading the text", nil,
		},
		"inspect": {
			80, "exec mailpipe inspect --extract parts - <$FIFO", "",
			"extracting: 1 s", "", []string{"1\tparts/part-1.txt"},
		},
	} {
		g := newGate(t)
		fifo, feed := newFIFO(t, dir)
		s := startAtScreen(t, dir, tt.columns, tt.command, g.address, "FIFO="+fifo, tt.env)
		all.Go(func() {
			s.sees(tt.want)
			close(g.open)
			feed()
			text := s.exits(exitOK)
			if tt.without != "" && strings.Contains(text, tt.without) {
				t.Errorf("%s: %q contains %q", name, text, tt.without)
			}
			if strings.Contains(text, "\x1b") {
				t.Errorf("%s: %q has an escape sequence", name, text)
			}
			if got := rows(text); strings.Contains(strings.Join(got, "\n"), tt.want) {
				t.Errorf("%s: %q is left", name, got)
			} else if tt.leftOver == nil && len(got) > 0 || !isSubset(tt.leftOver, got) {
				t.Errorf("%s: %q is left, want %q", name, got, tt.leftOver)
			}
		})
	}
}

// isSubset reports whether all has each of some.
func isSubset(some, all []string) bool {
	return !slices.ContainsFunc(some, func(s string) bool { return !slices.Contains(all, s) })
}

// The line is as long as the terminal is wide at that time.
func TestProgressResized(t *testing.T) {
	t.Parallel()
	g := newGate(t)
	s := startAtScreen(t, progressDir(t), 20, "exec "+deliverMail, g.address)
	s.sees("\r" + ehlo[:19] + "\r")
	if err := pty.Setsize(s.tty, &pty.Winsize{Rows: 24, Cols: 30}); err != nil {
		t.Fatal(err)
	}
	s.sees("\r" + ehlo[:29] + "\r")
	close(g.open)
	if got := rows(s.exits(exitOK)); len(got) > 0 {
		t.Errorf("%q is left", got)
	}
}

// Lines that remain: at a dumb terminal, and on request without a terminal and in the
// background.
func TestProgressLines(t *testing.T) {
	t.Parallel()
	dir := progressDir(t)
	var all sync.WaitGroup
	defer all.Wait()
	lines := regexp.MustCompile(`^(mailpipe: deliver: ` + ehlo + `: \d+ s\r\n)+$`)
	for command, env := range map[string]string{
		"exec " + deliverMail: "TERM=dumb",
		"mailpipe deliver --progress -S $SERVER --tls none <mail 2>&1 | cat": "",
		"set -m; " + deliverMail + " --progress & wait $!":                   "",
	} {
		g := newGate(t)
		s := startAtScreen(t, dir, 80, command, g.address, env)
		all.Go(func() {
			s.sees(ehlo + ": 1 s")
			close(g.open)
			if got := s.exits(exitOK); !lines.MatchString(got) {
				t.Errorf("%s: %q", command, got)
			}
		})
	}
}
