package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"strings"
	"time"

	"mailpipe/internal/oserror"
	"mailpipe/internal/submit"
	"mailpipe/internal/subprocess"
	"mailpipe/internal/termtext"
)

// execLimit is how long the command of sink --exec may take.
const execLimit = 60 * time.Second

// A mailCommand is a command that decides about each mail of a sink.
type mailCommand struct {
	argv  []string
	out   io.Writer // gets its output
	limit time.Duration
	note  func(format string, args ...any)
}

// newMailCommand returns the command of --exec, or nil. A command that does not exist is
// an error at the start.
func (c *call) newMailCommand() (*mailCommand, error) {
	if !c.flags.IsSet("exec") {
		return nil, nil
	}
	if _, err := exec.LookPath(c.line.exec[0]); err != nil {
		return nil, usage("--exec %s: %s", termtext.Line(c.line.exec[0]), oserror.Reason(errors.Unwrap(err)))
	}
	return &mailCommand{argv: c.line.exec, out: c.Stderr, limit: execLimit, note: c.note}, nil
}

// judge runs the command for a mail. The zero Reply accepts the mail.
func (m *mailCommand) judge(ctx context.Context, from string, to []string, mail io.Reader) submit.Reply {
	ctx, cancel := context.WithTimeoutCause(ctx, m.limit, fmt.Errorf("did not end within %s", m.limit))
	defer cancel()
	env := []string{
		"MAILPIPE_SENDER=" + termtext.Escape(from),
		"MAILPIPE_RECIPIENTS=" + termtext.Escape(strings.Join(to, " ")),
	}
	status, err := subprocess.Feed(ctx, m.argv, env, mail, m.out)
	reply := submit.Reply{Code: 451, Text: "4.3.0 "}
	switch {
	case err == nil && status == 0:
		return submit.Reply{}
	case err == nil && status != exitTemporary:
		reply = submit.Reply{Code: 554, Text: "5.3.0 "}
	}
	if err == nil {
		err = fmt.Errorf("exit status %d", status)
	}
	m.note("--exec %s: %s", termtext.Line(m.argv[0]), err)
	reply.Text += "refused by the command: " + err.Error()
	return reply
}
