package main

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// throughput compares what large attachments take.
func (b *setup) throughput() error {
	head("Large attachments")
	size := func(n int64) string { return fmt.Sprintf("%d MB", n>>20) }
	smtp := "smtp://" + b.sink.addr
	compose := append([]string{b.mailpipe}, composeArgs(b.file)...)
	deliver := []string{b.mailpipe, "deliver", "-S", smtp, "--tls", "none"}
	secure := []string{b.mailpipe, "deliver", "-S", smtp, "--tls", "required", "--tls-ca", b.ca}
	send := append([]string{b.mailpipe, "send", "-S", smtp, "--tls", "none"}, composeArgs(b.file)[1:]...)
	curl := []string{"curl", "-sS", "--url", smtp, "--mail-from", from, "--mail-rcpt", to, "-T", b.crlf}
	base64 := []string{"base64", "-w76", b.file}
	cat := []string{"cat"}
	mpack := []string{"mpack", "-s", "benchmark", "-o", os.DevNull, b.file}
	form := append([]string{b.mailpipe}, composeArgs(b.form)...)
	sendForm := append([]string{b.mailpipe, "send", "-S", smtp, "--tls", "none"}, composeArgs(b.form)[1:]...)
	curlForm := []string{"curl", "-sS", "--url", smtp, "--mail-from", from, "--mail-rcpt", to, "-H", "Subject: benchmark",
		"-F", "=A large one.;type=text/plain", "-F", "file=@" + b.form + ";encoder=base64"}
	whole, err := same(b.crlf)
	if err != nil {
		return err
	}
	composed, err := b.composed(b.file)
	if err != nil {
		return err
	}
	small, err := b.composed(b.form)
	if err != nil {
		return err
	}
	piped := func(words ...[]string) job { return job{Commands: words} }
	a, m := size(b.sizes.attachment), size(b.sizes.message)
	for _, p := range []pair{
		{work: "`compose -a` " + a + " >/dev/null : `base64 -w76`", ours: one(compose...), theirs: one(base64...), bound: 0.33, goal: 0.20},
		{work: "`compose -a` " + a + " \\| cat : `base64 -w76` \\| cat", ours: piped(compose, cat), theirs: piped(base64, cat), bound: 0.33, goal: 0.20},
		{work: "`compose -a` " + a + " >/dev/null : `mpack`", ours: one(compose...), theirs: one(mpack...), bound: 0.05, goal: 0.03, runs: 2},
		{work: "`compose -a` " + a + " \\| cat : `mpack`", ours: piped(compose, cat), theirs: one(mpack...), bound: 0.05, goal: 0.03, runs: 2},
		{work: "`deliver` " + m + ", CRLF : `curl -T`", ours: b.fed(deliver, b.crlf), theirs: one(curl...), bound: 0.70, goal: 0.50, check: whole},
		{work: "`deliver` " + m + ", LF : `curl -T` of CRLF", ours: b.fed(deliver, b.lf), theirs: one(curl...), bound: 0.70, goal: 0.50, check: whole},
		{work: "`deliver` " + m + ", CRLF : a bare copy to the socket", ours: b.fed(deliver, b.crlf), theirs: b.copy(), bound: 1.5, goal: 1.1, check: whole},
		{work: "`deliver` " + m + ", LF : a bare copy to the socket", ours: b.fed(deliver, b.lf), theirs: b.copy(), bound: 1.5, goal: 1.1, check: whole},
		{work: "`deliver` " + m + ", STARTTLS : `curl -T --ssl-reqd`", ours: b.fed(secure, b.crlf),
			theirs: one(append([]string{"curl", "--ssl-reqd", "--cacert", b.ca}, curl[1:]...)...), bound: 0.9, goal: 0.7, check: whole},
		{work: "`compose -a` " + a + " \\| `deliver` : `curl -T` of " + m, ours: piped(compose, deliver), theirs: one(curl...),
			bound: 1.1, goal: 0.6, check: composed, loose: true},
		{work: "`send -a` " + a + " : `curl -T` of " + m, ours: one(send...), theirs: one(curl...),
			bound: 1.1, goal: 0.6, check: composed, loose: true},
		{work: "`compose -a` " + size(b.sizes.form) + " \\| `deliver` : `curl -F`", ours: piped(form, deliver), theirs: one(curlForm...),
			bound: 0.04, goal: 0.02, check: small, loose: true},
		{work: "`send -a` " + size(b.sizes.form) + " : `curl -F`", ours: one(sendForm...), theirs: one(curlForm...),
			bound: 0.04, goal: 0.02, check: small, loose: true},
	} {
		if err := b.pair(p); err != nil {
			return err
		}
	}
	return nil
}

