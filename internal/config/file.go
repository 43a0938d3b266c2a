package config

import (
	"fmt"
	"io"
	"io/fs"
	"os"
	"time"
)

// maxConfig is the limit for a configuration file, in octets.
const maxConfig = 1 << 20

const tooLarge = "too large: over 1 MiB"

// waitLimit is how long a password command may run, and how long a FIFO may
// take to be written. The user may be typing. Tests shorten it.
var waitLimit = 5 * time.Minute

// A file is what was read of a file.
type file struct {
	name string
	info fs.FileInfo
	text []byte // not more than the limit
	more bool   // the file is longer
}

// A fileCheck returns an error if a file must not be used.
type fileCheck func(name string, info fs.FileInfo) error

// readFile checks a file and reads it up to a limit. The error is that of the
// check, or an *fs.PathError.
func readFile(name string, limit int, check fileCheck) (*file, error) {
	type result struct {
		file *file
		err  error
	}
	done := make(chan result, 1)
	go func() { // opening a FIFO waits for a writer, which may never come
		f, err := open(name, limit, check)
		done <- result{f, err}
	}()
	select {
	case r := <-done:
		return r.file, r.err
	case <-time.After(waitLimit):
		return nil, &fs.PathError{Op: "read", Path: name, Err: fmt.Errorf("not written within %v", waitLimit)}
	}
}

// anyFile is the check of a file that may be read as it is.
func anyFile(string, fs.FileInfo) error { return nil }

func open(name string, limit int, check fileCheck) (*file, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	if err := check(name, info); err != nil {
		return nil, err
	}
	text, err := io.ReadAll(io.LimitReader(f, int64(limit)+1))
	if err != nil {
		return nil, err
	}
	return &file{name, info, text[:min(len(text), limit)], len(text) > limit}, nil
}
