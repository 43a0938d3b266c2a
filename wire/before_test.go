package wire

import (
	"errors"
	"testing"
	"testing/synctest"
)

// Another attempt serves only the recipients that are left, and its error is about
// all of them.
func TestBefore(t *testing.T) {
	const begin = `
		hello
		C: MAIL FROM:<alice@example.org>
		S: 250`
	const rest = `
		C: DATA
		S: 354
		C: hi
		C: .
		S: 250
		bye`
	for name, tt := range map[string]struct {
		before [3]Outcome
		script string
		want   string
		kind   Kind // 0: no error
		words  string
	}{
		"accepted": {
			[3]Outcome{OutcomeAccepted, OutcomeDeferred, OutcomeUnknown},
			begin + "\nC: RCPT TO:<b@x>\nS: 250\nC: RCPT TO:<c@x>\nS: 250" + rest,
			"accepted accepted accepted", 0, "",
		},
		"deferred again": {
			[3]Outcome{OutcomeAccepted, OutcomeDeferred, OutcomeAccepted},
			begin + "\nC: RCPT TO:<b@x>\nS: 450 later\nbye",
			"accepted deferred accepted", KindPermanent, "test: RCPT: 1 of 3 recipients were not served: b@x: 450 later",
		},
		"refused before": {
			[3]Outcome{OutcomeRefused, OutcomeDeferred, OutcomeDeferred},
			begin + "\nC: RCPT TO:<b@x>\nS: 250\nC: RCPT TO:<c@x>\nS: 250" + rest,
			"refused accepted accepted", KindPermanent, "test: RCPT: 1 of 3 recipients were not served: a@x: gone",
		},
		"none": {
			[3]Outcome{OutcomeRefused, OutcomeDeferred, OutcomeRefused},
			begin + "\nC: RCPT TO:<b@x>\nS: 450 later\nbye",
			"refused deferred refused", KindTemporary, "test: RCPT: b@x (and 2 more): 450 later",
		},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				server, wait := scriptedServers(t, Server{}, []string{tt.script})
				e := envelope("a@x", "b@x", "c@x")
				e.AllOrNothing = tt.before[0] == OutcomeAccepted
				m := &Mail{Envelope: e, Content: &text{s: "hi\n"}}
				for i, o := range tt.before {
					m.Before = append(m.Before, Recipient{Address: e.To[i], Outcome: o, Reason: "gone"})
				}
				s := NewSession([]Server{server})
				r, err := s.Deliver(t.Context(), m)
				s.Close()
				wait()
				if outcomes(r) != tt.want {
					t.Errorf("%s, want %s", outcomes(r), tt.want)
				}
				var failed *Error
				if tt.kind == 0 && err == nil {
					return
				}
				if !errors.As(err, &failed) || failed.Kind != tt.kind || err.Error() != tt.words {
					t.Errorf("%v, want %v: %s", err, tt.kind, tt.words)
				}
			})
		})
	}
}
