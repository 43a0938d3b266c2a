package cli

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"mailpipe/internal/submit"
)

// The exit status decides about the mail. A command that is too slow is killed, with its
// children.
func TestMailCommand(t *testing.T) {
	const mail = "Subject: x\n\ntext\n"
	for _, c := range []struct {
		script, out string
		reply       submit.Reply
	}{
		{"cat; echo; echo $MAILPIPE_SENDER, $MAILPIPE_RECIPIENTS >&2", mail + "\na@b, c@d e@f\n", submit.Reply{}},
		{"true", "", submit.Reply{}},
		{"exit 75", "", submit.Reply{Code: 451, Text: "4.3.0 refused by the command: exit status 75"}},
		{"exit 1", "", submit.Reply{Code: 554, Text: "5.3.0 refused by the command: exit status 1"}},
		{"kill -9 $$", "", submit.Reply{Code: 554, Text: "5.3.0 refused by the command: exit status 137"}},
		{"sleep 600 & wait", "", submit.Reply{Code: 451, Text: "4.3.0 refused by the command: did not end within 2s"}},
	} {
		var out strings.Builder
		var notes []string
		m := &mailCommand{argv: []string{"sh", "-c", c.script}, out: &out, limit: 2 * time.Second}
		m.note = func(format string, args ...any) { notes = append(notes, fmt.Sprintf(format, args...)) }
		reply := m.judge(context.Background(), "a@b", []string{"c@d", "e@f"}, strings.NewReader(mail))
		if reply != c.reply || out.String() != c.out {
			t.Errorf("%s: %+v, %q", c.script, reply, &out)
		}
		if refused := reply != (submit.Reply{}); refused != (len(notes) == 1) {
			t.Errorf("%s: notes %q", c.script, notes)
		}
	}
}

// A signal to the sink ends the command.
func TestMailCommandEnds(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	m := &mailCommand{argv: []string{"sh", "-c", "echo started; sleep 600 & wait"}, limit: time.Hour}
	m.out = writerFunc(func(p []byte) (int, error) {
		cancel()
		return len(p), nil
	})
	m.note = func(string, ...any) {}
	if reply := m.judge(ctx, "", nil, strings.NewReader("x")); reply.Code != 451 {
		t.Error(reply)
	}
}

type writerFunc func(p []byte) (int, error)

func (f writerFunc) Write(p []byte) (int, error) { return f(p) }
