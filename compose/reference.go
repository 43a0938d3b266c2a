package compose

import (
	"net/url"
	"path"
	"strings"

	"mailpipe/internal/htmlref"
)

// A reference is a URL in HTML or CSS, absolute or relative (RFC 3986 §4.1).

// A base is what relative references are relative to.
type base struct {
	dir      string // for files: "" is the directory of the page, "images/" is below it
	isRemote bool   // another server: relative references are not files
}

// baseOf returns the base that the href of <base> sets.
func baseOf(href string) base {
	file, isLocal := localPath(href)
	dir, _ := path.Split(file)
	return base{dir: dir, isRemote: !isLocal}
}

// file returns the path, relative to the directory of the page, of the file that
// a reference leads to. It returns false for a reference to something else: a
// place in the page, or what only a browser can get.
func (b base) file(reference string) (file string, ok bool) {
	file, isLocal := localPath(reference)
	if !isLocal || file == "" || b.isRemote {
		return "", false
	}
	if !path.IsAbs(file) {
		file = b.dir + file
	}
	return path.Clean(file), true
}

// isInside reports whether a path that is relative to a directory leads to a file in it.
func isInside(file string) bool {
	return !path.IsAbs(file) && file != ".." && !strings.HasPrefix(file, "../")
}

// localPath returns the path of a reference that may lead to a file of this
// machine, without its query and fragment. What looks like an unknown scheme is
// a part of the file name, such as "chart:1.png".
func localPath(reference string) (file string, ok bool) {
	switch htmlref.Scheme(reference) {
	case "http", "https", "ftp", "about", "blob", "cid", "data", "javascript", "mailto", "mid":
		return "", false
	case "file":
		_, file, _ = strings.Cut(reference, ":")
		file = "/" + strings.TrimLeft(file, "/")
	default:
		file = strings.ReplaceAll(reference, `\`, "/") // as browsers do
		if strings.HasPrefix(file, "//") {
			return "", false // of another server
		}
	}
	if i := strings.IndexAny(file, "?#"); i >= 0 {
		file = file[:i]
	}
	if unescaped, err := url.PathUnescape(file); err == nil { // else it is a name such as "100%.png"
		file = unescaped
	}
	return file, true
}
