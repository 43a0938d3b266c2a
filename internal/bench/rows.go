package main

import (
	"bytes"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"mailpipe/internal/message"
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
	one := func(words []string) job { return job{Commands: [][]string{words}} }
	piped := func(words ...[]string) job { return job{Commands: words} }
	a, m := size(b.sizes.attachment), size(b.sizes.message)
	for _, p := range []pair{
		{work: "`compose -a` " + a + " >/dev/null : `base64 -w76`", ours: one(compose), theirs: one(base64), bound: 0.33, goal: 0.20},
		{work: "`compose -a` " + a + " \\| cat : `base64 -w76` \\| cat", ours: piped(compose, cat), theirs: piped(base64, cat), bound: 0.33, goal: 0.20},
		{work: "`compose -a` " + a + " >/dev/null : `mpack`", ours: one(compose), theirs: one(mpack), bound: 0.05, goal: 0.03, runs: 2},
		{work: "`compose -a` " + a + " \\| cat : `mpack`", ours: piped(compose, cat), theirs: one(mpack), bound: 0.05, goal: 0.03, runs: 2},
		{work: "`deliver` " + m + ", CRLF : `curl -T`", ours: b.fed(deliver, b.crlf), theirs: one(curl), bound: 0.70, goal: 0.50, check: whole},
		{work: "`deliver` " + m + ", LF : `curl -T` of CRLF", ours: b.fed(deliver, b.lf), theirs: one(curl), bound: 0.70, goal: 0.50, check: whole},
		{work: "`deliver` " + m + ", CRLF : a bare copy to the socket", ours: b.fed(deliver, b.crlf), theirs: b.copy(), bound: 1.5, goal: 1.1, check: whole},
		{work: "`deliver` " + m + ", LF : a bare copy to the socket", ours: b.fed(deliver, b.lf), theirs: b.copy(), bound: 1.5, goal: 1.1, check: whole},
		{work: "`deliver` " + m + ", STARTTLS : `curl -T --ssl-reqd`", ours: b.fed(secure, b.crlf),
			theirs: one(append([]string{"curl", "--ssl-reqd", "--cacert", b.ca}, curl[1:]...)), bound: 0.9, goal: 0.7, check: whole},
		{work: "`compose -a` " + a + " \\| `deliver` : `curl -T` of " + m, ours: piped(compose, deliver), theirs: one(curl),
			bound: 1.1, goal: 0.6, check: composed, loose: true},
		{work: "`send -a` " + a + " : `curl -T` of " + m, ours: one(send), theirs: one(curl),
			bound: 1.1, goal: 0.6, check: composed, loose: true},
		{work: "`compose -a` " + size(b.sizes.form) + " \\| `deliver` : `curl -F`", ours: piped(form, deliver), theirs: one(curlForm),
			bound: 0.04, goal: 0.02, check: small, loose: true, runs: 2},
		{work: "`send -a` " + size(b.sizes.form) + " : `curl -F`", ours: one(sendForm), theirs: one(curlForm),
			bound: 0.04, goal: 0.02, check: small, loose: true, runs: 2},
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
		{work: "`mailpipe --version` : an empty Go program", ours: job{Commands: [][]string{{b.mailpipe, "--version"}}},
			theirs: job{Commands: [][]string{{b.empty}}}, bound: 3.5, goal: 2.5, most: 0.005, runs: many},
		{work: "`mailpipe deliver --help` : an empty Go program", ours: job{Commands: [][]string{{b.mailpipe, "deliver", "--help"}}},
			theirs: job{Commands: [][]string{{b.empty}}}, bound: 3.5, goal: 2.5, most: 0.005, runs: many},
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
		ours:   job{Commands: [][]string{append([]string{b.mailpipe, "detect"}, files...)}},
		theirs: job{Commands: [][]string{append([]string{"file", "--mime-type"}, files...)}}, bound: 0.3, goal: 0.1})
}

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

