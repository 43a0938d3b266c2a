package sink

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"strings"

	"mailpipe/internal/termtext"
)

// A mail is a message that is being received. Only commit stores it. The function
// abort must be called in the end; after commit it changes nothing.
type mail interface {
	receive(content io.Reader) error
	commit() error
	name() string // of its file; empty if it has none
	abort()
}

// newMail returns a mail of the kind that the options ask for.
func (s *sink) newMail(env envelope) (mail, error) {
	if s.opt.Dir != "" {
		return newFileMail(s.opt.directory(), env)
	}
	return newMboxMail(s.opt.Mbox, env)
}

// trace returns the header fields that show the envelope (RFC 5321 §4.4;
// Delivered-To is RFC 9228), with LF line endings. Control characters, which could add
// a line, are escaped.
func (env envelope) trace() string {
	var b strings.Builder
	fmt.Fprintf(&b, "Return-Path: <%s>\n", termtext.Escape(env.from))
	for _, to := range env.to {
		fmt.Fprintf(&b, "Delivered-To: %s\n", termtext.Escape(to))
	}
	return b.String()
}

// maxLine is the longest line of a mail in octets, without its CRLF.
const maxLine = 1 << 20

// copyLines copies r to w with LF line endings. A CR that is not before an LF stays.
// If quote is true, each line that is "From " after any number of > gains one more
// (mboxrd, which can be undone; RFC 4155 leaves the choice). It reports whether the
// last line is complete, or there is none.
func copyLines(w *bufio.Writer, r io.Reader, quote bool) (complete bool, err error) {
	lines := bufio.NewReaderSize(r, 64<<10)
	begin := true // of a line
	length := 0   // of the line so far
	for {
		line, err := lines.ReadSlice('\n')
		if err != nil && err != bufio.ErrBufferFull && err != io.EOF {
			return false, err
		}
		if err == bufio.ErrBufferFull && line[len(line)-1] == '\r' {
			_ = lines.UnreadByte() // an LF may follow
			line = line[:len(line)-1]
		}
		if begin {
			length = 0
		}
		if length += len(line); length > maxLine+len("\r\n") {
			return false, errLongLine
		}
		if begin && quote && bytes.HasPrefix(bytes.TrimLeft(line, ">"), []byte("From ")) {
			w.WriteByte('>')
		}
		if text, ok := bytes.CutSuffix(line, []byte("\r\n")); ok {
			w.Write(text)
			w.WriteByte('\n')
		} else {
			w.Write(line)
		}
		if len(line) > 0 {
			begin = line[len(line)-1] == '\n'
		}
		if err == io.EOF {
			return begin, w.Flush()
		}
	}
}
