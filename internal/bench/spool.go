package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"mailpipe/internal/testservers"
)

// flushDisk waits until all is on disk, so that no row pays for what was written
// before it. If only the rows are tried out, it does not wait for what others write.
func (b *bench) flushDisk() error {
	if b.quick {
		return nil
	}
	return exec.Command("sync").Run()
}

// spooled compares what it takes to keep a mail.
func (b *bench) spooled() error {
	dead, stop, err := testservers.ListenFull("127.0.0.1:0")
	if err != nil {
		return err
	}
	defer stop()
	message, err := same(b.crlf)
	if err != nil {
		return err
	}
	dir := b.path("spool")
	deliver := b.deliver()
	keep := b.deliver("--spool", dir)
	cat := []string{"cat", b.crlf}
	sent := fmt.Sprintf("%d MB", b.largeMB*78/57)
	large := reading(b.crlf, b.spoolOnly(dir, b.url()))
	large.before = remove(dir)
	dd := pipeline([]string{"dd", "if=" + b.crlf, "of=" + b.path("copy"), "bs=1M", "conv=fsync"})
	dd.before = remove(b.path("copy"))
	flush := pipeline(b.flush(dir))
	flush.before = func() error {
		if _, _, err := large.run(); err != nil {
			return err
		}
		return b.flushDisk()
	}
	count := b.amount(500, 20)
	only := b.spoolOnly(dir, "smtp://"+dead.Addr().String(), "--connect-timeout", "1s")
	first := slices.DeleteFunc(slices.Clone(only), func(word string) bool { return word == "--spool-only" })
	open := b.repeated(count, first)
	open.before = func() error {
		if err := remove(dir)(); err != nil {
			return err
		}
		_, _, err := reading(b.mail, first).run() // waits for the server
		return err
	}
	closed := b.repeated(count, only)
	closed.before = remove(dir)
	rows := []pair{
		{work: "`deliver --spool`, small mail, accepted : `deliver`", bound: 1.05, runs: 6 * b.runs,
			ours: reading(b.mail, keep), theirs: reading(b.mail, deliver), check: arrived},
		{work: "`deliver --spool` " + sent + " of a file : `deliver`", bound: 1.05,
			ours: reading(b.crlf, keep), theirs: reading(b.crlf, deliver), check: message},
		{work: "`deliver --spool` " + sent + " of a pipe : `deliver`", bound: 2,
			ours: pipeline(cat, keep), theirs: pipeline(cat, deliver), check: message},
		{work: "`deliver --spool-only` " + sent + " : `dd conv=fsync`", bound: 1.3, ours: large, theirs: dd},
		{work: "`queue flush` of " + sent + " : `deliver` of the file", bound: 1.1,
			ours: flush, theirs: reading(b.crlf, deliver), check: message},
		{work: fmt.Sprintf("%d × `deliver --spool`, server accepts no connection : `--spool-only`", count),
			bound: 1.5, runs: 1, ours: open, theirs: closed},
	}
	refused, err := b.refused()
	if err != nil {
		return err
	}
	return b.pairs("Mails in a spool", append(rows, refused...))
}

// refused compares what becomes of a mail when the server refuses connections.
func (b *bench) refused() ([]pair, error) {
	addr, err := freeAddress()
	if err != nil {
		return nil, err
	}
	dir := b.path("spool-refused")
	send := reading(b.text, []string{b.mailpipe, "send", "-q", "-S", "smtp://" + addr, "--tls", "none", "--spool", dir,
		"-f", from, "-t", to, "-s", "small"})
	send.before = remove(filepath.Join(dir, "server-*")) // otherwise the server is not contacted

	sendmail := pipeline([]string{"sendmail of Postfix"})
	if hasPostfix() {
		p, err := b.makePostfix("postfix-refused", addr)
		if err != nil {
			return nil, err
		}
		sendmail = p.command("sendmail", "-f", from, to)
		sendmail.stdin = b.mail
	}
	inject := pipeline([]string{"nullmailer-inject"})
	if hasNullmailer() {
		n, err := b.makeNullmailer("nullmailer-refused", addr)
		if err != nil {
			return nil, err
		}
		inject = n.inject(b.mail)
	}
	work := "`send --spool`, connection refused : "
	runs := 6 * b.runs
	return []pair{
		{work: work + "`sendmail` of Postfix", bound: 1, runs: runs, ours: send, theirs: sendmail},
		{work: work + "`nullmailer-inject`", bound: 1.5, runs: runs, ours: send, theirs: inject},
		{work: work + "`msmtpq`", bound: 0.5, runs: runs, ours: send, theirs: b.msmtpq("msmtpq-refused", addr)},
	}, nil
}

// repeated returns a job that runs a command many times, each for a small mail.
func (b *bench) repeated(n int, words []string) job {
	loop := fmt.Sprintf(`i=0; while [ $i -lt %d ]; do "$@" <%s || exit; i=$((i+1)); done`, n, b.mail)
	return pipeline(append([]string{"sh", "-c", loop, "sh"}, words...))
}

// flush returns a command that sends what is due in a spool.
func (b *bench) flush(dir string, flags ...string) []string {
	return append([]string{b.mailpipe, "queue", "flush", "-q", "--config", "none", "--spool", dir}, flags...)
}

const msmtpq = "/usr/libexec/msmtp/msmtpq/msmtpq"

// msmtpq returns a job that sends a mail with msmtp, or puts it into a queue.
func (b *bench) msmtpq(queue, addr string) job {
	host, port, _ := strings.Cut(addr, ":")
	j := reading(b.mail, []string{msmtpq, "--host=" + host, "--port=" + port, "--tls=off", "-f", from, to})
	j.env = []string{"EMAIL_CONN_TEST=x", "EMAIL_QUEUE_QUIET=t", "MSMTPQ_LOG=", "MSMTPQ_Q=" + b.path(queue)}
	return j
}

// remove returns a function that removes the files that match a pattern.
func remove(pattern string) func() error {
	return func() error {
		all, err := filepath.Glob(pattern)
		for _, name := range all {
			if err := os.RemoveAll(name); err != nil {
				return err
			}
		}
		return err
	}
}
