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

// Content for two transactions is written once, and kept with the line endings that it has.
func TestReplay(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	synctest.Test(t, func(t *testing.T) {
		content := &text{s: long}
		r, s, err := talk(t, envelope("a@x", "b@x"), content, Server{}, `
			S: 220 hi
			C: EHLO me
			S: 250-test
			S: 250 LIMITS RCPTMAX=1
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
		if err != nil || outcomes(r) != "AA" {
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

// Without a second transaction nothing is kept; with one, an error of the temporary file aborts the first.
func TestReplayTemporaryFile(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir()+"/missing")
	hiding := writing(func(w io.Writer) error {
		io.WriteString(w, long)
		return nil
	})
	for _, content := range []io.WriterTo{&text{s: long}, hiding} {
		synctest.Test(t, func(t *testing.T) {
			r, _, err := talk(t, envelope("a@x"), content, Server{}, hello+`
				S: 250 SIZE
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
			if err != nil || outcomes(r) != "A" {
				t.Errorf("one transaction: %s, %v", outcomes(r), err)
			}
		})
		synctest.Test(t, func(t *testing.T) {
			r, s, err := talk(t, envelope("a@x", "b@x"), content, Server{}, hello+`
				S: 250 LIMITS RCPTMAX=1
				C: MAIL FROM:<alice@example.org>
				S: 250
				C: RCPT TO:<a@x>
				S: 250
				C: DATA
				S: 354
				read`)
			if !errors.Is(err, buffer.ErrFile) || asError(err).Kind != KindBadMessage || outcomes(r) != "RR" {
				t.Errorf("two transactions: %s, %v", outcomes(r), err)
			}
			if strings.Contains(s[0].got.String(), "\r\n.\r\n") {
				t.Error("the end of data was sent")
			}
		})
	}
}
