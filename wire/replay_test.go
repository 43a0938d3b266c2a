package wire

import (
	"errors"
	"io"
	"strings"
	"testing"
	"testing/synctest"

	"mailpipe/internal/buffer"
)

// long is more than a buffer keeps in memory.
var long = strings.Repeat("twelve words\n", 100_000)

// Content for two transactions is written once, and kept with the line endings
// that it has.
func TestReplay(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	synctest.Test(t, func(t *testing.T) {
		content := &text{s: long}
		r, s, err := deliver(t, Server{}, envelope("a@x", "b@x"), content, `
			hello LIMITS RCPTMAX=1
			C: MAIL FROM:<alice@example.org>
			S: 250
			C: RCPT TO:<a@x>
			S: 250
			C: DATA
			S: 354
			read
			S: 250
			C: MAIL FROM:<alice@example.org>
			S: 250
			C: RCPT TO:<b@x>
			S: 250
			C: DATA
			S: 354
			read
			S: 250
			C: QUIT
			S: 221`)
		if err != nil || outcomes(r) != "accepted accepted" {
			t.Errorf("%s, %v", outcomes(r), err)
		}
		if n := strings.Count(s[0].got.String(), strings.ReplaceAll(long, "\n", "\r\n")+".\r\n"); n != 2 {
			t.Errorf("the server received the content %d times, want 2", n)
		}
		if content.writes != 1 {
			t.Errorf("content.WriteTo was called %d times, want 1", content.writes)
		}
	})
}

// If there is one transaction, nothing is kept. If there are two, an error of the
// temporary file aborts the first, also if WriteTo ignores it.
func TestReplayTemporaryFile(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir()+"/missing")
	careless := contentFunc(func(w io.Writer) error {
		io.WriteString(w, long)
		return nil
	})
	for _, content := range []io.WriterTo{&text{s: long}, careless} {
		synctest.Test(t, func(t *testing.T) {
			r, _, err := deliver(t, Server{}, envelope("a@x"), content, `
				hello SIZE
				C: MAIL FROM:<alice@example.org>
				S: 250
				C: RCPT TO:<a@x>
				S: 250
				C: DATA
				S: 354
				read
				S: 250
				C: QUIT
				S: 221`)
			if err != nil || outcomes(r) != "accepted" {
				t.Errorf("one transaction: %s, %v", outcomes(r), err)
			}
		})
		synctest.Test(t, func(t *testing.T) {
			r, s, err := deliver(t, Server{}, envelope("a@x", "b@x"), content, `
				hello LIMITS RCPTMAX=1
				C: MAIL FROM:<alice@example.org>
				S: 250
				C: RCPT TO:<a@x>
				S: 250
				C: DATA
				S: 354
				read`)
			if !errors.Is(err, buffer.ErrFile) || asError(err).Kind != KindBadMessage || outcomes(r) != "refused refused" {
				t.Errorf("two transactions: %s, %v", outcomes(r), err)
			}
			checkNoDot(t, s[0])
		})
	}
}
