package compose

import (
	"strings"
	"testing"
)

// C27, C28, C29: the base name alone, and nothing that deceives.
func TestNames(t *testing.T) {
	var notes []string
	for in, want := range map[string]string{
		"../../etc/passwd":       "passwd",
		`C:\x.txt`:               "C:_x.txt",
		"invoice\u202Efdp.exe":   "invoice_fdp.exe",
		".bashrc":                ".bashrc",
		"..":                     "__",
		"../.":                   "_",
		" ":                      "_",
		strings.Repeat("é", 127): strings.Repeat("é", 127),
		`a"b;c,d'e%20.txt`:       `a"b;c,d'e%20.txt`,
	} {
		if got := fileName(in, addTo(&notes)); got != want {
			t.Errorf("%q is sent as %q, want %q", in, got, want)
		}
		m := letter()
		m.Files = []Part{part(in, "x")}
		_, leaves := readBack(t, write(t, m))
		if leaves[0].name != want {
			t.Errorf("%q is read as %q", in, leaves[0].name)
		}
	}
	if len(notes) != 1 || !strings.Contains(notes[0], `\u202e`) {
		t.Errorf("%q", notes)
	}
}
