package main

import (
	"bytes"
	"fmt"
	"os"
	"strings"
)

// repairs compares how long it takes to send mails that are repaired.
func (b *bench) repairs() error {
	cron, clean, broken := b.path("cron.eml"), b.path("clean.eml"), b.path("broken.eml")
	config, aliases := b.path("sendmail.toml"), b.path("aliases")
	const head = "From: " + from + "\nTo: " + to + "\nSubject: benchmark\n\n"
	line := strings.Repeat("words of a text ", 4) + "\n"
	mb := b.largeMB * 25 / 64 // 100 of 256
	lines := int(mb<<20) / len(line)
	for name, text := range map[string]string{
		cron: "From: root (Cron Daemon)\nTo: root\nSubject: Cron <root@web1> job\nX-Cron-Env: <SHELL=/bin/sh>\n\n" +
			strings.Repeat(line, 2048/len(line)),
		aliases: "root: " + to + "\n",
		config: "[accounts.a]\nserver = \"" + b.url() + "\"\ntls = \"none\"\nfrom = \"" + from + "\"\n" +
			"[sendmail]\naliases = \"" + aliases + "\"\nlog = \"none\"\n",
	} {
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			return err
		}
	}
	for name, first := range map[string]string{clean: head, broken: head + "10%\r\xe9\n"} {
		if err := os.WriteFile(name, append([]byte(first), bytes.Repeat([]byte(line), lines)...), 0o600); err != nil {
			return err
		}
	}
	defer os.Remove(clean)
	defer os.Remove(broken)
	hold, repair := reading(clean, b.deliver("--hold")), b.deliver("--repair")
	size := fmt.Sprintf("%d MB", mb)
	return b.pairs("Repairs", []pair{
		{work: "`sendmail`, a mail of cron with 2 KB : `msmtp`", bound: 1, runs: 6 * b.runs,
			ours:   reading(cron, []string{b.mailpipe, "--config", config, "--account", "a", "sendmail", to}),
			theirs: b.msmtp(cron), check: arrived},
		{work: "`deliver --repair` " + size + " that need none : `deliver --hold`", bound: 1.2,
			ours: reading(clean, repair), theirs: hold, check: arrived},
		{work: "`deliver --repair` " + size + " that need it : `deliver --hold`", bound: 2,
			ours: reading(broken, repair), theirs: hold, check: arrived},
	})
}