// roundTrips counts what a client waits for on a slow line.
func (b *setup) roundTrips() error {
	if !b.wanted("round trips") {
		return nil
	}
	slow, err := newRelay(b.sink.addr, 50*time.Millisecond)
	if err != nil {
		return err
	}
	message := filepath.Join(b.dir, "small.eml")
	if err := os.WriteFile(message, []byte("From: "+from+"\nTo: "+to+"\nSubject: small\n\nHello.\n"), 0o600); err != nil {
		return err
	}
	smtp := "smtp://" + slow.addr
	host, port, _ := strings.Cut(slow.addr, ":")
	mailpipe := []string{b.mailpipe, "deliver", "-S", smtp}
	curl := []string{"curl", "-sS", "--url", smtp, "--mail-from", from, "--mail-rcpt", to, "-T", message}
	msmtp := []string{"msmtp", "--host=" + host, "--port=" + port, "-f", from}
	swaks := []string{"swaks", "--silent", "-s", host, "-p", port, "-f", from, "-t", to, "--data", "@" + message}
	fmt.Printf("\n## Round trips\n\nA small mail through a relay that holds each direction back by 50 ms; a flight is what the client\nwaits for: the greeting, then each answer to what it sent in one go.\n\n")
	fmt.Println("| client | flights | time | flights, STARTTLS and login | time |\n| --- | ---: | ---: | ---: | ---: |")
	for _, c := range []struct {
		name          string
		plain, secure []string
	}{
		{"mailpipe", append(mailpipe, "--tls", "none"), append(mailpipe, "--tls-ca", b.ca, "--user", "alice", "--password-file", b.secret)},
		{"msmtp", append(msmtp, "--tls=off", to), append(msmtp, "--tls=on", "--tls-trust-file="+b.ca, "--auth=plain", "--user=alice", "--passwordeval=cat "+b.secret, to)},
		{"curl", curl, append(curl, "--ssl-reqd", "--cacert", b.ca, "-u", "alice:sesame")},
		{"swaks", swaks, append(swaks, "-tls", "-a", "PLAIN", "-au", "alice", "-ap", "sesame")},
	} {
		if err := have(c.plain[0]); err != nil {
			fmt.Printf("| %s | %v | | | |\n", c.name, err)
			continue
		}
		row := "| " + c.name
		for _, words := range [][]string{c.plain, c.secure} {
			slow.take()
			o, err := b.fed(words, message).run()
			if err != nil {
				return err
			}
			<-b.sink.mails
			row += fmt.Sprintf(" | %d | %s", slow.take(), seconds(o.Seconds))
		}
		fmt.Println(row + " |")
	}
	return nil
}

// speeds are figures that stand alone.
func (b *setup) speeds() error {
	fmt.Printf("\n## Alone\n\n| work | figure | bound | goal | |\n| --- | ---: | ---: | ---: | --- |\n")
	if work := "10,000 recipients in one mail, 100 a transaction"; b.wanted(work) {
		var list bytes.Buffer
		for i := range 10000 {
			fmt.Fprintf(&list, "Bcc: user%d@example.org\n", i)
		}
		message := filepath.Join(b.dir, "many.eml")
		fmt.Fprintf(&list, "From: %s\nSubject: many\n\nHello.\n", from)
		if err := os.WriteFile(message, list.Bytes(), 0o600); err != nil {
			return err
		}
		var all []float64
		for range b.runs {
			o, err := b.fed([]string{b.mailpipe, "deliver", "-S", "smtp://" + b.sink.addr, "--tls", "none"}, message).run()
			if err != nil {
				return err
			}
			all = append(all, o.Seconds)
			for served := 0; served < 10000; {
				m := <-b.sink.mails
				if m.to > 100 {
					return fmt.Errorf("%d recipients in one transaction", m.to)
				}
				served += m.to
			}
		}
		t := median(all)
		fmt.Printf("| %s | %s | 2 s | 1 s | %s |\n", work, seconds(t), verdict(t, 2, 1))
	}
	if work := fmt.Sprintf("quoted-printable of a text of %d MB", b.sizes.text>>20); b.wanted(work) {
		var all []float64
		for range b.runs {
			o, err := (job{Commands: [][]string{{b.mailpipe, "compose", "-f", from, "-t", to, "-s", "text"}}, Stdin: b.text}).run()
			if err != nil {
				return err
			}
			all = append(all, o.Seconds)
		}
		rate := float64(b.sizes.text) / 1e6 / median(all)
		fmt.Printf("| %s, whole process | %.0f MB/s | 400 MB/s | 1000 MB/s | %s |\n", work, rate, verdict(1/rate, 1.0/400, 1.0/1000))
	}
	if work := fmt.Sprintf("header scan and check of %d MB (`internal/message`), in memory", b.sizes.message>>20); b.wanted(work) {
		data, err := os.ReadFile(b.crlf)
		if err != nil {
			return err
		}
		var all []float64
		for range b.runs {
			began := time.Now()
			m, err := message.Read(bytes.NewReader(data), message.Options{})
			if err != nil {
				return err
			}
			if n, err := m.WriteTo(io.Discard); err != nil || n != int64(len(data)) {
				return fmt.Errorf("%d octets of %d: %w", n, len(data), err)
			}
			all = append(all, time.Since(began).Seconds())
			if err := m.Close(); err != nil {
				return err
			}
		}
		rate := float64(len(data)) / 1e9 / median(all)
		fmt.Printf("| %s | %.1f GB/s | 2 GB/s | 4 GB/s | %s |\n", work, rate, verdict(1/rate, 1.0/2, 1.0/4))
	}
	return nil
}

