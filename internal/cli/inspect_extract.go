package cli

import (
	"bufio"
	"errors"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strconv"
	"strings"

	"mailpipe/internal/inspect"
	"mailpipe/internal/oserror"
	"mailpipe/internal/stdio"
	"mailpipe/internal/termtext"
)

// An extraction writes the parts of mails to files in a directory. It never overwrites a
// file, and os.Root keeps it in the directory, whatever the names in a mail are.
type extraction struct {
	name string // of the directory
	root *os.Root
	next map[string]int // by path: the number to try next, if the path is taken
	open map[*inspect.Part]*extractedFile
}

// extractMode makes a new file, and fails also if the name is a link.
const extractMode = os.O_WRONLY | os.O_CREATE | os.O_EXCL

// An extractedFile is the file of a part that is being read.
type extractedFile struct {
	*bufio.Writer
	file *os.File
}

// A fileWriter writes to a file. Its error is a failure that names the file.
type fileWriter struct{ *os.File }

func (w fileWriter) Write(p []byte) (int, error) {
	n, err := w.File.Write(p)
	return n, writeError(w.File, err)
}

// writeError returns the failure to write a file, or nil.
func writeError(f *os.File, err error) error {
	if err == nil {
		return nil
	}
	return fail(exitIO, "%s: %w", pathLine(f.Name()), oserror.Reason(err))
}

// newExtraction opens a directory, and creates it if it is missing.
func newExtraction(dir string) (*extraction, error) {
	err := os.MkdirAll(dir, 0o755)
	if err != nil {
		return nil, createError(dir, err)
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, createError(dir, err)
	}
	return &extraction{dir, root, map[string]int{}, map[*inspect.Part]*extractedFile{}}, nil
}

// showExtraction shows how much of the files was read.
func (i *inspectCall) showExtraction() {
	if !i.progress.Started() {
		return
	}
	var size int64
	for _, name := range i.inputNames() {
		switch n := i.sizeOf(name); {
		case name == "-" && stdio.IsTerminal(i.Stdin):
			return
		case n < 0 || size < 0:
			size = -1
		default:
			size += n
		}
	}
	i.extracted = i.progress.Begin("extracting", size)
}

// sizeOf returns the size of a file, or -1 if it is not known.
func (i *inspectCall) sizeOf(name string) int64 {
	if name == "-" {
		return stdio.NewInput(i.Stdin).Size
	}
	info, err := os.Stat(name)
	if err != nil || !info.Mode().IsRegular() {
		return -1
	}
	return info.Size()
}

// Close closes the files of the parts that were not read to their end.
func (x *extraction) Close() error {
	if x == nil {
		return nil
	}
	var all []error
	for p := range x.open {
		all = append(all, x.end(p))
	}
	return errors.Join(append(all, x.root.Close())...)
}

// begin creates the file of a part in a directory below the one of x, and returns its
// path there.
func (x *extraction) begin(p *inspect.Part, dir string) (string, error) {
	var f *os.File
	name, err := x.create(path.Join(dir, partFileName(p)), func(name string) (err error) {
		f, err = x.root.OpenFile(name, extractMode, 0o644)
		return err
	})
	if err != nil {
		return "", err
	}
	x.open[p] = &extractedFile{bufio.NewWriterSize(fileWriter{f}, 32<<10), f}
	return name, nil
}

// end closes the file of a part, if it has one.
func (x *extraction) end(p *inspect.Part) error {
	f := x.open[p]
	if f == nil {
		return nil
	}
	delete(x.open, p)
	err := f.Flush()
	if closeErr := f.file.Close(); err == nil {
		err = writeError(f.file, closeErr)
	}
	return err
}

// mkdir creates a directory, and returns its path.
func (x *extraction) mkdir(name string) (string, error) {
	return x.create(name, func(name string) error { return x.root.Mkdir(name, 0o755) })
}

// create calls f with a path, and with name-2.png and so on while the path is taken. It
// returns the path that f created.
func (x *extraction) create(name string, f func(name string) error) (string, error) {
	dir, base := path.Split(name)
	stem, extension := splitExtension(base)
	for n := max(x.next[name], 1); ; n++ {
		numbered := name
		if n > 1 {
			end := "-" + strconv.Itoa(n) + extension
			numbered = dir + clip(stem, fileNameMax-len(end)) + end
		}
		err := f(numbered)
		if errors.Is(err, fs.ErrExist) {
			continue
		}
		if err != nil {
			return "", createError(x.path(numbered), err)
		}
		x.next[name] = n + 1
		return numbered, nil
	}
}

// path returns the path of a file as the user names it.
func (x *extraction) path(name string) string { return filepath.Join(x.name, filepath.FromSlash(name)) }

// inspectExtract writes the parts of a mail to files, and prints their paths.
type inspectExtract struct {
	*inspectCall
	name string                   // of the mail
	dirs map[*inspect.Part]string // by the message in a part: where the parts of that message go
}

func (o *inspectExtract) visitor() inspect.Visitor {
	return inspect.Visitor{Begin: o.begin, End: o.endPart}
}

func (o *inspectExtract) begin(p *inspect.Part) (c inspect.Content, err error) {
	isMultipart := p.HasParts && strings.HasPrefix(p.MediaType(), "multipart/")
	if isMultipart {
		return c, nil
	}
	x := o.extraction
	name, err := x.begin(p, o.dir(p))
	if err != nil {
		return c, err
	}
	if p.HasParts {
		o.dirs[p], err = x.mkdir(strings.TrimSuffix(name, path.Ext(name))) // which is .eml
	}
	o.out.WriteString(p.Number + "\t" + termtext.Escape(x.path(name)) + "\n")
	return inspect.Content{Decoded: x.open[p]}, err
}

// dir returns the directory for a part: that of the message around it.
func (o *inspectExtract) dir(p *inspect.Part) string {
	for p = p.Parent; p != nil; p = p.Parent {
		if dir, ok := o.dirs[p]; ok {
			return dir
		}
	}
	return ""
}

func (o *inspectExtract) endPart(p *inspect.Part) error {
	delete(o.dirs, p)
	return o.extraction.end(p)
}

func (o *inspectExtract) end(findings *inspect.Findings) error {
	return o.explainFindings(o.name, findings)
}
