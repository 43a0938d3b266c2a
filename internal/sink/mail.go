package sink

import (
	"bytes"
	"fmt"
	"io"
	"strings"

	"mailpipe/internal/address"
	"mailpipe/internal/termtext"
)

// mail takes the octets of one message with CRLF line ends. Only commit keeps
// it; abort after commit does nothing.
type mail interface {
	io.Writer
	commit() error
	abort()
}

// mail begins one in the form that the options ask for.
func (opt Options) mail(env envelope) mail {
	switch {
	case opt.Dir != "":
		return newFile(opt.Dir, env)
	case opt.Mbox != nil:
		return newLetter(opt.Mbox, env)
	}
	return nowhere{}
}

// nowhere discards.
type nowhere struct{}

func (nowhere) Write(p []byte) (int, error) { return len(p), nil }
func (nowhere) commit() error               { return nil }
func (nowhere) abort()                      {}

// trace returns the fields in which a final server leaves the envelope for the
// reader (RFC 5321 §4.4; Delivered-To is RFC 9228), with LF line ends.
func (env envelope) trace() string {
	var b strings.Builder
	fmt.Fprintf(&b, "Return-Path: <%s>\n", mailbox(env.from))
	for _, to := range env.to {
		fmt.Fprintf(&b, "Delivered-To: %s\n", mailbox(to))
	}
	return b.String()
}

// mailbox puts back the quotes that go-smtp takes from a local part. What could
// add a line or a field is escaped.
func mailbox(s string) string {
	if at := strings.LastIndexByte(s, '@'); at >= 0 { // not so the null sender and <postmaster>
		s = address.Address{Local: s[:at], Domain: s[at+1:]}.Mailbox()
	}
	return termtext.Escape(s)
}

// unixWriter turns CRLF into LF, which is what readers of a Maildir and of an
// mbox expect, and leaves every other octet as it came. A CR at the end of a
// write is held until what follows it is known.
type unixWriter struct {
	w  io.Writer
	cr bool
}

func (u *unixWriter) Write(p []byte) (int, error) {
	n := len(p)
	for len(p) > 0 {
		if u.cr {
			u.cr = false
			if p[0] != '\n' {
				if _, err := u.w.Write([]byte{'\r'}); err != nil {
					return 0, err
				}
			}
		}
		i := bytes.IndexByte(p, '\r')
		u.cr = i >= 0
		if i < 0 {
			i = len(p)
		}
		if _, err := u.w.Write(p[:i]); err != nil {
			return 0, err
		}
		p = p[min(i+1, len(p)):]
	}
	return n, nil
}

// flush writes a CR that nothing followed.
func (u *unixWriter) flush() error {
	if !u.cr {
		return nil
	}
	u.cr = false
	_, err := u.w.Write([]byte{'\r'})
	return err
}
