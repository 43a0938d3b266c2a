package sink

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"mailpipe/internal/buffer"
)

// errMbox is an error of the writer that hears the mbox, which ends the sink.
var errMbox = errors.New("the mbox cannot be written")

// letter is a mail on its way into an mbox. It is held until its end was seen:
// what was written to a pipe cannot be taken back.
type letter struct {
	w     io.Writer
	head  string
	lines unixWriter
	held  buffer.Store
}

func newLetter(w io.Writer, env envelope) *letter {
	from := strings.ReplaceAll(mailbox(env.from), " ", "-") // a reader looks for blanks
	if from == "" {
		from = "MAILER-DAEMON"
	}
	m := &letter{w: w, head: fmt.Sprintf("From %s %s\n%s", from, time.Now().UTC().Format(time.ANSIC), env.trace())}
	m.lines.w = &m.held
	return m
}

func (m *letter) Write(p []byte) (int, error) { return m.lines.Write(p) }

func (m *letter) commit() error {
	if err := m.lines.flush(); err != nil {
		return err
	}
	out := bufio.NewWriterSize(m.w, 64<<10) // its first error is Flush's
	out.WriteString(m.head)
	q := &quoter{w: out, begin: true}
	if _, err := io.Copy(q, m.held.Reader()); err != nil {
		return err
	}
	q.end()
	if err := out.Flush(); err != nil {
		return fmt.Errorf("%w: %w", errMbox, err)
	}
	return nil
}

func (m *letter) abort() { m.held.Close() }

// quoter puts a > before each line that is From or already a quoted From
// (RFC 4155 leaves it open; this is mboxrd, which can be undone), whatever the
// writes.
type quoter struct {
	w     io.Writer
	begin bool   // at the beginning of a line
	start []byte // of a line of which it is not known yet
}

var from = []byte("From ")

func (q *quoter) Write(p []byte) (int, error) {
	n := len(p)
	for len(p) > 0 {
		if !q.begin {
			i := bytes.IndexByte(p, '\n') + 1
			q.begin = i > 0
			if i == 0 {
				i = len(p)
			}
			if _, err := q.w.Write(p[:i]); err != nil {
				return 0, err
			}
			p = p[i:]
			continue
		}
		q.start = append(q.start, p[0])
		word := bytes.TrimLeft(q.start, ">")
		if len(word) < len(from) && bytes.HasPrefix(from, word) {
			p = p[1:]
			continue
		}
		// p[0] is not written here unless it ends the word: it may be a line end.
		line := q.start[:len(q.start)-1]
		if bytes.Equal(word, from) {
			line = append([]byte{'>'}, line...)
		}
		if _, err := q.w.Write(line); err != nil {
			return 0, err
		}
		q.start, q.begin = q.start[:0], false
	}
	return n, nil
}

// end writes what is left, a line end where the last line has none, and the
// empty line between two mails.
func (q *quoter) end() error {
	ending := "\n"
	if !q.begin || len(q.start) > 0 {
		ending = "\n\n"
	}
	_, err := q.w.Write(append(q.start, ending...))
	return err
}
