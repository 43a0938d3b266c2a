package wire

import (
	"testing"
	"testing/synctest"
)

// A map from Extensions is the caller's own.
func TestExtensionsAreCopied(t *testing.T) {
	c := &Client{extensions: map[string]string{"SIZE": "1000"}}
	c.Extensions()["SIZE"] = "1"
	if got := c.sizeLimit(); got != 1000 {
		t.Errorf("the limit is %d after a change of the map, want 1000", got)
	}
}

// The extensions in the reply to EHLO are forgotten if the server then knows only
// HELO.
func TestHelloForgets(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &scripted{t: t, script: `
			hello PIPELINING, LIMITS RCPTMAX=7
			C: EHLO me
			S: 502 what
			C: HELO me
			S: 250 hi
			bye`}
		c, err := Dial(t.Context(), s.server("test"))
		if err != nil {
			t.Fatal(err)
		}
		if c.Limit() != 7 {
			t.Errorf("limit %d after EHLO, want 7", c.Limit())
		}
		err = c.hello(t.Context())
		if err != nil || c.Extensions() != nil || c.Limit() != defaultLimit {
			t.Errorf("%v, extensions %v, limit %d", err, c.Extensions(), c.Limit())
		}
		c.Quit()
		<-s.done
	})
}

// The zero Client is a closed one.
func TestZeroClient(t *testing.T) {
	c := new(Client)
	r, err := c.Send(t.Context(), envelope("bob@example.org"), &text{s: "hi\n"})
	checkError(t, err, "temporary: MAIL: the connection is closed")
	if outcomes(r) != "deferred" || c.Quit() != nil || c.Close() != nil {
		t.Errorf("outcomes: %s", outcomes(r))
	}
}
