package main

import (
	"fmt"
	"path/filepath"
	"strings"
	"time"
)

// roundTrips counts how often each client waits for replies.
func (b *bench) roundTrips() error {
	if !strings.Contains("round trips", b.only) {
		return nil
	}
	fmt.Print("\n## Round trips\n\nHow often a client waits for replies, QUIT included, to send a small mail. ",
		"The bound is 4 without TLS,\nand fewer than any other client.\n\n",
		"| client | no TLS | STARTTLS and login | |\n| --- | ---: | ---: | --- |\n")
	fast := b.server
	defer func() { b.server = fast }()
	var err error
	if b.server, err = b.startServer(1<<20, 50*time.Millisecond); err != nil {
		return err
	}
	defer b.server.stop()
	deliver := []string{b.mailpipe, "deliver", "-S", b.url()}
	host, port, _ := strings.Cut(b.server.addr, ":")
	msmtp := []string{"msmtp", "--host=" + host, "--port=" + port, "-f", from, to}
	swaks := []string{"swaks", "--silent", "-s", host, "-p", port, "-f", from, "-t", to, "--data", "@" + b.mail}
	var ours [2]int
	for i, jobs := range [][2]job{
		{
			reading(b.mail, append(deliver, "--tls", "none")),
			reading(b.mail, append(deliver, "--tls-ca", b.ca, "--user", "alice", "--password-file", b.password)),
		}, {
			reading(b.mail, append(msmtp, "--tls=off")),
			reading(b.mail, append(msmtp, "--tls=on", "--tls-trust-file="+b.ca,
				"--auth=plain", "--user=alice", "--passwordeval=cat "+b.password)),
		}, {
			b.curl("-T", b.mail),
			b.curl("-T", b.mail, "--ssl-reqd", "--cacert", b.ca, "-u", "alice:sesame"),
		}, {
			pipeline(swaks),
			pipeline(append(swaks, "-tls", "-a", "PLAIN", "-au", "alice", "-ap", "sesame")),
		},
	} {
		client := filepath.Base(jobs[0].commands[0][0])
		if jobs[0].missing() != "" {
			fmt.Printf("| %s is not installed | | | |\n", client)
			continue
		}
		counts, err := b.countRoundTrips(jobs)
		if err != nil {
			return err
		}
		if i == 0 {
			ours = counts
		}
		result := "held"
		if ours[0] > 4 || i > 0 && (counts[0] <= ours[0] || counts[1] <= ours[1]) {
			result = "**missed**"
		}
		fmt.Printf("| %s | %d | %d | %s |\n", client, counts[0], counts[1], result)
	}
	return nil
}

func (b *bench) countRoundTrips(jobs [2]job) (counts [2]int, err error) {
	for i, j := range jobs {
		if _, _, err := j.run(); err != nil {
			return counts, err
		}
		r, err := b.server.next()
		if err != nil {
			return counts, err
		}
		counts[i] = r.RoundTrips
	}
	return counts, nil
}
