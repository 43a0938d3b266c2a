package compose

import (
	"strings"
	"testing"
)

// A file name is sent without directories, and without characters
// that deceive a reader.
func TestFileNames(t *testing.T) {
	for in, want := range map[string]string{
		"../../etc/passwd":                "passwd",
		`C:\x.txt`:                        "C:_x.txt",
		"invoice\u202Efdp.exe":            "invoice_fdp.exe",
		"a\u2066b.txt":                    "a_b.txt",
		".bashrc":                         ".bashrc",
		"..":                              "__",
		"../.":                            "_",
		" ":                               "_",
		strings.Repeat("é", 127):          strings.Repeat("é", 127),
		`a"b;c,d'e%20.txt`:                `a"b;c,d'e%20.txt`,
		"تقرير\u200F (1)\u061C\u200E.txt": "تقرير\u200F (1)\u061C\u200E.txt", // marks are common in such names
	} {
		var notes []string
		m := letter()
		m.Note = addTo(&notes)
		m.Files = []Part{part(in, "x")}
		_, leaves := readBack(t, write(t, m))
		if leaves[0].name != want {
			t.Errorf("%q is sent as %q, want %q", in, leaves[0].name, want)
		}
		isNoted := len(notes) == 1 && strings.HasSuffix(notes[0], " contains a bidirectional override: sent as "+want)
		if wantNote := strings.ContainsAny(in, "\u202E\u2066"); isNoted != wantNote {
			t.Errorf("%q: the notes are %q", in, notes)
		}
	}
}
