package compose

import (
	"errors"
	"io/fs"
	"path"
	"regexp"
	"strings"
	"sync"

	"mailpipe/internal/htmlref"
)

// styleSheet returns the content of a style sheet that the page links to. It goes
// into the page, because mail readers do not load it. ok is false for one that
// is not a file or is left out.
func (l *linker) styleSheet(reference string) (css string, ok bool, err error) {
	file, isFile := l.base.file(reference)
	if !isFile || l.b.m.Related == nil {
		return "", false, nil
	}
	css, err = l.readStyleSheet(file)
	if out, ok := errors.AsType[*LeftOutError](err); ok {
		l.leaveOnce(file, out.Why)
		return "", false, nil
	}
	if err != nil {
		return "", false, err
	}
	dir, _ := path.Split(file)
	css, err = l.styleFrom(base{dir: dir}, css)
	return css, err == nil, err
}

// readStyleSheet returns a style sheet as UTF-8. HTML from elsewhere could link
// to any file of the sender, so one that is not named as a style sheet is left
// out. The sheets of a page must not be larger than a page.
func (l *linker) readStyleSheet(file string) (string, error) {
	if !isInside(file) {
		return "", &LeftOutError{whyOutside}
	}
	if !strings.EqualFold(path.Ext(file), ".css") {
		return "", &LeftOutError{"its name does not end with .css"}
	}
	p, err := l.b.m.Related(file)
	if err != nil {
		return "", &LeftOutError{reason(err)}
	}
	t, src, _, err := l.b.readText(&p, file, readOptions{declared: cssCharset, keepNUL: true})
	if err != nil {
		return "", err
	}
	src.Close() // it was only read
	css := string(t.head)
	if t.rest != nil || l.styleOctets+len(css) > maxHold {
		return "", &LeftOutError{"it is too large"}
	}
	if htmlref.IndexFold(css, "</style") >= 0 {
		return "", &LeftOutError{"it contains </style"}
	}
	l.styleOctets += len(css)
	return css, nil
}

// reason returns the reason of an error without the name of the file.
func reason(err error) string {
	if pathError, ok := errors.AsType[*fs.PathError](err); ok {
		return pathError.Err.Error()
	}
	return err.Error()
}

// style rewrites the content of a style element.
func (l *linker) style(css string) (string, error) { return l.styleFrom(l.base, css) }

// styleFrom rewrites CSS whose references are relative to from.
func (l *linker) styleFrom(from base, css string) (string, error) {
	for _, reference := range htmlref.CSSImports(css) {
		if file, ok := from.file(reference); ok && l.b.m.Related != nil {
			l.leaveOnce(file, "it is imported by a style sheet")
		}
	}
	return htmlref.CSS(css, func(reference string) (string, error) { return l.linkFrom(from, reference) })
}

var cssCharsetRule = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^@charset "([^"]*)";`)
})

// cssCharset returns the charset that a style sheet declares, or "".
func cssCharset(css []byte) string {
	if m := cssCharsetRule().FindSubmatch(css); m != nil {
		return string(m[1])
	}
	return ""
}
