package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// flushed compares what it takes to send and to list what waits.
func (b *bench) flushed() error {
	some, many := b.amount(1000, 20), b.amount(10000, 100)
	s, err := startSink(0)
	if err != nil {
		return err
	}
	defer s.close()
	url := "smtp://" + s.addr()
	fillMany := once(func() error { return b.fillSpool(b.path("many"), url, many) })
	fillSome := once(func() error { return b.fillSpool(b.path("some"), url, some) })
	again := func(name string, fill func() error) func() error {
		return func() error {
			s.reset()
			if err := fill(); err != nil {
				return err
			}
			return b.fresh(b.path("spool"), b.path(name))()
		}
	}
	ours := pipeline(b.flush(b.path("spool")))
	ours.before = again("some", fillSome)
	one := pipeline(b.flush(b.path("spool")))
	one.before = again("many", fillMany)
	ourList := pipeline([]string{b.mailpipe, "queue", "list", "--config", "none", "--spool", b.path("many")})
	ourList.before = fillMany
	all := one
	all.commands = [][]string{append([]string{"sh", "-c",
		`for i in 1 2 3 4 5 6 7 8 9 10; do "$@" & done; wait`, "sh"}, b.flush(b.path("spool"))...)}

	postqueue, list := pipeline([]string{"postqueue of Postfix"}), pipeline([]string{"postqueue of Postfix"})
	if hasPostfix() {
		p, err := b.makePostfix("postfix", s.addr())
		if err != nil {
			return err
		}
		start := once(p.start)
		defer p.stop()
		list = p.command("postqueue", "-j")
		list.before = once(func() error {
			if err := start(); err != nil {
				return err
			}
			if err := p.fill(many); err != nil {
				return err
			}
			return b.flushDisk()
		})
		postqueue = p.command("postqueue", "-f")
		postqueue.before = func() error {
			s.reset()
			if err := start(); err != nil {
				return err
			}
			if err := p.fill(some); err != nil {
				return err
			}
			if err := b.flushDisk(); err != nil {
				return err
			}
			return p.release()
		}
		postqueue.until = func() error { return s.await(some) }
	}
	nullmailer := pipeline([]string{"nullmailer-send"})
	if hasNullmailer() {
		n, err := b.makeNullmailer("nullmailer", s.addr())
		if err != nil {
			return err
		}
		filled, err := n.fill(b.mail, some)
		if err != nil {
			return err
		}
		nullmailer = n.send()
		nullmailer.before = func() error {
			s.reset()
			return b.fresh(n.queue(), filled)()
		}
		nullmailer.until = func() error { return s.await(some) }
	}
	work := fmt.Sprintf("`queue flush` of %d small mails : ", some)
	return b.pairs("Mails that wait", []pair{
		{work: fmt.Sprintf("`queue list` of %d : `postqueue -j`", many), bound: 1,
			ours: ourList, theirs: list},
		{work: work + "`nullmailer-send`", bound: 0.2, runs: 1, ours: ours, theirs: nullmailer},
		{work: work + "`msmtp-queue -r` without its ping", bound: 0.02, runs: 1, ours: ours, theirs: b.msmtpQueue(s, some)},
		{work: work + "`postqueue -f` of Postfix", bound: 1, runs: 1, ours: ours, theirs: postqueue},
		{work: fmt.Sprintf("ten `queue flush` at once of %d : one", many), bound: 1.3, runs: 1, ours: all, theirs: one},
	})
}

// msmtpQueue returns a job that sends what waits in a queue of msmtpq.
func (b *bench) msmtpQueue(s *sink, n int) job {
	j := b.msmtpq("msmtpq", s.addr())
	queue := b.path("msmtpq")
	j.commands = [][]string{{msmtpq, "--q-mgmt", "-r"}}
	j.stdin = ""
	j.before = func() error {
		s.reset()
		if err := fillMsmtpq(queue, b.mail, s.addr(), n); err != nil {
			return err
		}
		return b.flushDisk()
	}
	return j
}

// fillMsmtpq makes a queue as msmtpq does: one file for the mail, one for the
// arguments of msmtp.
func fillMsmtpq(queue, mail, addr string, n int) error {
	text, err := os.ReadFile(mail)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(queue, 0o700); err != nil {
		return err
	}
	host, port, _ := strings.Cut(addr, ":")
	arguments := fmt.Sprintf("--host=%s --port=%s --tls=off -f %s %s\n", host, port, from, to)
	for i := range n {
		name := filepath.Join(queue, fmt.Sprintf("2026-01-02-03.04.05-%d", i))
		if err := os.WriteFile(name+".mail", text, 0o600); err != nil {
			return err
		}
		if err := os.WriteFile(name+".msmtp", []byte(arguments), 0o600); err != nil {
			return err
		}
	}
	return nil
}

// fresh returns a function that replaces a directory by a copy of another one, and
// waits until it is on disk.
func (b *bench) fresh(dir, from string) func() error {
	return func() error {
		if err := os.RemoveAll(dir); err != nil {
			return err
		}
		out, err := exec.Command("cp", "-a", from, dir).CombinedOutput()
		if err != nil {
			return fmt.Errorf("cp: %w: %s", err, out)
		}
		return b.flushDisk()
	}
}

// once returns a function that calls another one the first time only.
func once(f func() error) func() error {
	done := false
	return func() error {
		if done {
			return nil
		}
		done = true
		return f()
	}
}
