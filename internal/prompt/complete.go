package prompt

import (
	"os"
	"path/filepath"
	"strings"
	"unicode/utf8"

	"mailpipe/internal/shell"
	"mailpipe/internal/termtext"
)

// maxListed is how many names are listed.
const maxListed = 40

// completeFile completes the name of a file as far as all matching names agree.
// If they agree in nothing more, it lists them.
func (f *Form) completeFile(t *terminal, line string, pos int) (string, int) {
	typed, rest := line[:pos], line[pos:]
	dir, start := filepath.Split(typed)
	names := namesIn(shell.ExpandHome(dir, f.Home), start)
	if len(names) == 0 {
		return line, pos
	}
	common := names[0]
	for _, name := range names[1:] {
		common = commonPrefix(common, name)
	}
	if len(common) > len(start) {
		typed = dir + common
		return typed + rest, len(typed)
	}
	if len(names) > 1 {
		if len(names) > maxListed {
			names = append(names[:maxListed], "...")
		}
		t.say(strings.Join(names, "  "))
	}
	return line, pos
}

// namesIn returns the names in a directory that begin with start. The name of a
// directory gets a slash. Names that begin with a dot are hidden until the dot
// is typed; names that cannot be typed are left out.
func namesIn(dir, start string) []string {
	if dir == "" {
		dir = "."
	}
	entries, _ := os.ReadDir(dir) // a directory that cannot be read offers no names
	var names []string
	for _, entry := range entries {
		name := entry.Name()
		hidden := start == "" && name[0] == '.'
		if hidden || !strings.HasPrefix(name, start) || termtext.Escape(name) != name {
			continue
		}
		info, err := os.Stat(filepath.Join(dir, name))
		if err == nil && info.IsDir() {
			name += "/"
		}
		names = append(names, name)
	}
	return names
}

// commonPrefix returns the characters with which both a and b begin.
func commonPrefix(a, b string) string {
	n := 0
	for n < len(a) && n < len(b) && a[n] == b[n] {
		n++
	}
	for n > 0 && n < len(a) && !utf8.RuneStart(a[n]) {
		n--
	}
	return a[:n]
}
