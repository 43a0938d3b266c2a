package cli

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"mailpipe/compose"
	"mailpipe/internal/inputfile"
	"mailpipe/internal/oserror"
	"mailpipe/internal/termtext"
)

// openHTML opens the HTML version, if there is one. The files that it refers to
// are looked up in its directory, and only there.
func (d *draft) openHTML() error {
	if !d.flags.IsSet("html") {
		return nil
	}
	path := d.flags.String("html")
	part, err := d.openPart(path)
	if err != nil {
		return err
	}
	if d.body.kind == bodyNone {
		part.Charset = d.flags.String("charset")
	}
	d.message.HTML = &part
	p := &page{draft: d, path: path, dir: pageDir(path)}
	d.message.Related = p.open
	return nil
}

// A page is the HTML version.
type page struct {
	draft *draft
	path  string
	dir   string
	root  *os.Root // of dir; nil means not opened yet
}

// pageDir returns the directory to which references in a page are relative. For
// a page from standard input or from a pipe of the shell, such as /dev/fd/63, it
// is the working directory.
func pageDir(path string) string {
	path = filepath.Clean(path)
	if path == "-" || strings.HasPrefix(path, "/dev/") || strings.HasPrefix(path, "/proc/") {
		return "."
	}
	return filepath.Dir(path)
}

// open opens an image or style sheet that the page refers to. name is relative
// to the directory of the page.
func (p *page) open(name string) (compose.Part, error) {
	path := filepath.Join(p.dir, filepath.FromSlash(name))
	f, err := p.openFile(filepath.FromSlash(name))
	switch {
	case err == nil:
	case errors.Is(err, fs.ErrNotExist), errors.Is(err, fs.ErrPermission), errors.Is(err, inputfile.ErrDirectory):
		return compose.Part{}, fmt.Errorf("%s: %w", termtext.Line(p.path), fileError(path, err))
	default:
		return compose.Part{}, &compose.LeftOutError{Why: oserror.Reason(err).Error()}
	}
	p.draft.closers = append(p.draft.closers, f)
	return compose.Part{Name: p.draft.fileName(path), Size: f.Size, Open: opens(f.Reader())}, nil
}

func (p *page) openFile(name string) (*inputfile.File, error) {
	if p.root == nil {
		root, err := os.OpenRoot(p.dir)
		if err != nil {
			return nil, err
		}
		p.draft.closers = append(p.draft.closers, root)
		p.root = root
	}
	return p.draft.files.OpenIn(p.root, name)
}

// pathInPage returns the path by which a page in dir refers to a file, or "" if
// it has none.
func pathInPage(dir, path string) string {
	dir, err := filepath.Abs(dir)
	if err != nil || path == "-" {
		return ""
	}
	path, err = filepath.Abs(path)
	if err != nil {
		return ""
	}
	relative, err := filepath.Rel(dir, path)
	if err != nil {
		return ""
	}
	return filepath.ToSlash(relative)
}
