package cli

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"strconv"
	"strings"

	"mailpipe/internal/oserror"
	"mailpipe/internal/signals"
	"mailpipe/internal/sink"
	"mailpipe/internal/submit"
	"mailpipe/internal/termtext"
)

// runSink serves SMTP until a signal or --count ends it.
func runSink(c *call) error {
	opt, err := c.sinkOptions()
	if err != nil {
		return err
	}
	if err := opt.Check(); err != nil {
		if path, ok := errors.AsType[*fs.PathError](err); ok {
			return createError(path.Path, err)
		}
		return usage("%s", err)
	}
	dialogue, err := c.newSinkDialogue()
	if err != nil {
		return err
	}
	if c.flags.IsSet("trace") || dialogue.first != nil {
		opt.Observe = dialogue.observe
	}
	command, err := c.newMailCommand()
	if err != nil {
		return err
	}
	l, err := c.listen()
	if err != nil {
		return err
	}
	if err := c.secureSink(&opt, isLoopback(l)); err != nil {
		l.Close()
		return err
	}
	if !isLoopback(l) {
		c.note("--listen %s: other machines can connect", l.Addr())
	}
	h := signals.New(nil)
	h.Postpone() // a signal ends Serve
	defer h.Release()
	if command != nil {
		opt.Judge = func(from string, to []string, mail io.Reader) submit.Reply {
			return command.judge(h.Context(), from, to, mail)
		}
	}
	// Printed even with --quiet: with port 0 there is no other way to know it.
	fmt.Fprintf(c.Stderr, "%s: sink: listening on %s\n", program, l.Addr())
	err = sink.Serve(h.Context(), l, opt)
	h.Raise()
	return err
}

// listen listens on the address of --listen.
func (c *call) listen() (net.Listener, error) {
	addr := "127.0.0.1:2525"
	if c.flags.IsSet("listen") {
		addr = c.flags.String("listen")
	}
	_, port, err := net.SplitHostPort(addr)
	if err == nil {
		_, err = strconv.ParseUint(port, 10, 16)
	}
	if err != nil {
		return nil, usage("invalid --listen \"%s\": must be HOST:PORT", termtext.Line(addr))
	}
	l, err := net.Listen("tcp", addr)
	if err != nil {
		e := fail(exitUnavailable, "--listen %s: %w", termtext.Line(addr), oserror.Reason(err))
		return nil, e.withHint("use --listen 127.0.0.1:0 for any free port")
	}
	return l, nil
}

func (c *call) sinkOptions() (sink.Options, error) {
	opt := sink.Options{Note: func(text string) { c.note("%s", text) }}
	if c.flags.Bool("verbose") {
		opt.Kept = func(from string, to []string, kept string) {
			c.note("mail from <%s> to <%s> %s", from, strings.Join(to, ">, <"), kept)
		}
	}
	switch operands := c.line.operands(); len(operands) {
	case 0:
		opt.Mbox = c.out
	case 1:
		opt.Dir = operands[0]
		if opt.Dir == "" {
			return opt, usage("the name of the directory must not be empty")
		}
		if c.asksForHelp() {
			return opt, usage("there is no directory help; ./help makes it")
		}
	default:
		return opt, usage("too many operands: %d; sink takes one directory", len(operands))
	}
	if c.flags.IsSet("count") {
		count := c.flags.String("count")
		n, err := strconv.Atoi(count)
		if err != nil || n < 1 {
			return opt, usage("invalid --count \"%s\": must be a number from 1", termtext.Line(count))
		}
		opt.Count = n
	}
	for _, reply := range c.values("reply") {
		rule, err := sink.ParseRule(reply)
		if err != nil {
			return opt, usage("invalid --reply \"%s\": %s", termtext.Line(reply), err)
		}
		opt.Reply = append(opt.Reply, rule)
	}
	return opt, c.checkSecurity()
}
