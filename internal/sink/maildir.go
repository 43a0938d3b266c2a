package sink

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"time"
)

// makeMaildir creates the directories of a Maildir that are missing.
func makeMaildir(dir string) error {
	for _, sub := range []string{"tmp", "new", "cur"} {
		if err := os.MkdirAll(filepath.Join(dir, sub), 0o700); err != nil {
			return err
		}
	}
	return nil
}

// sequence distinguishes the names that one process makes.
var sequence atomic.Int64

// uniqueName returns a name that no other mail has, on any host that uses the
// Maildir: https://cr.yp.to/proto/maildir.html.
func uniqueName() string {
	host, err := os.Hostname()
	if err != nil {
		host = "localhost"
	}
	host = strings.NewReplacer("/", `\057`, ":", `\072`).Replace(host)
	now := time.Now()
	return fmt.Sprintf("%d.M%dP%dQ%d.%s", now.Unix(), now.Nanosecond()/1000, os.Getpid(), sequence.Add(1), host)
}

// A maildirMail is a mail for a Maildir. It is written to tmp, and is on the disk
// before it is renamed to new.
type maildirMail struct {
	file *os.File
	new  string // its name when it is complete
	out  *bufio.Writer
}

func newMaildirMail(dir string, env envelope) (*maildirMail, error) {
	name := uniqueName()
	f, err := os.OpenFile(filepath.Join(dir, "tmp", name), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return nil, err
	}
	m := &maildirMail{f, filepath.Join(dir, "new", name), bufio.NewWriterSize(f, 64<<10)}
	m.out.WriteString(env.trace()) // Flush returns its error
	return m, nil
}

func (m *maildirMail) receive(content io.Reader) error {
	_, err := copyLines(m.out, content, false)
	return err
}

func (m *maildirMail) commit() error {
	if err := m.file.Sync(); err != nil {
		return err
	}
	if err := m.file.Close(); err != nil {
		return err
	}
	if err := os.Rename(m.file.Name(), m.new); err != nil {
		return err
	}
	return syncDir(filepath.Dir(m.new))
}

// abort removes the file from tmp. After commit it is not there.
func (m *maildirMail) abort() {
	m.file.Close()
	os.Remove(m.file.Name())
}

// syncDir makes a rename in a directory permanent.
func syncDir(name string) error {
	d, err := os.Open(name)
	if err != nil {
		return err
	}
	defer d.Close()
	return d.Sync()
}
