package prompt

import (
	"os"
	"path/filepath"
	"strings"
	"unicode/utf8"

	"mailpipe/internal/shell"
	"mailpipe/internal/termtext"
)

// completeFile completes the name of a file up to where names differ. Where
// nothing more is sure it lists the names.
func completeFile(t *terminal, line string, pos int) (string, int) {
	typed, rest := line[:pos], line[pos:]
	folder, start := filepath.Split(typed)
	names := namesIn(folder, start)
	if len(names) == 0 {
		return line, pos
	}
	common := names[0]
	for _, name := range names[1:] {
		common = commonPrefix(common, name)
	}
	if len(common) > len(start) {
		typed = folder + common
		return typed + rest, len(typed)
	}
	if len(names) > 1 {
		t.say(list(names))
	}
	return line, pos
}

// namesIn returns what stands in a folder and begins so; a folder's name ends
// with a slash. Names that begin with a dot are there for who types the dot,
// names that cannot be typed are left out.
func namesIn(folder, start string) []string {
	where := expandHome(folder)
	if where == "" {
		where = "."
	}
	entries, _ := os.ReadDir(where) // a folder that cannot be read has no names
	var names []string
	for _, entry := range entries {
		name := entry.Name()
		if !strings.HasPrefix(name, start) || start == "" && name[0] == '.' || termtext.Text(name) != name {
			continue
		}
		if info, err := os.Stat(filepath.Join(where, name)); err == nil && info.IsDir() {
			name += "/"
		}
		names = append(names, name)
	}
	return names
}

// listMax is how many names are shown.
const listMax = 40

func list(names []string) string {
	if len(names) > listMax {
		names = append(names[:listMax:listMax], "...")
	}
	return strings.Join(names, "  ")
}

// commonPrefix ends between characters.
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

// expandHome replaces a leading ~/ by the home directory.
func expandHome(name string) string { return shell.ExpandHome(name, os.Getenv("HOME")) }
