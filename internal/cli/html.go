package cli

import (
	"errors"
	"fmt"
	"path/filepath"

	"mailpipe/compose"
	"mailpipe/internal/termtext"
)

// openHTML opens the HTML version, if there is one. Images are looked up
// relative to its directory.
func (d *draft) openHTML() error {
	if !d.flags.IsSet("html") {
		return nil
	}
	path := d.flags.String("html")
	part, err := d.openFile(path)
	if err != nil {
		return err
	}
	if d.body.kind == bodyNone {
		part.Charset = d.flags.String("charset")
	}
	d.message.HTML = &part
	dir := ""
	if path != "-" {
		dir = filepath.Dir(path)
	}
	d.message.Related = func(name string) (compose.Part, error) {
		image, err := d.openRelated(dir, name)
		if err != nil {
			return image, fmt.Errorf("%s: %w", termtext.Line(path), err)
		}
		return image, nil
	}
	return nil
}

// openRelated opens a file that the HTML refers to by its name relative to dir.
func (d *draft) openRelated(dir, name string) (compose.Part, error) {
	if filepath.IsAbs(name) {
		return compose.Part{}, fmt.Errorf("%s: not a relative path", termtext.Line(name))
	}
	image, err := d.open(attachment{path: filepath.Join(dir, filepath.FromSlash(name))})
	var known *failure
	if errors.As(err, &known) {
		known.hint = "" // it is about the command line
	}
	return image, err
}
