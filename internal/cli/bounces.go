package cli

import (
	"cmp"
	"io"
	"os"
	"time"

	"mailpipe/internal/bounce"
	"mailpipe/internal/spool"
)

// bounceOf returns the bounce for a message of the spool, or the notice that it is
// delayed, with its recipient and the address in its From.
func bounceOf(e *spool.Entry, delayed bool) (content io.WriterTo, to, from string, err error) {
	host, _ := os.Hostname()
	to = cmp.Or(e.OnFail, e.From)
	notice := &bounce.Notice{
		Envelope: &e.Envelope, Content: e, Delayed: delayed, To: to, Host: host, Now: time.Now(),
	}
	plan, err := notice.Plan()
	if err != nil {
		return nil, "", "", err
	}
	return plan, to, e.From, nil
}
