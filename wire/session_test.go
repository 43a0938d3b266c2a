package wire

import (
	"testing"
	"testing/synctest"
)

// runSession delivers several mails. Each is delivered when the servers have done
// all that they do without being asked.
func (d *dialogue) runSession(t *testing.T) {
	server, wait := scriptedServers(t, d.server, d.scripts)
	s := NewSession([]Server{server})
	d.makeMails(t)
	for ; d != nil; d = d.next {
		synctest.Wait()
		r, err := s.Deliver(t.Context(), d.m)
		d.check(t, d.m.Content.(*text), r, err)
		if d.open != "" && s.Open() != (d.open == "yes") {
			t.Errorf("after %v: open is %t", d.envelope.To, s.Open())
		}
	}
	s.Close()
	wait()
}

// makeMails makes the mails. Next may be called once, with the content written.
func (d *dialogue) makeMails(t *testing.T) {
	content := &text{s: d.content}
	d.m = &Mail{Envelope: d.envelope, Content: content}
	if d.next == nil {
		return
	}
	d.next.makeMails(t)
	calls := 0
	d.m.Next = func() *Mail {
		if calls++; calls > 1 || content.writes != 1 {
			t.Errorf("call %d of Next, and the content was written %d times", calls, content.writes)
		}
		if d.next.isUnknown {
			return nil
		}
		return d.next.m
	}
}
