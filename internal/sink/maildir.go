package sink

import (
	"bufio"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"time"
)

// makeMaildir makes the folders of a Maildir where they are missing.
func makeMaildir(dir string) error {
	for _, sub := range []string{"tmp", "new", "cur"} {
		if err := os.MkdirAll(filepath.Join(dir, sub), 0o700); err != nil {
			return err
		}
	}
	return nil
}

// sequence makes the names of one process differ.
var sequence atomic.Int64

// uniqueName returns a name that no other mail has, on any host that shares
// the Maildir: https://cr.yp.to/proto/maildir.html.
func uniqueName() string {
	host, err := os.Hostname()
	if err != nil {
		host = "localhost"
	}
	host = strings.NewReplacer("/", `\057`, ":", `\072`).Replace(host)
	now := time.Now()
	return fmt.Sprintf("%d.M%dP%dQ%d.%s", now.Unix(), now.Nanosecond()/1000, os.Getpid(), sequence.Add(1), host)
}

// file is a mail on its way into a Maildir: written in tmp, on the disk before
// it is renamed into new.
type file struct {
	dir, name string
	f         *os.File
	buf       *bufio.Writer
	lines     unixWriter
	err       error // of the beginning
}

func newFile(dir string, env envelope) *file {
	m := &file{dir: dir, name: uniqueName()}
	m.f, m.err = os.OpenFile(m.path("tmp"), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if m.err != nil {
		return m
	}
	m.buf = bufio.NewWriterSize(m.f, 64<<10)
	m.lines.w = m.buf
	_, m.err = m.buf.WriteString(env.trace())
	return m
}

func (m *file) path(sub string) string { return filepath.Join(m.dir, sub, m.name) }

func (m *file) Write(p []byte) (int, error) {
	if m.err != nil {
		return 0, m.err
	}
	return m.lines.Write(p)
}

func (m *file) commit() error {
	if m.err != nil {
		return m.err
	}
	if err := m.lines.flush(); err != nil {
		return err
	}
	if err := m.buf.Flush(); err != nil {
		return err
	}
	if err := m.f.Sync(); err != nil {
		return err
	}
	if err := m.f.Close(); err != nil {
		return err
	}
	if err := os.Rename(m.path("tmp"), m.path("new")); err != nil {
		return err
	}
	return syncDir(filepath.Join(m.dir, "new"))
}

// abort leaves nothing in tmp. After commit there is nothing.
func (m *file) abort() {
	if m.f != nil {
		m.f.Close()
		os.Remove(m.path("tmp"))
	}
}

// syncDir makes a rename last.
func syncDir(name string) error {
	d, err := os.Open(name)
	if err != nil {
		return err
	}
	defer d.Close()
	return d.Sync()
}
