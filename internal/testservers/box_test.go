//go:build linux

package testservers

import (
	"bytes"
	"io/fs"
	"os"
	"path/filepath"
	"sort"
	"strings"
	"testing"
)

// Box is a folder of Maildirs, one or many.
type Box struct {
	t   testing.TB
	dir string
}

// Mail is what a server put into a box.
type Mail struct {
	To   string // from Delivered-To or Envelope-To, else by the name of the box
	Data []byte // with LF line ends, without the fields that the server put on top
	Top  []byte // those fields
}

// Wait returns the mails of the box, sorted by recipient, when there are at
// least n, and empties it.
func (b Box) Wait(n int) []Mail {
	b.t.Helper()
	var paths []string
	wait(b.t, "delivery of all mails", func() bool {
		paths = b.paths()
		return len(paths) >= n
	})
	var mails []Mail
	for _, path := range paths {
		data, err := os.ReadFile(path)
		if err != nil {
			b.t.Fatal(err)
		}
		mails = append(mails, split(path, data))
		if err := os.Remove(path); err != nil {
			b.t.Fatal(err)
		}
	}
	sort.Slice(mails, func(i, k int) bool { return mails[i].To < mails[k].To })
	return mails
}

// Len is the number of mails in the box now.
func (b Box) Len() int { return len(b.paths()) }

func (b Box) paths() []string {
	var paths []string
	_ = filepath.WalkDir(b.dir, func(path string, entry fs.DirEntry, err error) error {
		if err == nil && !entry.IsDir() && filepath.Base(filepath.Dir(path)) == "new" {
			paths = append(paths, path)
		}
		return nil
	})
	return paths
}

// split takes off the trace that servers put on top of a mail.
func split(path string, data []byte) Mail {
	data = bytes.ReplaceAll(data, []byte("\r\n"), []byte("\n"))
	m := Mail{To: filepath.Base(filepath.Dir(filepath.Dir(filepath.Dir(path)))) + "@" + Domain}
	rest := data
	for {
		field, after := firstField(rest)
		name, value, _ := strings.Cut(string(field), ":")
		switch strings.ToLower(name) {
		case "delivered-to", "envelope-to":
			m.To = strings.Trim(strings.TrimSpace(value), "<>")
		case "return-path", "x-original-to", "received", "delivery-date":
		default:
			m.Top, m.Data = data[:len(data)-len(rest)], rest
			return m
		}
		rest = after
	}
}

// firstField cuts a header field with its folded lines off data.
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
