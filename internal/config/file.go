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
	info fs.FileInfo
	text []byte // not more than the limit
	more bool   // the file is longer
}

// readFile reads a file up to a limit. Before that, check may refuse the file;
// it may be nil. Any other error is an *fs.PathError.
func readFile(name string, limit int, check func(string, fs.FileInfo) error) (*file, error) {
	var f *file
	var err error
	done := make(chan struct{})
	go func() { // opening a FIFO waits for a writer, which may never come
		f, err = open(name, limit, check)
		close(done)
	}()
	select {
	case <-done:
		return f, err
	case <-time.After(waitLimit):
		return nil, &fs.PathError{Op: "read", Path: name, Err: fmt.Errorf("not written within %v", waitLimit)}
	}
}

func open(name string, limit int, check func(string, fs.FileInfo) error) (*file, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err == nil && check != nil {
		err = check(name, info)
	}
	if err != nil {
		return nil, err
	}
	text, err := io.ReadAll(io.LimitReader(f, int64(limit)+1))
	return &file{info, text[:min(len(text), limit)], len(text) > limit}, err
}
