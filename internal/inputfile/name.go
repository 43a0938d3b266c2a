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

// Name returns the name that path goes by in a message: its last element, in
// UTF-8, without anything that could deceive a reader. note says what was
// changed, or is empty.
func Name(path string) (name, note string) {
	base := filepath.Base(path)
	if dir := filepath.Dir(path); dir == "/dev/fd" || dir == "/proc/self/fd" { // <(command) in a shell
		name = "input-" + termtext.Line(base)
		return name, fmt.Sprintf("%s goes as %s: ,name= gives it a better name", termtext.Line(path), name)
	}
	name = base
	if !utf8.ValidString(name) {
		// Every octet has a character in windows-1252 or becomes a control, which goes below.
		name, _ = charmap.Windows1252.NewDecoder().String(name)
		note = fmt.Sprintf("the name %s is not UTF-8: read as windows-1252", termtext.Line(base))
	}
	clean := strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || termtext.Bidi(r) || r == utf8.RuneError {
			return '_'
		}
		return r
	}, name)
	if clean != name && note == "" {
		note = fmt.Sprintf("the name %s has characters that deceive: they became _", termtext.Line(base))
	}
	return clean, note
}
