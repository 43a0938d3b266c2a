package cli

import (
	"cmp"
	"errors"
	"io"

	"mailpipe/compose"
	"mailpipe/detect"
	"mailpipe/internal/stdio"
	"mailpipe/internal/termtext"
)

// runCompose writes one message to standard output.
func runCompose(c *call) error {
	if err := c.startProgress(c.hasReader()); err != nil {
		return err
	}
	d, err := c.newDraft()
	if err != nil {
		return err
	}
	defer d.Close()
	if err := d.complete(); err != nil {
		return err
	}
	plan, err := d.plan()
	if err != nil || plan == nil {
		return d.saveText(err)
	}
	stdio.Enlarge(c.Stdout)
	out := c.output()
	if c.progress.Started() && !d.typed() {
		size, _ := plan.Size()
		out = io.MultiWriter(out, c.progress.Begin("writing", size))
	}
	_, err = plan.WriteTo(out)
	return d.saveText(err)
}

// errNothing means that there is no message to write and that this is no error.
var errNothing = errors.New("nothing to do")

// plan opens the files and plans the message. It returns nil if there is no
// message to write.
func (d *draft) plan() (*compose.Plan, error) {
	err := d.gather()
	if errors.Is(err, errNothing) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	skip := d.flags.Bool("skip-empty")
	if skip {
		d.message.AllowEmpty = true // asked of the plan instead
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

// detector returns detect.MediaType. With --verbose, notes report what it finds.
func (c *call) detector() compose.Detector {
	if !c.flags.Bool("verbose") {
		return detect.MediaType
	}
	return func(name string, head []byte, at io.ReaderAt, size int64) (mediaType, charset string, err error) {
		found, err := detect.Part(name, head, at, size)
		if err != nil {
			return "", "", err
		}
		c.note("%s: %s: %s", termtext.Line(cmp.Or(name, "the text")), found, termtext.Line(found.Why))
		return found.Type, found.Charset, nil
	}
}
