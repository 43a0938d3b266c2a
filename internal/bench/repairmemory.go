package main

import (
	"bufio"
	"fmt"
	"os"
	"strings"
)

// repairMemory measures the peak memory of repairs of messages with one large part.
func (b *bench) repairMemory() error {
	if !strings.Contains("peak memory of repairs", b.only) {
		return nil
	}
	fmt.Printf("\n## Peak memory of repairs\n\nThe bound is %d MiB.\n\n", maxPeak>>10)
	fmt.Print("| `deliver --repair` of a message with | peak | |\n| --- | ---: | --- |\n")
	mib := b.amount(64, 1)
	const text = "10%\r20%\r and l'\xe9t\xe9\n"
	for _, m := range []repairedMail{
		{"a short text", "Subject: \xe9\n\n", text, 1, ""},
		{fmt.Sprintf("a text of %d MiB", mib), "\n", text, mib << 20 / len(text), ""},
		{fmt.Sprintf("a line of %d MiB", mib), "\n", "0123456789", mib << 20 / 10, ""},
		{"20,000 parts", "Content-Type: multipart/mixed; boundary=b\n\n", "--b\n\n\xe9\r.\n", 20_000, "--b--\n"},
		{"100,000 fields", "Subject: \xe9\n", "X-1: y\n", 100_000, "\n"},
		{"40,000 addresses", "Subject: \xe9\nCc: ", "eve@example.org, ", 40_000, "\n\n"},
		{"a Subject of 960 KiB", "Subject: \xe9", " words", 960 << 10 / 6, "\n\n"},
	} {
		if err := b.repairPeak(m); err != nil {
			return err
		}
	}
	return nil
}

// A repairedMail is a message that has a text many times.
type repairedMail struct {
	name, before, text string
	count              int
	after              string
}

// repairPeak repairs a message and prints its row.
func (b *bench) repairPeak(m repairedMail) error {
	message := b.path("repair.eml")
	defer os.Remove(message)
	if err := m.write(message); err != nil {
		return err
	}
	_, peaks, err := reading(message, b.deliver("--repair", to)).run()
	if err != nil {
		return err
	}
	if _, err := b.server.next(); err != nil {
		return err
	}
	printPeak(m.name, peaks)
	return nil
}

// write writes the message in pieces: the peak memory of this process counts for those
// that it starts.
func (m repairedMail) write(name string) error {
	f, err := os.Create(name)
	if err != nil {
		return err
	}
	defer f.Close()
	w := bufio.NewWriter(f)
	fmt.Fprintf(w, "From: %s\nTo: %s\n%s", from, to, m.before)
	for range m.count {
		w.WriteString(m.text)
	}
	w.WriteString(m.after)
	return w.Flush()
}
