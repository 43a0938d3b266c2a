package cli

import (
	"errors"
	"fmt"
	"path/filepath"

	"mailpipe/compose"
	"mailpipe/internal/termtext"
)

// openHTML opens the HTML version and lets compose find the pictures that it
// names, relative to its own folder.
func (d *draft) openHTML() error {
	if !d.flags.IsSet("html") {
		return nil
	}
	path := d.flags.String("html")
	part, err := d.open(attachment{path: path})
	if err != nil {
		return err
	}
	part.Name = ""
	if d.body == bodyNone {
		part.Charset = d.flags.String("charset")
	}
	d.message.HTML = &part
	folder := ""
	if path != "-" {
		folder = filepath.Dir(path)
	}
	d.message.Related = func(name string) (compose.Part, error) {
		if filepath.IsAbs(name) {
			return compose.Part{}, fmt.Errorf("%s is not relative", termtext.Line(name))
		}
		picture, err := d.open(attachment{path: filepath.Join(folder, filepath.FromSlash(name))})
		if err != nil {
			var known *failure
			if errors.As(err, &known) {
				known.hint = "" // it is about what the command line names
			}
			return compose.Part{}, fmt.Errorf("%s names %w", termtext.Line(path), err)
		}
		return picture, nil
	}
	return nil
}
