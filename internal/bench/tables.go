package main

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// largeAttachments compares how long large attachments take.
func (b *bench) largeAttachments() error {
	if err := b.makeLargeFiles(); err != nil {
		return err
	}
	compose := b.compose(b.large)
	deliver := b.deliver()
	secure := []string{b.mailpipe, "deliver", "-S", b.url(), "--tls-ca", b.ca}
	base64 := pipeline([]string{"base64", "-w76", b.large}, []string{"cat"})
	mpack := pipeline([]string{"mpack", "-s", "benchmark", "-o", os.DevNull, b.large})
	curl := b.curl("-T", b.crlf)
	form := b.curl("-H", "Subject: benchmark", "-F", "=See below.;type=text/plain",
		"-F", "file=@"+b.medium+";encoder=base64")
	bareCopy := reading(b.crlf, []string{b.self, "copy", b.server.addr})
	message, err := same(b.crlf)
	if err != nil {
		return err
	}
	medium, err := same(b.mediumMail)
	if err != nil {
		return err
	}

	large := fmt.Sprintf("%d MB", b.largeMB)
	sent := fmt.Sprintf("%d MB", b.largeMB*78/57) // in base64
	smaller := fmt.Sprintf("%d MB", b.largeMB/8)
	return b.pairs("Large attachments", []pair{
		{work: "`compose -a` " + large + " \\| cat : `base64 -w76` \\| cat", bound: 0.35,
			ours: pipeline(compose, []string{"cat"}), theirs: base64},
		{work: "`compose -a` " + large + " \\| cat : `mpack`", bound: 0.05, runs: 2,
			ours: pipeline(compose, []string{"cat"}), theirs: mpack},
		{work: "`deliver` " + sent + ", CRLF : `curl -T`", bound: 0.5,
			ours: reading(b.crlf, deliver), theirs: curl, check: message},
		{work: "`deliver` " + sent + ", LF : `curl -T` of CRLF", bound: 0.55,
			ours: reading(b.lf, deliver), theirs: curl, check: message},
		{work: "`deliver` " + sent + ", CRLF : a bare copy to the socket", bound: 1.4,
			ours: reading(b.crlf, deliver), theirs: bareCopy, check: message},
		{work: "`deliver` " + sent + ", LF : a bare copy to the socket", bound: 1.6,
			ours: reading(b.lf, deliver), theirs: bareCopy, check: message},
		{work: "`deliver` " + sent + ", STARTTLS : `curl -T --ssl-reqd`", bound: 0.9,
			ours: reading(b.crlf, secure), theirs: b.curl("--ssl-reqd", "--cacert", b.ca, "-T", b.crlf), check: message},
		{work: "`compose -a` " + large + " \\| `deliver` : `curl -T` of " + sent, bound: 0.8,
			ours: pipeline(compose, deliver), theirs: curl, check: message},
		{work: "`send -a` " + large + " : `curl -T` of " + sent, bound: 0.8,
			ours: pipeline(b.send(b.large)), theirs: curl, check: message},
		{work: "`compose -a` " + smaller + " \\| `deliver` : `curl -F`", bound: 0.04,
			ours: pipeline(b.compose(b.medium), deliver), theirs: form, check: medium, checkTheirs: arrived},
		{work: "`send -a` " + smaller + " : `curl -F`", bound: 0.04,
			ours: pipeline(b.send(b.medium)), theirs: form, check: medium, checkTheirs: arrived},
	})
}

func (b *bench) url() string { return "smtp://" + b.server.addr }

// send returns a command that sends what compose composes.
func (b *bench) send(files ...string) []string {
	return append([]string{b.mailpipe, "send", "-S", b.url(), "--tls", "none"}, b.compose(files...)[2:]...)
}

// deliver returns a command that delivers without TLS.
func (b *bench) deliver(args ...string) []string {
	return append([]string{b.mailpipe, "deliver", "-S", b.url(), "--tls", "none"}, args...)
}

// msmtp returns a job that sends a mail with msmtp.
func (b *bench) msmtp(mail string) job {
	host, port, _ := strings.Cut(b.server.addr, ":")
	return reading(mail, []string{"msmtp", "--host=" + host, "--port=" + port, "--tls=off", "-f", from, to})
}

// curl returns a job that sends a mail with curl.
func (b *bench) curl(args ...string) job {
	return pipeline(append([]string{"curl", "-sS", "--url", b.url(), "--mail-from", from, "--mail-rcpt", to}, args...))
}

// arrived checks only that a mail arrived.
func arrived(r received) error {
	if r.Recipients != 1 || r.Size < 50 {
		return fmt.Errorf("%d octets arrived for %d recipients", r.Size, r.Recipients)
	}
	return nil
}

// smallMails compares how long small mails and starts take.
func (b *bench) smallMails() error {
	nothing := b.path("nothing.go")
	if err := os.WriteFile(nothing, []byte("package main\n\nfunc main() {}\n"), 0o600); err != nil {
		return err
	}
	empty, err := b.build("nothing", nothing)
	if err != nil {
		return err
	}
	some, err := someFiles(b.amount(1000, 50))
	if err != nil {
		return err
	}
	compose := []string{b.mailpipe, "compose", "-f", from, "-t", to, "-s", "small"}
	deliver := b.deliver()
	send := append([]string{b.mailpipe, "send", "-S", b.url(), "--tls", "none"}, compose[2:]...)
	msmtp := b.msmtp(b.mail)
	snail := reading(b.text, []string{"s-nail", "-:/", "-S", "v15-compat", "-S", "mta=" + b.url(), "-S", "smtp-auth=none",
		"-r", from, "-s", "small", to})
	return b.pairs("Small mails and starts", []pair{
		{work: "`compose` \\| `deliver`, small mail : `msmtp` of a ready one", bound: 0.25, runs: 6 * b.runs,
			ours: job{commands: [][]string{compose, deliver}, stdin: b.text}, theirs: msmtp, check: arrived},
		{work: "`send`, small mail : `s-nail`", ours: reading(b.text, send), theirs: snail, check: arrived},
		{work: "`compose` of a small mail : `mmime` of mblaze", runs: 6 * b.runs,
			ours: reading(b.text, compose), theirs: reading(b.mail, []string{"mmime"})},
		{work: "`mailpipe --version` : an empty Go program", bound: 3.5, runs: 20 * b.runs,
			ours: pipeline([]string{b.mailpipe, "--version"}), theirs: pipeline([]string{empty})},
		{work: fmt.Sprintf("`detect` of %d files : `file --mime-type`", len(some)), bound: 0.3,
			ours:   pipeline(append([]string{b.mailpipe, "detect"}, some...)),
			theirs: pipeline(append([]string{"file", "--mime-type"}, some...))},
	})
}

// someFiles returns the names of up to n files of many types.
func someFiles(n int) ([]string, error) {
	var all []string
	for _, dir := range []string{"/usr/share", "/usr/lib", "/etc"} {
		err := filepath.WalkDir(dir, func(name string, d fs.DirEntry, err error) error {
			if err == nil && d.Type().IsRegular() {
				all = append(all, name)
			}
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	var some []string
	for i := range min(n, len(all)) {
		some = append(some, all[i*len(all)/n])
	}
	return some, nil
}