// packages runs the benchmarks that stand beside the code.
func (b *setup) packages() error {
	if !b.wanted("packages") {
		return nil
	}
	fmt.Printf("\n## Packages\n\nThe benchmarks beside the code: encoders, dot-stuffing, delivery, detection.\n\n```\n")
	cmd := exec.Command("go", "test", "-run", "^$", "-bench", ".", "-benchtime", "0.5s", "mailpipe/compose", "mailpipe/wire", "mailpipe/internal/message", "mailpipe/detect")
	out, err := cmd.Output()
	for _, line := range strings.Split(string(out), "\n") {
		if strings.HasPrefix(line, "Benchmark") {
			fmt.Println(line)
		}
	}
	fmt.Println("```")
	return err
}

// memory streams ever larger files and looks at the peak.
func (b *setup) memory() error {
	if !b.wanted("memory") {
		return nil
	}
	fmt.Printf("\n## Peak memory\n\nBound 24 MiB, flat; goal 16 MiB.\n\n| attachment | `compose` | `deliver` | `send` | `deliver`, STARTTLS |\n| --- | ---: | ---: | ---: | ---: |\n")
	smtp := "smtp://" + b.count.addr
	deliver := []string{b.mailpipe, "deliver", "-S", smtp, "--tls", "none"}
	secure := []string{b.mailpipe, "deliver", "-S", smtp, "--tls", "required", "--tls-ca", b.ca}
	sparse := filepath.Join(b.dir, "sparse.bin")
	for _, size := range []int64{1 << 20, 16 << 20, 256 << 20, 1 << 30, 4 << 30} {
		if b.sizes.attachment < 256<<20 && size > 256<<20 {
			break
		}
		f, err := os.Create(sparse)
		if err != nil {
			return err
		}
		f.Close()
		if err := os.Truncate(sparse, size); err != nil {
			return err
		}
		row := fmt.Sprintf("| %d MiB", size>>20)
		compose := append([]string{b.mailpipe}, composeArgs(sparse)...)
		send := append([]string{b.mailpipe, "send", "-S", smtp, "--tls", "none"}, composeArgs(sparse)[1:]...)
		for _, commands := range [][][]string{{compose, deliver}, {send}, {compose, secure}} {
			o, err := (job{Commands: commands}).run()
			if err != nil {
				return err
			}
			if m := <-b.count.mails; m.size < size*4/3 {
				return fmt.Errorf("%d octets of %d arrived", m.size, size)
			}
			for i, peak := range o.Peak {
				if len(commands) == 2 && i == 0 && &commands[1][0] == &secure[0] {
					continue // compose again
				}
				row += fmt.Sprintf(" | %.1f MiB", float64(peak)/1024)
			}
		}
		fmt.Println(row + " |")
	}
	return nil
}
