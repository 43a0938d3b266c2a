//go:build linux

package testservers

import (
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

const alice = "alice@" + domain

// A killing is a command that uses a spool and is killed. Its arguments are words
// in which S and T are spools, and U is the URL of the relay.
type killing struct {
	name    string
	waiting []string // the recipients of each message that is in the spool before
	to      string   // the recipients of the message that the command gets, if any
	down    bool     // the relay refuses connections meanwhile
	args    string
	flushed bool // the messages are sent before the command is given again
	again   bool // the command is given again before the messages are sent
	dropped bool // nothing arrives
}

var killings = []killing{
	{name: "refused connection", to: bob, down: true, args: "deliver --spool S -S U"},
	{name: "first, accepted", to: bob, args: "deliver --spool S --spool-first -S U"},
	{name: "first, refused connection", to: bob, down: true, args: "deliver --spool S --spool-first -S U"},
	{name: "only", to: bob, args: "deliver --spool S --spool-only -S U"},
	{name: "partly accepted", to: bob + " " + busyUser, args: "deliver --spool S -S U"},
	{name: "sends what is due", waiting: []string{bob, bob}, to: carol, args: "deliver --spool S -S U"},
	{name: "flush of one", waiting: []string{bob}, args: "queue flush --spool S"},
	{name: "flush of many", waiting: strings.Fields(strings.Repeat(bob+" ", 12)), args: "queue flush --spool S"},
	{name: "flush, partly accepted", waiting: []string{bob + " " + busyUser, carol}, args: "queue flush --spool S"},
	{name: "flush, bounce", waiting: []string{unknownUser, bob}, args: "queue flush --spool S"},
	{name: "move", waiting: []string{bob, carol}, args: "queue move --spool S --to T --all", again: true},
	{name: "move, flushed before it is repeated", waiting: []string{bob, carol},
		args: "queue move --spool S --to T --all", flushed: true, again: true},
	{name: "drop", waiting: []string{bob, carol}, args: "queue drop --spool S --all", again: true, dropped: true},
}

// killedCalls are the system calls at which strace kills.
var killedCalls = strings.Fields("openat write fsync renameat unlinkat flock pread64 connect")

// TestKill kills mailpipe at system calls and at random times. Afterwards a flush
// sends what is left: every message whose command ended with 0 arrives or is still
// kept, and one arrives twice only if the flush says that this may happen.
func TestKill(t *testing.T) {
	t.Parallel()
	Need(t, "strace")
	program := buildProgram(t)
	limit := many(1000, 60)
	if n, err := strconv.Atoi(os.Getenv("MAILPIPE_TEST_KILLS")); err == nil {
		limit = n
	}
	var count killCount
	jobs := make(chan func(*killer))
	var workers sync.WaitGroup
	for range 3 {
		k := newKiller(t, program, &count)
		workers.Go(func() {
			for job := range jobs {
				job(k)
			}
		})
	}
	for _, s := range killings {
		for _, call := range killedCalls {
			if limit >= 1000 || call == "fsync" {
				jobs <- func(k *killer) { k.killAtCalls(s, call) }
			}
		}
	}
	for i := 0; count.total() < limit && i < 4*limit && !t.Failed(); i++ {
		jobs <- func(k *killer) { k.killAtRandom(killings[i%len(killings)]) }
	}
	close(jobs)
	workers.Wait()
	if count.total() < limit {
		t.Errorf("killed only %d times, want %d", count.total(), limit)
	}
	t.Logf("killed %d times at system calls and %d times at random; ended with 0: %d; arrived: %d; "+
		"may have been delivered: %d, of which arrived twice: %d",
		count.atCalls, count.atRandom, count.ended, count.arrived, count.unknown, count.twice)
}

// A killCount is what happened in all runs.
type killCount struct {
	mu                                                sync.Mutex
	atCalls, atRandom, ended, arrived, unknown, twice int
}

func (c *killCount) total() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.atCalls + c.atRandom
}

// A killer runs one command after another, in a workspace and with a relay of its
// own.
type killer struct {
	workspace
	program   string
	relay     *relay
	count     *killCount
	templates map[string]bool          // of the spools that were made
	usual     map[string]time.Duration // how long a command takes that is not killed
}

