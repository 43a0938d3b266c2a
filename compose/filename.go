package compose

import (
	"fmt"
	"strings"

	"mailpipe/internal/termtext"
)

// fileName returns the name under which a file is sent: without directories, and
// without characters that deceive a reader.
func fileName(name string, note func(Note)) string {
	base := name[strings.LastIndexByte(name, '/')+1:]
	clean := strings.Map(func(r rune) rune {
		if termtext.BidiOverride(r) || r == '\\' { // which separates directories on Windows
			return '_'
		}
		return r
	}, base)
	if strings.Trim(clean, ". ") == "" { // a directory to some readers, or no name
		clean = strings.Repeat("_", len(clean))
	}
	if strings.ContainsFunc(base, termtext.BidiOverride) {
		note(Note{Kind: NoteRenamed, Part: name, Value: clean})
	}
	return clean
}

// inventName returns a name for the nth file, which has none. Outlook would
// call it ATT00001.
func inventName(mediaType string, n int) string {
	if strings.HasPrefix(mediaType, "text/") {
		return fmt.Sprintf("part-%d.txt", n)
	}
	return fmt.Sprintf("part-%d.bin", n)
}
