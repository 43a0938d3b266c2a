package wire

import (
	"fmt"
	"testing"
)

// A value that was not set, or that does not exist, can be printed too.
func TestZeroValues(t *testing.T) {
	for _, c := range []struct {
		value any
		want  string
	}{
		{Kind(0), "unknown"}, {KindInvalidArgument, "invalid argument"}, {Kind(9), "(9)"},
		{Outcome(0), "unknown"}, {OutcomeDeferred, "deferred"}, {Outcome(-1), "(-1)"},
		{Direction(0), "sent"}, {DirNote, "note"},
		{Security(0), "required"}, {TLSNone, "none"},
		{CertificateReason(0), "invalid"}, {CertWrongFingerprint, "wrong fingerprint"},
		{CertNoRoots, "no roots"},
		{Reply{}, ""}, {Reply{}.QueueID(), ""},
		{&Error{}, ""},
		{&CertificateError{}, "the certificate cannot be verified: <nil>"},
		{&CertificateError{Reason: CertExpired}, "the certificate cannot be verified: <nil>"},
	} {
		if got := fmt.Sprint(c.value); got != c.want {
			t.Errorf("%T: %q, want %q", c.value, got, c.want)
		}
	}
	var none *Error
	if none.Temporary() || none.TryNext() {
		t.Error("a nil error is temporary")
	}
}
