package main

import (
	"crypto/tls"
	"os"
	"path/filepath"
	"testing"

	"mailpipe/internal/testservers"
)

func TestMain(m *testing.M) {
	if os.Getenv(runner) != "" {
		if err := runJobs(); err != nil {
			panic(err)
		}
		return
	}
	os.Exit(m.Run())
}

// TestMemory streams 4 GiB through compose and deliver, and through send, and
// asserts that the memory of neither grows with the mail.
func TestMemory(t *testing.T) {
	testservers.NeedTime(t)
	dir := t.TempDir()
	mailpipe, err := build(dir, "mailpipe", "mailpipe")
	if err != nil {
		t.Fatal(err)
	}
	sink, err := newSink(tls.Certificate{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	const size = 4 << 30
	file := filepath.Join(dir, "large.bin")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Truncate(file, size); err != nil {
		t.Fatal(err)
	}
	server := []string{"-S", "smtp://" + sink.addr, "--tls", "none"}
	compose := append([]string{mailpipe}, composeArgs(file)...)
	deliver := append([]string{mailpipe, "deliver"}, server...)
	send := append(append([]string{mailpipe, "send"}, server...), composeArgs(file)[1:]...)
	for name, commands := range map[string][][]string{"compose | deliver": {compose, deliver}, "send": {send}} {
		t.Run(name, func(t *testing.T) {
			o, err := (job{Commands: commands}).run()
			if err != nil {
				t.Fatal(err)
			}
			if m := <-sink.mails; m.size < size/3*4 {
				t.Errorf("%d octets arrived of an attachment of %d", m.size, size)
			}
			for i, peak := range o.Peak {
				if peak > 24<<10 {
					t.Errorf("%s: %d KiB at the peak, want at most 24 MiB", commands[i][1], peak)
				}
				t.Logf("%s: %.1f MiB at the peak", commands[i][1], float64(peak)/1024)
			}
		})
	}
}
