// Package docs holds what is written about the program against the program:
// the README, the man pages, and the layout.
package docs

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// root is the top folder of the project, seen from this one.
const root = "../.."

// star says what each package may import of this module. The libraries stand
// alone but for the shape of an address, the names of charsets and some inner
// loops; only the command line knows all three.
var star = map[string][]string{
	".":                   {"internal/cli"},
	"compose":             {"internal/address", "internal/ascii", "internal/charset", "internal/termtext"},
	"detect":              {"internal/ascii"},
	"wire":                {"internal/ascii", "internal/buffer", "internal/termtext"},
	"internal/address":    {"internal/ascii", "internal/charset", "internal/termtext"},
	"internal/ascii":      {},
	"internal/buffer":     {},
	"internal/charset":    {},
	"internal/chart":      {"internal/termtext", "wire"},
	"internal/config":     {"internal/address", "internal/shell", "internal/spelling", "internal/termtext", "wire"},
	"internal/inputfile":  {"internal/termtext"},
	"internal/message":    {"internal/address", "internal/ascii", "internal/buffer"},
	"internal/prompt":     {"internal/termtext"},
	"internal/shell":      {},
	"internal/sink":       {"internal/address", "internal/buffer", "internal/termtext"},
	"internal/spelling":   {},
	"internal/subprocess": {"internal/buffer"},
	"internal/termtext":   {},
	"internal/advice": {
		"compose", "wire", "internal/address", "internal/config", "internal/inputfile", "internal/message", "internal/shell",
		"internal/spelling", "internal/subprocess", "internal/termtext",
	},
	"internal/cli": {
		"compose", "detect", "wire",
		"internal/address", "internal/advice", "internal/buffer", "internal/chart", "internal/charset",
		"internal/config", "internal/inputfile", "internal/message", "internal/prompt", "internal/shell", "internal/sink",
		"internal/spelling", "internal/subprocess", "internal/termtext",
	},
	// Helpers of tests.
	"internal/bench":       {"internal/message", "wire"},
	"internal/testservers": {},
}

// homes are the only packages that name a library.
var homes = map[string]string{
	"github.com/urfave/cli":           "internal/cli",
	"github.com/gabriel-vasile/":      "detect",
	"github.com/gogs/chardet":         "detect",
	"github.com/emersion/go-sasl":     "wire",
	"github.com/emersion/go-smtp":     "internal/sink",
	"github.com/segmentio/asm/base64": "compose",
	"github.com/BurntSushi/toml":      "internal/config",
	// For tests alone.
	"github.com/xdg-go/scram":          "",
	"github.com/emersion/go-message":   "",
	"github.com/jhillyerd/enmime":      "",
	"github.com/google/go-cmp":         "",
	"github.com/creack/pty":            "",
	"github.com/rogpeppe/go-internal/": "",
}

// source is a file of the module that is no test.
type source struct {
	pkg  string // its folder
	name string
	file *ast.File
}