func newKiller(t testing.TB, program string, count *killCount) *killer {
	return &killer{workspace: newWorkspace(t), program: program, relay: startRelay(t), count: count,
		templates: make(map[string]bool), usual: make(map[string]time.Duration)}
}

// killAtCalls kills the command at each call of the system call, in one run after
// another, until it ends by itself.
func (k *killer) killAtCalls(s killing, call string) {
	for n := 1; n < 500; n++ {
		strace := []string{"strace", "-f", "-o", "/dev/null", "-e", "trace=" + call,
			"-e", fmt.Sprintf("inject=%s:signal=KILL:when=%d", call, n)}
		cmd := k.prepare(s, strace...)
		what := fmt.Sprintf("%s, killed at %s %d", s.name, call, n)
		killed := k.check(s, what, cmd, func() result { return run(k.t, cmd) })
		if !killed || k.t.Failed() {
			return
		}
		k.count.add(func(c *killCount) { c.atCalls++ })
	}
	k.t.Errorf("%s: %s has no end", s.name, call)
}

// killAtRandom kills the command at a random time.
func (k *killer) killAtRandom(s killing) {
	cmd := k.prepare(s)
	if k.usual[s.name] == 0 {
		began := time.Now()
		k.check(s, s.name, cmd, func() result { return run(k.t, cmd) })
		k.usual[s.name] = time.Since(began)
		return
	}
	after := rand.N(k.usual[s.name])
	killed := k.check(s, fmt.Sprintf("%s, killed after %v", s.name, after), cmd, func() result {
		var errs strings.Builder
		cmd.Stderr = &errs
		if err := cmd.Start(); err != nil {
			k.t.Error(err)
			return result{}
		}
		timer := time.AfterFunc(after, func() { _ = cmd.Process.Kill() })
		_ = cmd.Wait()
		timer.Stop()
		return result{err: errs.String(), code: cmd.ProcessState.ExitCode()}
	})
	if killed {
		k.count.add(func(c *killCount) { c.atRandom++ })
	}
}

func (c *killCount) add(f func(*killCount)) {
	c.mu.Lock()
	defer c.mu.Unlock()
	f(c)
}

// prepare makes the spool and returns the command. Words can be put before it.
func (k *killer) prepare(s killing, before ...string) *exec.Cmd {
	k.relay.reset()
	for _, name := range []string{"S", "T"} {
		if err := os.RemoveAll(k.path(name)); err != nil {
			k.t.Error(err)
		}
	}
	template := k.path("template " + s.name)
	if !k.templates[s.name] {
		k.templates[s.name] = true
		for i, to := range s.waiting {
			args := append([]string{"deliver", "--spool-only", "--spool", template, "-S", k.relay.url(), "-f", alice},
				strings.Fields(to)...)
			k.ended(k.message(fmt.Sprint("old ", i)), args...)
		}
	}
	if len(s.waiting) > 0 {
		if err := os.CopyFS(k.path("S"), os.DirFS(template)); err != nil {
			k.t.Error(err)
		}
		_ = os.Chmod(k.path("S"), 0o700)
		for _, name := range k.names("S") {
			_ = os.Chmod(k.path("S/"+name), 0o600)
		}
	}
	return k.spoolCommand(s, before...)
}

func (k *killer) spoolCommand(s killing, before ...string) *exec.Cmd {
	replace := map[string]string{"S": k.path("S"), "T": k.path("T"), "U": k.relay.url()}
	args := append(before, k.program)
	for _, word := range strings.Fields(s.args) {
		if r := replace[word]; r != "" {
			word = r
		}
		args = append(args, word)
	}
	if s.to != "" {
		args = append(append(args, "-f", alice), strings.Fields(s.to)...)
	}
	cmd := k.command(args[0], args[1:]...)
	if s.to != "" {
		cmd.Stdin = strings.NewReader(k.message("new"))
	}
	return cmd
}

func (k *killer) message(subject string) string {
	return "From: " + alice + "\nTo: " + bob + "\nSubject: " + subject + "\n\nx\n"
}

