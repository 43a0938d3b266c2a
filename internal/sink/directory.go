package sink

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync/atomic"
	"time"
)

// emlPrefix precedes the name of a directory of files.
const emlPrefix = "eml:"

// A directory is where mail is kept: a Maildir, or files that end in .eml, which mail
// programs open by this extension.
type directory struct {
	path string
	eml  bool
}

func (opt Options) directory() directory {
	path, eml := strings.CutPrefix(opt.Dir, emlPrefix)
	return directory{path, eml}
}

// create creates the directories that are missing.
func (d directory) create() error {
	if d.path == "" {
		return fmt.Errorf("missing directory after %s", emlPrefix)
	}
	if d.eml {
		return os.MkdirAll(d.path, 0o700)
	}
	for _, sub := range []string{"tmp", "new", "cur"} {
		if err := os.MkdirAll(filepath.Join(d.path, sub), 0o700); err != nil {
			return err
		}
	}
	return nil
}

// names returns two names for the file of a mail: one until the mail is complete, and one
// from then on.
func (d directory) names() (incomplete, complete string) {
	name := uniqueName()
	if d.eml {
		name += ".eml"
		return filepath.Join(d.path, "."+name), filepath.Join(d.path, name)
	}
	return filepath.Join(d.path, "tmp", name), filepath.Join(d.path, "new", name)
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

// A fileMail is a mail in a file. It is on the disk before it gets its name.
type fileMail struct {
	file     *os.File
	complete string // its name when it is complete
	out      *bufio.Writer
}

func newFileMail(dir directory, env envelope) (*fileMail, error) {
	incomplete, complete := dir.names()
	f, err := os.OpenFile(incomplete, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return nil, err
	}
	m := &fileMail{f, complete, bufio.NewWriterSize(f, 64<<10)}
	m.out.WriteString(env.trace()) // Flush returns its error
	return m, nil
}

func (m *fileMail) name() string { return filepath.Base(m.complete) }

func (m *fileMail) receive(content io.Reader) error {
	_, err := copyLines(m.out, content, false)
	return err
}

func (m *fileMail) commit() error {
	if err := m.file.Sync(); err != nil {
		return err
	}
	if err := m.file.Close(); err != nil {
		return err
	}
	if err := os.Rename(m.file.Name(), m.complete); err != nil {
		return err
	}
	return syncDir(filepath.Dir(m.complete))
}

// abort removes an incomplete file. After commit it is not there.
func (m *fileMail) abort() {
	m.file.Close()
	os.Remove(m.file.Name())
}

// syncDir makes a rename in a directory permanent. Windows has no call for that: it
// refuses to sync a directory.
func syncDir(name string) error {
	if runtime.GOOS == "windows" {
		return nil
	}
	d, err := os.Open(name)
	if err != nil {
		return err
	}
	defer d.Close()
	return d.Sync()
}
