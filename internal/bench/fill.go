package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// spoolOnly returns a command that keeps a mail for a server, without an attempt.
func (b *bench) spoolOnly(dir, url string, flags ...string) []string {
	return append([]string{b.mailpipe, "deliver", "-q", "--config", "none", "-S", url, "--tls", "none",
		"--spool", dir, "--spool-only"}, flags...)
}

// fillSpool makes a spool with n copies of a small message, all due.
func (b *bench) fillSpool(dir, url string, n int) error {
	if err := os.RemoveAll(dir); err != nil {
		return err
	}
	if _, _, err := reading(b.mail, b.spoolOnly(dir, url)).run(); err != nil {
		return err
	}
	all, err := filepath.Glob(filepath.Join(dir, "*.json"))
	if err != nil || len(all) != 1 {
		return fmt.Errorf("%d messages were kept in %s, %v", len(all), dir, err)
	}
	first := strings.TrimSuffix(all[0], ".json")
	for _, ext := range []string{".eml", ".json"} {
		text, err := os.ReadFile(first + ext)
		if err != nil {
			return err
		}
		for i := range n - 1 {
			id := copyID(i)
			text := strings.ReplaceAll(string(text), filepath.Base(first), id)
			if err := os.WriteFile(filepath.Join(dir, id+ext), []byte(text), 0o600); err != nil {
				return err
			}
		}
	}
	return b.flushDisk()
}

// copyID returns the ID of a copy: one of an old message.
func copyID(i int) string {
	const digits = "abcdefghijklmnopqrstuvwxyz234567"
	id := []byte("20260102T030405Z-aaaaaa")
	for at := len(id) - 1; i > 0; at-- {
		id[at] = digits[i%len(digits)]
		i /= len(digits)
	}
	return string(id)
}
