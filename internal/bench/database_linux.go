package main

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"mailpipe/internal/pgtest"
)

// A database is a spool that many machines share, and the mail server to which they
// send.
type database struct {
	*bench
	testing.TB
	server *pgtest.Server
	name   string
	config string // the directory of configurations; its account allows several connections to the sink
	sink   *sink
}

// database measures what a spool in a database takes.
func (b *bench) database() error { return withTB(b.withDatabase) }

func (b *bench) withDatabase(t testing.TB) error {
	s, err := startSink(50 * time.Millisecond)
	if err != nil {
		return err
	}
	defer s.close()
	d := &database{bench: b, TB: t, server: pgtest.Start(t), config: b.path("config"), sink: s}
	d.name = d.server.CreateDatabase(t)
	account := fmt.Sprintf("[accounts.relay]\nserver = \"smtp://%s\"\nconnections = 4\n", s.addr())
	if err := os.MkdirAll(filepath.Join(d.config, "mailpipe"), 0o700); err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(d.config, "mailpipe/config.toml"), []byte(account), 0o600); err != nil {
		return err
	}
	if _, _, err := d.job("queue", "init").run(); err != nil {
		return err
	}
	for _, row := range []func() error{d.storing, d.sending, d.listing} {
		if err := row(); err != nil {
			return err
		}
	}
	return nil
}

// job returns a job that runs mailpipe with the database.
func (d *database) job(words ...string) job {
	j := pipeline(append(append([]string{d.mailpipe}, words...), "--spool", d.server.URL(d.name)))
	j.env = append(d.server.Env(), "XDG_CONFIG_HOME="+d.config)
	return j
}

// keep returns a job that stores a small message.
func (d *database) keep() job {
	j := d.job("deliver", "-q", "--spool-only", "-A", "relay", "-f", from, to)
	j.stdin = d.mail
	return j
}

// storing compares storing a message with psql, which inserts the same values into a
// table that has no other index than that of its key.
func (d *database) storing() error {
	keep := d.keep()
	if _, _, err := keep.run(); err != nil {
		return err
	}
	d.server.SQL(d, d.name, "CREATE TABLE mail (id text PRIMARY KEY, envelope json, content bytea)")
	insert := reading(d.path("insert.sql"), []string{pgtest.Tool(d, "psql"), "-Xq", d.server.URL(d.name)})
	insert.env = d.server.Env()
	statement := d.server.SQL(d, d.name, `SELECT format('INSERT INTO mail VALUES (gen_random_uuid(), %L, %L);',
		envelope, data) FROM mailpipe.entry JOIN mailpipe.content USING (id)`)
	if err := os.WriteFile(insert.stdin, []byte(statement+"\n"), 0o600); err != nil {
		return err
	}
	return d.measure(pair{work: "`deliver --spool-only`, small mail : `psql` inserting it", bound: 1.5, runs: 6 * d.runs,
		ours: keep, theirs: insert})
}

// sending compares how long several workers and one take to send messages.
func (d *database) sending() error {
	mails := d.amount(200, 8)
	workers := func(n int) job {
		j := d.job("queue", "run", "-q")
		for range n - 1 {
			j.commands = append(j.commands, j.commands[0])
		}
		j.before = func() error { return d.fill(mails) }
		j.until = func() error { return d.sink.await(mails) }
		return j
	}
	for _, row := range []struct {
		workers int
		bound   float64
	}{{2, 0.55}, {4, 0.29}} { // 1.8 and 3.4 times as many in the same time
		err := d.measure(pair{
			work:  fmt.Sprintf("%d × `queue run`, %d small mails, replies after 50 ms : one", row.workers, mails),
			bound: row.bound, runs: 1, ours: workers(row.workers), theirs: workers(1),
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// fill fills the spool with n small messages.
func (d *database) fill(n int) error {
	d.sink.reset()
	d.server.SQL(d, d.name, "DELETE FROM mailpipe.entry; DELETE FROM mailpipe.lock; DELETE FROM mailpipe.record")
	if _, _, err := d.keep().run(); err != nil {
		return err
	}
	d.server.FillSpool(d, d.name, n)
	return d.flushDisk()
}

// listing measures the first line of a list of many messages, and the claim of one.
func (d *database) listing() error {
	count := d.amount(100_000, 1000)
	if err := d.fill(count); err != nil {
		return err
	}
	d.server.SQL(d, d.name, "ALTER DATABASE "+d.name+" SET log_min_duration_statement = 0")
	var lines, claims []float64
	for range d.rounds {
		began := time.Now()
		id, err := d.firstListed()
		if err != nil {
			return err
		}
		lines = append(lines, time.Since(began).Seconds())
		before := len(d.server.Log())
		if _, _, err := d.job("queue", "flush", "-q", id).run(); err != nil {
			return err
		}
		claims = append(claims, claimTime(d.server.Log()[before:]))
	}
	d.row(fmt.Sprintf("first line of `queue list` of %d", count), median(lines), 1)
	d.row(fmt.Sprintf("claim of one of %d, in the server", count), median(claims), 0.01)
	return nil
}

// firstListed returns the ID in the first line of the list, without waiting for the rest.
func (d *database) firstListed() (id string, err error) {
	j := d.job("queue", "list")
	list := exec.Command(j.commands[0][0], j.commands[0][1:]...)
	list.Env, list.Stderr = append(os.Environ(), j.env...), os.Stderr
	out, err := list.StdoutPipe()
	if err != nil {
		return "", err
	}
	if err := list.Start(); err != nil {
		return "", err
	}
	line, err := bufio.NewReader(out).ReadString('\t')
	_ = list.Process.Kill()
	_ = list.Wait() // it was killed
	return strings.TrimSuffix(line, "\t"), err
}

var statementTime = regexp.MustCompile(`duration: ([0-9.]+) ms  \w+ \S+: .*(?:\n\t.*)*`)

// claimTime returns how long the server took for a claim, according to its log, in
// seconds. A statement has three lines: that it was parsed, bound and executed.
func claimTime(log string) (seconds float64) {
	for _, m := range statementTime.FindAllStringSubmatch(log, -1) {
		if strings.Contains(m[0], "SKIP LOCKED") {
			ms, _ := strconv.ParseFloat(m[1], 64)
			seconds += ms / 1000
		}
	}
	return seconds
}

// row prints a row about a time that is compared with nothing.
func (d *database) row(work string, seconds, bound float64) {
	result := "held"
	if seconds > bound || seconds == 0 {
		result = "**missed**"
	}
	fmt.Printf("| %s | %s | | | %s | %s |\n", work, duration(seconds), duration(bound), result)
}
