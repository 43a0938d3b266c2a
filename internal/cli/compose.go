package cli

import (
	"cmp"
	"errors"
	"io"
	"slices"
	"strings"

	"mailpipe/compose"
	"mailpipe/detect"
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
	enlarge(c.Stdout)
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

// execLast is a hint for flags of ours behind --exec.
const execLast = "all that follows --exec belongs to the command: it goes last"

// missing says at once all that the command line lacks.
func (d *draft) missing(what ...string) error {
	const source = "-f ADDR, $MAILPIPE_FROM, $EMAIL or an account names the sender"
	fail := usage("missing: %s", strings.Join(what, ", "))
	behind := d.behindExec()
	switch {
	case what[0] == lackSender && len(behind) > 0 && !slices.Contains(behind, "from"):
		fail.hint = execLast + "; " + source
	case len(behind) > 0:
		fail.hint = execLast
	case what[0] == lackSender:
		fail.hint = source
	}
	return fail
}

// behindExec names those of our flags that stand among the arguments of the command of --exec.
func (c *call) behindExec() []string {
	var found []string
	for i := 1; i < len(c.sorted.exec); i++ {
		name, _, _ := strings.Cut(c.sorted.exec[i], "=")
		value := ""
		if i+1 < len(c.sorted.exec) {
			value = c.sorted.exec[i+1]
		}
		for _, f := range Flags(c.name) {
			address := f.Value == "ADDR"
			ours := address || f.Name == "subject" || f.Name == "attach" || f.Name == "server"
			if !ours || !slices.Contains(f.Names(), name) {
				continue
			}
			if len(name) == 2 && (value == "" || address && !strings.Contains(value, "@")) {
				continue // sh -c, tar -t -f
			}
			found = append(found, f.Name)
		}
	}
	return found
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