// sources parses all of them.
func sources(t *testing.T) []source {
	t.Helper()
	var all []source
	err := filepath.WalkDir(root, func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && (d.Name() == "testdata" || strings.HasPrefix(d.Name(), ".") && name != root) {
			return filepath.SkipDir
		}
		if !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") {
			return nil
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(root, name)
		all = append(all, source{path.Dir(filepath.ToSlash(rel)), filepath.ToSlash(rel), file})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func TestStar(t *testing.T) {
	seen, used := map[string]bool{}, map[string]bool{}
	for _, s := range sources(t) {
		allowed, known := star[s.pkg]
		if !known {
			t.Errorf("%s: the package is not in the star: say what it may import", s.pkg)
		}
		seen[s.pkg] = true
		for _, spec := range s.file.Imports {
			name, err := strconv.Unquote(spec.Path.Value)
			if err != nil {
				t.Fatal(err)
			}
			if own, ok := strings.CutPrefix(name, "mailpipe/"); ok {
				used[s.pkg+" "+own] = true
				if !slices.Contains(allowed, own) {
					t.Errorf("%s imports %s", s.name, name)
				}
			}
			for library, home := range homes {
				if strings.HasPrefix(name, library) && s.pkg != home {
					t.Errorf("%s imports %s, which is named in %q alone", s.name, name, home)
				}
			}
		}
	}
	for pkg, allowed := range star {
		if !seen[pkg] {
			t.Errorf("%s is in the star and has no source", pkg)
		}
		for _, own := range allowed {
			if !used[pkg+" "+own] {
				t.Errorf("%s may import %s and does not", pkg, own)
			}
		}
	}
}

// TestLibrariesKeepQuiet holds that compose, detect and wire never print, log
// or exit, and know neither flags, files nor the environment.
func TestLibrariesKeepQuiet(t *testing.T) {
	forbidden := map[string][]string{ // nil: all of the package
		"log": nil, "log/slog": nil, "flag": nil, "os/signal": nil, "os/exec": nil,
		"os":  {"Exit", "Stdin", "Stdout", "Stderr", "Args", "Getenv", "LookupEnv", "Environ", "Open", "OpenFile", "Create", "ReadFile", "WriteFile", "CreateTemp"},
		"fmt": {"Print", "Printf", "Println", "Scan", "Scanf", "Scanln"},
	}
	for _, s := range sources(t) {
		if s.pkg != "compose" && s.pkg != "detect" && s.pkg != "wire" {
			continue
		}
		for _, spec := range s.file.Imports {
			name, _ := strconv.Unquote(spec.Path.Value)
			if words, known := forbidden[name]; known && words == nil {
				t.Errorf("%s imports %s", s.name, name)
			}
		}
		ast.Inspect(s.file, func(n ast.Node) bool {
			if call, ok := n.(*ast.CallExpr); ok {
				if id, ok := call.Fun.(*ast.Ident); ok && (id.Name == "print" || id.Name == "println") {
					t.Errorf("%s calls %s", s.name, id.Name)
				}
			}
			if selector, ok := n.(*ast.SelectorExpr); ok {
				if pkg, ok := selector.X.(*ast.Ident); ok && slices.Contains(forbidden[pkg.Name], selector.Sel.Name) {
					t.Errorf("%s names %s.%s", s.name, pkg.Name, selector.Sel.Name)
				}
			}
			return true
		})
	}
}

// TestTopLevel holds that the top folder is read at a glance.
func TestTopLevel(t *testing.T) {
	allowed := strings.Fields("main.go wire compose detect testdata go.mod go.sum man README.md LICENSE CHANGELOG.md BENCHMARKS.md Makefile internal .ci .git .gitignore")
	ignored, err := os.ReadFile(filepath.Join(root, ".gitignore"))
	if err != nil {
		t.Fatal(err)
	}
	entries, err := os.ReadDir(root)
	if err != nil {
		t.Fatal(err)
	}
	for _, entry := range entries {
		if slices.Contains(allowed, entry.Name()) || slices.ContainsFunc(strings.Fields(string(ignored)), func(pattern string) bool {
			match, err := path.Match(strings.Trim(pattern, "/"), entry.Name())
			return err == nil && match
		}) {
			continue
		}
		t.Errorf("%s does not belong in the top folder", entry.Name())
	}
}

// TestNothingIgnoredIsCommitted holds that what .gitignore names, which a
// machine makes for itself, is on none by a clone.
func TestNothingIgnoredIsCommitted(t *testing.T) {
	if _, err := os.Lstat(filepath.Join(root, ".git")); err != nil {
		return // the files alone: nothing says what is committed
	}
	cmd := exec.Command("git", "-c", "safe.directory=*", "ls-files", "--cached", "--ignored", "--exclude-standard")
	cmd.Dir = root
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	for name := range strings.Lines(string(out)) {
		t.Errorf("%s is committed", strings.TrimSpace(name))
	}
}
