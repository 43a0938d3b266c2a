//go:build linux

package testservers

import (
	"bytes"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// A maildirs is a directory with Maildirs at any depth.
type maildirs struct {
	dir string
}

// A deliveredMail is what a server stored.
type deliveredMail struct {
	to   string // from Delivered-To or Envelope-To, otherwise from the name of the Maildir
	data string // with LF line endings, without the fields that the server added
}

// wait waits until there are at least n mails. It removes them, and returns them
// sorted by recipient.
func (m maildirs) wait(t testing.TB, n int) []deliveredMail {
	t.Helper()
	var paths []string
	wait(t, "delivery of all mails", func() bool {
		paths = m.paths()
		return len(paths) >= n
	})
	var mails []deliveredMail
	for _, path := range paths {
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		mails = append(mails, withoutTrace(path, data))
		if err := os.Remove(path); err != nil {
			t.Fatal(err)
		}
	}
	slices.SortFunc(mails, func(a, b deliveredMail) int { return strings.Compare(a.to, b.to) })
	return mails
}

// count returns the number of mails.
func (m maildirs) count() int { return len(m.paths()) }

func (m maildirs) paths() []string {
	var paths []string
	_ = filepath.WalkDir(m.dir, func(path string, entry fs.DirEntry, err error) error {
		if err == nil && !entry.IsDir() && filepath.Base(filepath.Dir(path)) == "new" {
			paths = append(paths, path)
		}
		return nil
	})
	return paths
}

// withoutTrace removes the fields that servers add at the top of a mail.
func withoutTrace(path string, data []byte) deliveredMail {
	rest := bytes.ReplaceAll(data, []byte("\r\n"), []byte("\n"))
	to := filepath.Base(filepath.Dir(filepath.Dir(filepath.Dir(path)))) + "@" + domain
	for {
		field, after := firstField(rest)
		name, value, _ := strings.Cut(string(field), ":")
		switch strings.ToLower(name) {
		case "delivered-to", "envelope-to":
			to = strings.Trim(strings.TrimSpace(value), "<>")
		case "return-path", "x-original-to", "received", "delivery-date":
		default:
			return deliveredMail{to, string(rest)}
		}
		rest = after
	}
}

// firstField splits data after its first header field and the lines that continue
// it.
func firstField(data []byte) (field, rest []byte) {
	at := 0
	for at < len(data) {
		end := bytes.IndexByte(data[at:], '\n')
		if end < 0 {
			return data, nil
		}
		at += end + 1
		if at == len(data) || data[at] != ' ' && data[at] != '\t' {
			break
		}
	}
	return data[:at], data[at:]
}