// fed is a job of one command that reads a file.
func (b *setup) fed(words []string, file string) job {
	return job{Commands: [][]string{words}, Stdin: file}
}

// copy is this program as a client that only copies a file to the socket.
func (b *setup) copy() job {
	return job{Commands: [][]string{{b.copier}}, Stdin: b.crlf, Env: []string{copierTo + "=" + b.sink.addr}}
}

// small compares what a small mail and a start take.
func (b *setup) small() error {
	head("Small mails and starts")
	smtp := "smtp://" + b.sink.addr
	host, port, _ := strings.Cut(b.sink.addr, ":")
	message := filepath.Join(b.dir, "small.eml")
	if err := os.WriteFile(message, []byte("From: "+from+"\nTo: "+to+"\nSubject: small\n\nHello.\n"), 0o600); err != nil {
		return err
	}
	text := filepath.Join(b.dir, "small.txt")
	if err := os.WriteFile(text, []byte("Hello.\n"), 0o600); err != nil {
		return err
	}
	compose := []string{b.mailpipe, "compose", "-f", from, "-t", to, "-s", "small"}
	deliver := []string{b.mailpipe, "deliver", "-S", smtp, "--tls", "none"}
	arrived := func(m mail) error {
		if m.to != 1 || m.size < 50 || m.size > 2000 {
			return fmt.Errorf("%d octets for %d recipients arrived", m.size, m.to)
		}
		return nil
	}
	msmtp := job{Commands: [][]string{{"msmtp", "--host=" + host, "--port=" + port, "--tls=off", "-f", from, to}}, Stdin: message}
	many := 6 * b.runs
	for _, p := range []pair{
		{work: "`compose` \\| `deliver`, small mail : `msmtp` of a ready one", ours: job{Commands: [][]string{compose, deliver}, Stdin: text},
			theirs: msmtp, bound: 1.0, goal: 0.5, runs: many, check: arrived},
		{work: "`deliver`, small mail : `msmtp`", ours: b.fed(deliver, message), theirs: msmtp, runs: many, check: arrived},
		{work: "`send`, small mail : `s-nail`", ours: job{Commands: [][]string{append([]string{b.mailpipe, "send", "-S", smtp, "--tls", "none"}, compose[2:]...)}, Stdin: text},
			theirs: job{Commands: [][]string{{"s-nail", "-:/", "-S", "v15-compat", "-S", "mta=smtp://" + b.sink.addr, "-S", "smtp-auth=none", "-r", from, "-s", "small", to}}, Stdin: text},
			runs:   b.runs, check: arrived},
		{work: "`compose` of a small mail : `mmime` of mblaze", ours: job{Commands: [][]string{compose}, Stdin: text},
			theirs: b.fed([]string{"mmime"}, message), runs: many},
		{work: "`mailpipe --version` : an empty Go program", ours: one(b.mailpipe, "--version"),
			theirs: one(b.empty), bound: 3.5, goal: 2.5, most: 0.005, series: 20},
		{work: "`mailpipe deliver --help` : an empty Go program", ours: one(b.mailpipe, "deliver", "--help"),
			theirs: one(b.empty), bound: 3.5, goal: 2.5, most: 0.005, series: 20},
	} {
		if err := b.pair(p); err != nil {
			return err
		}
	}
	files, err := someFiles(1000)
	if err != nil {
		return err
	}
	return b.pair(pair{work: fmt.Sprintf("`detect` of %d files : `file --mime-type`", len(files)),
		ours:   one(append([]string{b.mailpipe, "detect"}, files...)...),
		theirs: one(append([]string{"file", "--mime-type"}, files...)...), bound: 0.3, goal: 0.1})
}

// one is a job of one command that reads nothing.
func one(words ...string) job { return job{Commands: [][]string{words}} }

// someFiles finds files of many kinds that every Debian has.
func someFiles(n int) ([]string, error) {
	var all []string
	for _, dir := range []string{"/usr/share", "/usr/lib", "/etc"} {
		err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
			if err == nil && d.Type().IsRegular() {
				all = append(all, path)
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