// ended runs mailpipe and returns what it printed on both streams.
func (k *killer) ended(stdin string, args ...string) string {
	cmd := k.command(k.program, args...)
	cmd.Stdin = strings.NewReader(stdin)
	r := run(k.t, cmd)
	if r.code != 0 && r.code != 75 && r.code != 69 {
		k.t.Errorf("%v: exit status %d: %s", args, r.code, r.err)
	}
	return r.out + r.err
}

func (k *killer) names(dir string) (names []string) {
	entries, _ := os.ReadDir(k.path(dir))
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names
}

// check runs the command, then sends what is left, and checks what arrived. It
// reports whether the command was killed.
func (k *killer) check(s killing, what string, cmd *exec.Cmd, command func() result) (killed bool) {
	if s.down {
		k.relay.stop()
	}
	r := command()
	if s.down {
		k.relay.start(k.t)
	}
	status := cmd.ProcessState.Sys().(syscall.WaitStatus)
	killed = status.Signaled() && status.Signal() == syscall.SIGKILL
	if !killed && r.code != 0 && r.code != 75 && r.code != 69 {
		k.t.Errorf("%s: exit status %d: %s", what, r.code, r.err)
	}
	said := r.err
	if s.flushed {
		said += k.flush()
	}
	if s.again {
		said += run(k.t, k.spoolCommand(s)).err
	}
	said += k.flush() + k.flush()
	k.checkArrived(s, what, r.code == 0 && !killed, strings.Count(said, "may have been delivered"))
	if k.t.Failed() {
		k.t.Logf("%s: it said:\n%s", what, said)
	}
	return killed
}

// flush sends what is in both spools, and returns what it printed.
func (k *killer) flush() (said string) {
	for _, dir := range []string{"S", "T"} {
		if len(k.names(dir)) > 0 {
			said += k.ended("", "queue", "flush", "--all", "--spool", k.path(dir))
		}
	}
	return said
}

// checkArrived checks what arrived and what is left.
func (k *killer) checkArrived(s killing, what string, ended bool, unknown int) {
	list := ""
	for _, dir := range []string{"S", "T"} {
		if len(k.names(dir)) > 0 {
			list += k.ended("", "queue", "list", "--spool", k.path(dir))
		}
	}
	arrived, _ := k.relay.counts()
	twice, total := 0, 0
	for a, n := range arrived {
		total += n
		if n > 1 {
			twice += n - 1
		}
		if s.dropped {
			k.t.Errorf("%s: %v was dropped and arrived", what, a)
		}
	}
	if twice > unknown {
		k.t.Errorf("%s: %d arrived twice, but %d may have: %v", what, twice, unknown, arrived)
	}
	k.count.add(func(c *killCount) {
		c.arrived, c.unknown, c.twice = c.arrived+total, c.unknown+unknown, c.twice+twice
		if ended {
			c.ended++
		}
	})
	subjects := map[string]string{}
	for i, to := range s.waiting {
		subjects[fmt.Sprint("old ", i)] = to
	}
	if ended && s.to != "" {
		subjects["new"] = s.to
	}
	left := 0
	for subject, to := range subjects {
		for _, address := range strings.Fields(to) {
			switch {
			case s.dropped:
			case address == busyUser:
				left++
				if !strings.Contains(list, "\tqueued\t") {
					k.t.Errorf("%s: %q for %s is not queued", what, subject, address)
				}
			case address == unknownUser:
				left++
				if !strings.Contains(list, "\tfailed\t") || !k.bounced(arrived) {
					k.t.Errorf("%s: %q did not fail with a bounce: %v\n%s", what, subject, arrived, list)
				}
			case arrived[arrival{subject, address}] == 0:
				k.t.Errorf("%s: %q for %s is lost: %v\n%s", what, subject, address, arrived, list)
			}
		}
	}
	// A message that was not acknowledged may be there, too.
	if lines := strings.Count(list, "\n"); lines < left || lines > left+strings.Count(s.to, busyUser) {
		k.t.Errorf("%s: %d messages are left, want %d:\n%s", what, lines, left, list)
	}
}

// bounced reports whether the sender got a notice.
func (k *killer) bounced(arrived map[arrival]int) bool {
	for a := range arrived {
		if a.to == alice {
			return true
		}
	}
	return false
}
