package queue

import (
	"slices"
	"strings"
	"testing"

	"mailpipe/internal/spool"
)

// putEightBit queues a message with octets over 127 in its header and text.
func (f *fixture) putEightBit(repair bool, to, text string) {
	f.t.Helper()
	content := "Subject: été\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n" + text
	f.putContent(spool.Envelope{UTF8: "Subject", Repair: repair}, content, to)
}

// For a server without 8BITMIME and SMTPUTF8, a message that may be repaired is
// converted. Any other fails.
func TestConvert(t *testing.T) {
	r, server := newRelay(t)
	f := newFixture(t, server)
	f.putEightBit(true, "a@example.org", "l'été\r\n")
	f.putEightBit(false, "b@example.org", "été\r\n")
	f.putEightBit(true, "c@example.org", "deux étés\r\n")
	sum, err := f.Flush(t.Context(), Options{})
	if err != nil || sum != (Summary{Sent: 2, Failed: 1}) || r.got() != "a@example.org, c@example.org" {
		t.Errorf("%+v, %v, received by %s: %q", sum, err, r.got(), f.events)
	}
	for _, line := range []string{
		"Subject: =?utf-8?B?w6l0w6k=?=", "Content-Transfer-Encoding: quoted-printable", "deux =C3=A9t=C3=A9s",
	} {
		if !slices.Contains(strings.Split(r.last(), "\r\n"), line) {
			t.Errorf("%q is not in %q", line, r.last())
		}
	}
	if n := r.number(&r.connections); n != 1 {
		t.Errorf("%d connections", n)
	}
}

// A message that cannot be converted now, because there is no temporary file, waits.
func TestConvertFails(t *testing.T) {
	_, server := newRelay(t)
	f := newFixture(t, server)
	f.putEightBit(true, "a@example.org", strings.Repeat("été\r\n", 1<<18))
	t.Setenv("TMPDIR", "/nonexistent")
	sum, err := f.Flush(t.Context(), Options{})
	if err != nil || sum != (Summary{Waiting: 1}) || !strings.Contains(f.events[0], "/nonexistent") {
		t.Errorf("%+v, %v: %q", sum, err, f.events)
	}
	t.Setenv("TMPDIR", t.TempDir())
	if sum, err := f.Flush(t.Context(), Options{}); err != nil || sum != (Summary{Sent: 1}) {
		t.Errorf("%+v, %v: %q", sum, err, f.events)
	}
}
