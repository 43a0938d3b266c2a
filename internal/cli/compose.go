package cli

import (
	"cmp"
	"errors"
	"io"
	"strings"

	"mailpipe/compose"
	"mailpipe/detect"
	"mailpipe/internal/stdio"
	"mailpipe/internal/termtext"
)

// runCompose writes one message to standard output.
func runCompose(c *call) error {
	d, err := c.newDraft()
	if err != nil {
		return err
	}
	defer d.Close()
	if err := d.sender(); err != nil {
		return err
	}
	if c.flags.Bool("interactive") {
		if err := d.ask(); err != nil {
			return err
		}
	}
	if d.message.From == (compose.Address{}) {
		return d.missing(lackSender)
	}
	plan, err := d.plan()
	if err != nil || plan == nil {
		return err
	}
	stdio.Enlarge(c.Stdout)
	_, err = plan.WriteTo(c.out)
	return err
}

// plan opens the files and plans the message. It is nil when there is nothing to do.
func (d *draft) plan() (*compose.Plan, error) {
	if err := d.gather(); errors.Is(err, errNothing) {
		return nil, nil
	} else if err != nil {
		return nil, err
	}
	skip := d.flags.Bool("skip-empty")
	if skip {
		d.message.AllowEmpty = true // the plan tells, and nothing is written
	}
	plan, err := d.message.Plan()
	if err != nil {
		return nil, err
	}
	if skip && plan.Empty() {
		return nil, plan.Close()
	}
	return plan, nil
}

// lackSender is what is most often missing.
const lackSender = "the sender (-f)"

// execLast is the hint for flags of mailpipe after --exec.
const execLast = "everything after --exec belongs to its command: it must be the last flag"

// missing names all that the command line lacks.
func (d *draft) missing(what ...string) error {
	fail := usage("missing: %s", strings.Join(what, ", "))
	var hints []string
	if d.line.exec != nil {
		hints = append(hints, execLast)
	}
	if what[0] == lackSender {
		hints = append(hints, "-f ADDR, $MAILPIPE_FROM, $EMAIL or an account names the sender")
	}
	fail.hint = strings.Join(hints, "; ")
	return fail
}

// detector returns detect.MediaType. With --verbose, notes report what it finds.
func (c *call) detector() compose.Detector {
	if !c.flags.Bool("verbose") {
		return detect.MediaType
	}
	return func(name string, head []byte, at io.ReaderAt, size int64) (mediaType, charset string, err error) {
		mediaType, charset, err = detect.MediaType(name, head, at, size)
		found := detect.Head(name, head)
		if at != nil {
			found = detect.File(name, at, size)
		}
		found.Charset = charset
		c.note("%s: %s: %s", termtext.Line(cmp.Or(name, "the text")), found, termtext.Line(found.Why))
		return mediaType, charset, err
	}
}
