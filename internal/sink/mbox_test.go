package sink

import (
	"bytes"
	"errors"
	"io"
	"math/rand/v2"
	"regexp"
	"strings"
	"testing"
)

func TestMbox(t *testing.T) {
	var mbox bytes.Buffer
	addr, done := start(t, Options{Mbox: &mbox, Count: 2})
	call(t, addr, oneMail)
	call(t, addr, hello+"C: MAIL FROM:<>\nS: 250 .*\nC: RCPT TO:<b@example.org>\nS: 250 .*\nC: BDAT 8 LAST\nC: A: b\n C:\nS: 250 .*")
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	got := regexp.MustCompile(`(?m)^(From \S+ )[A-Z][a-z]{2} [A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d \d{4}$`).ReplaceAllString(mbox.String(), "${1}DATE")
	want := "From alice@example.org DATE\nReturn-Path: <alice@example.org>\nDelivered-To: bob@example.org\nSubject: x\n\nBonjour\n.\n>From moi\n\n" +
		"From MAILER-DAEMON DATE\nReturn-Path: <>\nDelivered-To: b@example.org\nA: b\n\n\n"
	if got != want {
		t.Errorf("got  %q\nwant %q", got, want)
	}
}

type broken struct{}

func (broken) Write([]byte) (int, error) { return 0, io.ErrClosedPipe }

func TestMboxThatCannotBeWritten(t *testing.T) {
	addr, done := start(t, Options{Mbox: broken{}})
	call(t, addr, strings.Replace(oneMail, "C: .\nS: 250", "C: .\nS: 451", 1))
	if err := <-done; !errors.Is(err, io.ErrClosedPipe) {
		t.Errorf("got %v", err)
	}
}

// chunked writes s in pieces of the given size, or of random sizes for 0.
func chunked(t *testing.T, w io.Writer, s string, size int) {
	for len(s) > 0 {
		n := size
		if n == 0 {
			n = 1 + rand.IntN(7)
		}
		n = min(n, len(s))
		if k, err := io.WriteString(w, s[:n]); err != nil || k != n {
			t.Fatalf("wrote %d of %d: %v", k, n, err)
		}
		s = s[n:]
	}
}

// unix and quote are what unixWriter and quoter do, on the whole.
func unix(s string) string { return strings.ReplaceAll(s, "\r\n", "\n") }

var fromLine = regexp.MustCompile(`(?m)^(>*From )`)

func quote(s string) string {
	s = fromLine.ReplaceAllString(s, ">$1")
	if s != "" && !strings.HasSuffix(s, "\n") {
		s += "\n"
	}
	return s + "\n"
}

func TestLinesAtAnyChunking(t *testing.T) {
	for _, s := range []string{"", "\r", "\r\r\n", "a\r\nb", "\r\n\r\n", "a\rb\n", "x\r", "From", "From ", "From x\r\nFrom y\r\n>From z\r\n>>From\r\n From a\r\nfrom b\r\n", ">", ">>", "\nFrom \n", "FromFrom \n>F\n"} {
		check(t, s)
	}
}

func check(t *testing.T, s string) {
	for _, size := range []int{1, 2, 3, 1 << 20, 0} {
		var got bytes.Buffer
		u := &unixWriter{w: &got}
		chunked(t, u, s, size)
		if err := u.flush(); err != nil {
			t.Fatal(err)
		}
		if got.String() != unix(s) {
			t.Errorf("unixWriter %q by %d: %q, want %q", s, size, got.String(), unix(s))
		}
		got.Reset()
		q := &quoter{w: &got, begin: true}
		chunked(t, q, s, size)
		if err := q.end(); err != nil {
			t.Fatal(err)
		}
		if got.String() != quote(s) {
			t.Errorf("quoter %q by %d: %q, want %q", s, size, got.String(), quote(s))
		}
	}
}

func FuzzLines(f *testing.F) {
	f.Add("From x\r\n>From y\r\n\r\r\n.")
	f.Add(">>>F\nFrom")
	f.Fuzz(func(t *testing.T, s string) { check(t, s) })
}
