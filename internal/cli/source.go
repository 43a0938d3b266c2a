package cli

import (
	"fmt"
	"io"
	"os"

	"golang.org/x/term"

	"mailpipe/internal/inputfile"
)

// stdin is standard input as a part of a message or as a message, and how much
// of it there is.
type stdin struct {
	io.Reader
	size int64 // octets; negative: not known
}

// isInput reports whether a path stands for standard input.
func isInput(path string) bool {
	switch path {
	case "-", "/dev/stdin", "/dev/fd/0", "/proc/self/fd/0":
		return true
	}
	return false
}

// standardInput reads standard input. A regular file gives what it holds now,
// from where it stands, and no more.
func (c *call) standardInput() stdin {
	in := stdin{input{c.Stdin}, -1}
	info, err := c.Stdin.Stat()
	if err != nil {
		return in
	}
	at, err := c.Stdin.Seek(0, io.SeekCurrent)
	size := inputfile.Size(c.Stdin, info)
	if err != nil || size < 0 {
		return in
	}
	in.size = max(size-at, 0)
	in.Reader = &exactly{in.Reader, in.size}
	return in
}

// exactly reads n octets: no more, and fewer are an error.
type exactly struct {
	r    io.Reader
	left int64
}

func (e *exactly) Read(p []byte) (int, error) {
	if e.left == 0 {
		return 0, io.EOF
	}
	if int64(len(p)) > e.left {
		p = p[:e.left]
	}
	n, err := e.r.Read(p)
	e.left -= int64(n)
	if err == io.EOF && e.left > 0 {
		err = fail(exitIO, fmt.Errorf("standard input: it became shorter while it was read: %d octets are missing", e.left))
	}
	return n, err
}

// terminal reports whether a person sits at f.
func terminal(f *os.File) bool { return term.IsTerminal(int(f.Fd())) }
