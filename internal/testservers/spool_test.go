//go:build linux

package testservers

import (
	"bytes"
	"io"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-message"
)

// An image is sent while the relay is stopped. One flush delivers it after the
// relay was started.
func TestSpoolPicture(t *testing.T) {
	t.Parallel()
	r := startRelay(t)
	r.stop()
	w := newWorkspace(t)
	picture := random(300_000, 7)
	copy(picture, "\x89PNG\r\n\x1a\n")
	w.write("picture.png", string(picture))
	began := time.Now()
	sent := w.sh("printf x | mailpipe send --spool user: -a picture.png -f alice@example.org -t " + bob +
		" -s holiday -S " + r.url())
	sent.want(t, 0, "mailpipe: send: kept as ", " in ~/.local/state/mailpipe/spool: "+r.url()+": connect: ",
		"connection refused")
	if lines := strings.Count(sent.err, "\n"); lines != 1 {
		t.Errorf("%d lines on standard error:\n%s", lines, sent.err)
	}

	r.start(t)
	flush := []string{"queue", "flush", "--all"}
	if os.Getenv("MAILPIPE_TEST_LONG") != "" {
		// The server is tried again 30 s after it failed.
		time.Sleep(time.Until(began.Add(31 * time.Second)))
		flush = flush[:2]
	}
	w.mailpipe(nil, flush...).want(t, 0, "sent 1, waiting 0, failed 0")
	w.mailpipe(nil, "queue", "flush").want(t, 0)
	r.arrivedOnce(t, arrival{"holiday", bob})
	if got := attached(t, r.content("holiday")); !bytes.Equal(got, picture) {
		t.Errorf("the picture has %d other octets, want %d", len(got), len(picture))
	}
	if left := w.mailpipe(nil, "queue", "list"); left.code != 0 || left.out+left.err != "" {
		t.Errorf("queue list: %d, %s%s", left.code, left.out, left.err)
	}
}

// attached returns the content of picture.png in a mail.
func attached(t *testing.T, mail string) (content []byte) {
	t.Helper()
	e, err := message.Read(strings.NewReader(mail))
	if err != nil {
		t.Fatal(err)
	}
	err = e.Walk(func(_ []int, part *message.Entity, err error) error {
		_, params, _ := part.Header.ContentDisposition()
		if err == nil && params["filename"] == "picture.png" {
			content, err = io.ReadAll(part.Body)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return content
}
