package cli

import (
	"errors"
	"fmt"
	"io/fs"
	"net"
	"strconv"
	"strings"

	"mailpipe/internal/signals"
	"mailpipe/internal/sink"
	"mailpipe/internal/termtext"
)

// runSink serves SMTP on loopback till it is told to end.
func runSink(c *call) error {
	opt, err := c.sinkOptions()
	if err != nil {
		return err
	}
	if err := opt.Check(); err != nil {
		var path *fs.PathError
		if errors.As(err, &path) {
			return fail(exitCantCreate, fmt.Errorf("%s: %w", termtext.Line(path.Path), plainError{err}))
		}
		return usage("%s", err)
	}
	addr := "127.0.0.1:2525"
	if c.flags.IsSet("listen") {
		addr = c.flags.String("listen")
	}
	_, port, err := net.SplitHostPort(addr)
	if err == nil {
		_, err = strconv.ParseUint(port, 10, 16)
	}
	if err != nil {
		return usage("--listen \"%s\" is no address: HOST:PORT", termtext.Line(addr))
	}
	l, err := net.Listen("tcp", addr)
	if err != nil {
		fail := &failure{code: exitUnavailable, err: fmt.Errorf("--listen %s: %w", termtext.Line(addr), plainError{err})}
		fail.hint = "--listen 127.0.0.1:0 takes any free port"
		return fail
	}
	h := signals.New(nil)
	h.Postpone() // a signal ends Serve
	defer h.Stop()
	// Said even with --quiet: with port 0 nobody could find it otherwise.
	fmt.Fprintf(c.Stderr, "%s: sink: listening on %s\n", program, l.Addr())
	err = sink.Serve(h.Context(), l, opt)
	h.Raise()
	return err
}

func (c *call) sinkOptions() (sink.Options, error) {
	var opt sink.Options
	switch operands := c.line.operands(); len(operands) {
	case 0:
		opt.Mbox = c.out
	case 1:
		opt.Dir = operands[0]
		if opt.Dir == "" {
			return opt, usage("the folder's name is empty")
		}
	default:
		return opt, usage("one folder only, not %d", len(operands))
	}
	if c.flags.IsSet("count") {
		n, err := strconv.Atoi(c.flags.String("count"))
		if err != nil || n < 1 {
			return opt, usage("--count \"%s\" is no number of mails", termtext.Line(c.flags.String("count")))
		}
		opt.Count = n
	}
	for _, reply := range c.values("reply") {
		stage, text, _ := strings.Cut(reply, "=")
		code, err := strconv.Atoi(text)
		if err != nil {
			return opt, usage("--reply \"%s\" is not STAGE=CODE: rcpt=451", termtext.Line(reply))
		}
		if opt.Reply == nil {
			opt.Reply = map[string]int{}
		}
		opt.Reply[stage] = code
	}
	return opt, nil
}
