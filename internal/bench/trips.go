package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"
)

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
	fmt.Println("| client | flights | time | flights, STARTTLS and login | time | |\n| --- | ---: | ---: | ---: | ---: | --- |")
	var all []trip
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
			fmt.Printf("| %s | %v | | | | |\n", c.name, err)
			continue
		}
		t := trip{name: c.name}
		for _, words := range [][]string{c.plain, c.secure} {
			slow.take()
			o, err := b.fed(words, message).run()
			if err != nil {
				return err
			}
			<-b.sink.mails
			t.flights = append(t.flights, slow.take())
			t.seconds = append(t.seconds, o.Seconds)
		}
		all = append(all, t)
	}
	for i, t := range all {
		reached := ""
		if i == 0 {
			reached = t.verdict(all[1:])
		}
		fmt.Printf("| %s | %d | %s | %d | %s | %s |\n", t.name, t.flights[0], seconds(t.seconds[0]), t.flights[1], seconds(t.seconds[1]), reached)
	}
	return nil
}

// trip is what one client needed, in clear and with STARTTLS and login.
type trip struct {
	name    string
	flights []int
	seconds []float64
}

// verdict holds the flights against 4 in clear, and against those of all others.
func (t trip) verdict(others []trip) string {
	if t.flights[0] > 4 {
		return missed
	}
	for _, o := range others {
		if t.flights[0] >= o.flights[0] || t.flights[1] >= o.flights[1] {
			return missed
		}
	}
	return "goal: 4, and fewer than all others"
}
