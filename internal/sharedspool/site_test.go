//go:build linux

package sharedspool

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"

	"mailpipe/internal/pgtest"
)

// A site is machines that share a spool in a database, and a mail server.
type site struct {
	*tally
	*machine // with nothing between it and its servers
	t        testing.TB
	program  string
	env      []string // with the login for the database
	db       string
	sql      func(statements string) string // runs them in the database
}

// newSite returns a site with a new database.
func newSite(t testing.TB, server *pgtest.Server) *site {
	t.Helper()
	s := &site{tally: newTally(), t: t, program: buildProgram(t), db: server.CreateDatabase(t)}
	s.use(server)
	s.mailpipe("queue init", 0)
	return s
}

// use makes the database of that server the spool.
func (s *site) use(server interface {
	URL(db string) string
	Env() []string
	SQL(t testing.TB, db, statements string) string
}) {
	s.t.Helper()
	s.env = server.Env()
	s.sql = func(statements string) string {
		s.t.Helper()
		return server.SQL(s.t, s.db, statements)
	}
	s.machine = s.newMachine(server.URL(s.db), s.startSink(s.t, nil))
}

// expire ends the leases of all workers, as time going by does if they are dead.
func (s *site) expire() {
	s.t.Helper()
	s.sql(`UPDATE mailpipe.entry SET lease = now() - interval '1 second' WHERE lease > now();
UPDATE mailpipe.lock SET lease = now() - interval '1 second' WHERE lease > now()`)
}

// A machine is one on which producers and workers run. Each has a configuration of its own.
type machine struct {
	site   *site
	t      testing.TB
	home   string
	spool  string // WHERE
	server string // the URL of the mail server
}

func (s *site) newMachine(spool, server string) *machine {
	s.t.Helper()
	m := &machine{s, s.t, s.t.TempDir(), spool, server}
	account := fmt.Sprintf("[accounts.relay]\nserver = %q\nconnections = 8\n", server)
	err := os.MkdirAll(m.path(".config/mailpipe"), 0o700)
	if err == nil {
		err = os.WriteFile(m.path(".config/mailpipe/config.toml"), []byte(account), 0o600)
	}
	if err != nil {
		s.t.Fatal(err)
	}
	return m
}

func (m *machine) path(name string) string { return filepath.Join(m.home, name) }

// command returns a command that runs mailpipe. Words can be put before it.
func (m *machine) command(words string, before ...string) *exec.Cmd {
	all := append(append(before, m.site.program), strings.Fields(words)...)
	all = append(all, "--spool", m.spool)
	cmd := exec.Command(all[0], all[1:]...)
	cmd.Dir = m.home
	cmd.Env = append([]string{"PATH=/usr/bin:/bin", "LANG=C.UTF-8", "HOME=" + m.home}, m.site.env...)
	return cmd
}

// mailpipe runs a command that must end with one of the codes.
func (m *machine) mailpipe(words string, codes ...int) result {
	m.t.Helper()
	r := <-start(m.t, m.command(words))
	if !slices.Contains(codes, r.code) {
		m.t.Fatalf("%s: exit status %d, want one of %d: %s", words, r.code, codes, r.err)
	}
	return r
}

// deliver are the words that store a message.
const deliver = "deliver --spool-only -f alice@example.org -A relay "

// store has a producer store a message.
func (m *machine) store(to, text string) result {
	m.t.Helper()
	cmd := m.command(deliver + to)
	cmd.Stdin = strings.NewReader("Subject: " + to + "\n\n" + text)
	r := <-start(m.t, cmd)
	return r
}

// produce stores a message, which must succeed. It returns the last letters of its ID.
func (m *machine) produce(to, text string) (id string) {
	m.t.Helper()
	r := m.store(to, text)
	if r.code != 0 {
		m.t.Errorf("deliver: exit status %d: %s", r.code, r.err)
	}
	return m.site.produced(to, r)
}

// A listed is a line of queue list.
type listed struct {
	ID       string
	To       []string
	Attempts int
	Reason   string
}

// list returns what is in the spool.
func (m *machine) list() (all []listed) {
	m.t.Helper()
	d := json.NewDecoder(strings.NewReader(m.mailpipe("queue list --json", 0).out))
	for d.More() {
		var l listed
		if err := d.Decode(&l); err != nil {
			m.t.Fatal(err)
		}
		all = append(all, l)
	}
	return all
}

// sendRest sends what is in the spool, and checks what arrived. It returns a summary.
func (s *site) sendRest() string {
	s.t.Helper()
	s.worked("", s.list()) // what their producers did not print
	for range 3 {
		s.worked(s.mailpipe("queue flush --all", 0, 75).err, s.list())
	}
	if left := s.list(); len(left) > 0 {
		s.t.Errorf("%d messages are left, such as %+v", len(left), left[0])
	}
	return s.check(s.t)
}

// A result is what a command printed, and how it ended.
type result struct {
	out, err string
	code     int            // -1 after a signal
	signal   syscall.Signal // 0 if it ended by itself
}

// start starts a command. It is killed when the test ends.
func start(t testing.TB, cmd *exec.Cmd) <-chan result {
	t.Helper()
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	done := make(chan result, 1)
	if err := cmd.Start(); err != nil {
		t.Error(err)
		done <- result{code: -1}
		return done
	}
	ended := make(chan struct{})
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		<-ended
	})
	go func() {
		defer close(ended)
		err := cmd.Wait()
		var exit *exec.ExitError
		if err != nil && !errors.As(err, &exit) {
			t.Error(err)
		}
		status := cmd.ProcessState.Sys().(syscall.WaitStatus)
		r := result{out: out.String(), err: errs.String(), code: cmd.ProcessState.ExitCode()}
		if status.Signaled() {
			r.signal = status.Signal()
		}
		done <- r
	}()
	return done
}
