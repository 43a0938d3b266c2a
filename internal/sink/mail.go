package sink

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"strings"

	"mailpipe/internal/address"
	"mailpipe/internal/termtext"
)

// A mail is a message that is being received. Only commit stores it. The function
// abort must be called in the end; after commit it changes nothing.
type mail interface {
	receive(content io.Reader) error
	commit() error
	abort()
}

// newMail returns a mail of the kind that the options ask for.
func (opt Options) newMail(env envelope) (mail, error) {
	if opt.Dir != "" {
		return newMaildirMail(opt.Dir, env)
	}
	return newMboxMail(opt.Mbox, env)
}

// trace returns the fields that tell the reader the envelope (RFC 5321 §4.4;
// Delivered-To is RFC 9228), with LF line endings.
func (env envelope) trace() string {
	var b strings.Builder
	fmt.Fprintf(&b, "Return-Path: <%s>\n", mailbox(env.from))
	for _, to := range env.to {
		fmt.Fprintf(&b, "Delivered-To: %s\n", mailbox(to))
	}
	return b.String()
}

// mailbox returns an address that go-smtp has parsed, with the quotes of its local
// part. Control characters, which could add a line, are escaped.
func mailbox(s string) string {
	if at := strings.LastIndexByte(s, '@'); at >= 0 { // the null sender and <postmaster> have none
		s = address.Address{Local: s[:at], Domain: s[at+1:]}.Mailbox()
	}
	return termtext.Escape(s)
}

// copyLines copies r to w with LF line endings. A CR that is not before an LF stays.
// If quote is true, each line that is "From " after any number of > gains one more
// (mboxrd, which can be undone; RFC 4155 leaves the choice). It reports whether the
// last line is complete, or there is none.
func copyLines(w *bufio.Writer, r io.Reader, quote bool) (complete bool, err error) {
	lines := bufio.NewReaderSize(r, 64<<10)
	begin := true // of a line
	for {
		line, err := lines.ReadSlice('\n')
		if err != nil && err != bufio.ErrBufferFull && err != io.EOF {
			return false, err
		}
		if err == bufio.ErrBufferFull && line[len(line)-1] == '\r' {
			_ = lines.UnreadByte() // an LF may follow
			line = line[:len(line)-1]
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
