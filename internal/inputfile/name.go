package inputfile

import (
	"fmt"
	"path/filepath"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"

	"mailpipe/internal/termtext"
)

// Name returns the file name under which the file at path is attached: the last
// element of path in UTF-8, with control characters and bidirectional overrides
// replaced by underscores. note says what was changed; it is empty if nothing was.
func Name(path string) (name, note string) {
	base := filepath.Base(path)
	shown := termtext.Line(base)
	if dir := filepath.Dir(path); dir == "/dev/fd" || dir == "/proc/self/fd" { // <(command) in a shell
		name = "input-" + shown
		return name, fmt.Sprintf("attached %s as %s; ,name= sets another name", termtext.Line(path), name)
	}
	name = base
	if !utf8.ValidString(name) {
		// Octets that windows-1252 does not define become U+FFFD, which is replaced below.
		name, _ = charmap.Windows1252.NewDecoder().String(name)
		note = fmt.Sprintf("read file name %s as windows-1252, because it is not UTF-8", shown)
	}
	clean := strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || termtext.BidiOverride(r) || r == utf8.RuneError {
			return '_'
		}
		return r
	}, name)
	if clean != name && note == "" {
		note = fmt.Sprintf("replaced control characters and bidirectional overrides in file name %s by _", shown)
	}
	return clean, note
}
