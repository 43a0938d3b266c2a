// Package docs has tests that compare the README, the man pages and the layout
// of the packages with the program.
package docs

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// root is the top directory of the project, relative to this one.
const root = "../.."

// star lists the packages of this module that each package may import. The
// libraries compose, detect and wire never import each other. Only the command
// line imports all three.
var star = map[string][]string{
	".": {"internal/cli"},
	"compose": {
		"internal/address", "internal/ascii", "internal/buffer", "internal/charset", "internal/header",
		"internal/htmlref", "internal/termtext", "internal/transfer", "internal/writebehind",
	},
	"detect": {"internal/ascii", "internal/charset"},
	"wire": {
		"internal/ascii", "internal/buffer", "internal/linefeed", "internal/oserror", "internal/scram",
		"internal/termtext",
	},
	"internal/address":    {"internal/ascii", "internal/charset", "internal/termtext"},
	"internal/alias":      {"internal/address", "internal/oserror", "internal/termtext"},
	"internal/ascii":      {},
	"internal/attempt":    {"wire", "internal/repair", "internal/spool"},
	"internal/bounce":     {"compose", "internal/ascii", "internal/buffer", "internal/message", "internal/spool"},
	"internal/buffer":     {},
	"internal/charset":    {},
	"internal/chart":      {"internal/termtext", "wire"},
	"internal/explain":    {"internal/chart", "internal/message", "internal/termtext", "wire"},
	"internal/completion": {},
	"internal/config": {
		"wire", "internal/address", "internal/fileowner", "internal/oserror", "internal/shell", "internal/spelling",
		"internal/termtext",
	},
	"internal/fileowner": {},
	"internal/locate":    {"internal/address", "internal/provider"},
	"internal/provider":  {},
	"internal/header":    {"internal/address", "internal/ascii"},
	"internal/htmlref":   {},
	"internal/inputfile": {"internal/termtext"},
	"internal/getopt":    {},
	"internal/inspect": {
		"detect", "internal/address", "internal/ascii", "internal/charset", "internal/header", "internal/htmlref",
		"internal/message", "internal/termtext", "internal/transfer",
	},
	"internal/linefeed": {},
	"internal/maillog":  {},
	"internal/mailpage": {
		"internal/buffer", "internal/charset", "internal/htmlref", "internal/inspect", "internal/message",
		"internal/termtext",
	},
	"internal/message": {
		"internal/address", "internal/ascii", "internal/buffer", "internal/charset", "internal/linefeed",
		"internal/writebehind",
	},
	"internal/oserror":  {},
	"internal/prompt":   {"compose", "internal/address", "internal/shell", "internal/signals", "internal/termtext"},
	"internal/progress": {"internal/termtext"},
	"internal/queue":    {"wire", "internal/attempt", "internal/bounce", "internal/spool"},
	"internal/repair": {
		"internal/address", "internal/ascii", "internal/buffer", "internal/charset", "internal/header",
		"internal/message", "internal/transfer", "internal/writebehind",
	},
	"internal/report":          {"internal/termtext", "wire"},
	"internal/scram":           {},
	"internal/shell":           {},
	"internal/signals":         {},
	"internal/sink":            {"wire", "internal/buffer", "internal/submit", "internal/termtext"},
	"internal/spelling":        {},
	"internal/spool":           {"internal/ascii", "internal/statedir", "internal/writebehind"},
	"internal/spool/directory": {"internal/spool", "internal/statedir"},
	"internal/spool/postgres":  {"internal/buffer", "internal/oserror", "internal/spool"},
	"internal/statedir":        {"internal/fileowner", "internal/oserror"},
	"internal/stdio":           {"internal/inputfile", "internal/oserror"},
	"internal/submit":          {"wire", "internal/scram"},
	"internal/subprocess":      {"internal/buffer", "internal/charset", "internal/oserror", "internal/signals"},
	"internal/termtext":        {},
	"internal/thread":          {"internal/address", "internal/message"},
	"internal/advice": {
		"compose", "wire", "internal/buffer", "internal/config", "internal/inputfile", "internal/message",
		"internal/oserror", "internal/shell", "internal/spelling",
	},
	"internal/cli": {
		"compose", "detect", "wire",
		"internal/address", "internal/advice", "internal/alias", "internal/attempt", "internal/bounce",
		"internal/buffer", "internal/charset", "internal/chart", "internal/completion", "internal/config",
		"internal/explain", "internal/fileowner", "internal/getopt", "internal/inputfile", "internal/inspect",
		"internal/locate", "internal/maillog", "internal/mailpage", "internal/message", "internal/oserror",
		"internal/progress", "internal/prompt", "internal/provider", "internal/queue", "internal/repair",
		"internal/report", "internal/shell", "internal/signals", "internal/sink", "internal/spelling",
		"internal/spool", "internal/spool/directory", "internal/spool/postgres", "internal/stdio", "internal/submit",
		"internal/subprocess", "internal/termtext", "internal/thread", "man",
	},
	"man":                  {},
	"internal/transfer":    {"internal/ascii", "internal/linefeed", "internal/writebehind"},
	"internal/writebehind": {},
	// Programs and helpers for tests.
	"internal/bench":       {"internal/pgtest", "internal/testservers"},
	"internal/dnstest":     {},
	"internal/mimetest":    {"internal/ascii"},
	"internal/pack":        {},
	"internal/pgtest":      {"internal/testservers"},
	"internal/testreport":  {},
	"internal/testservers": {},
}

// homes maps a library to the only package that may import it.
var homes = map[string]string{
	"github.com/urfave/cli":           "internal/cli",
	"github.com/gabriel-vasile/":      "detect",
	"github.com/gogs/chardet":         "detect",
	"github.com/emersion/go-sasl":     "wire",
	"github.com/segmentio/asm/base64": "internal/transfer",
	"github.com/BurntSushi/toml":      "internal/config",
	"github.com/jackc/":               "internal/spool/postgres",
	// Only tests import these.
	"github.com/xdg-go/scram":          "",
	"github.com/emersion/go-message":   "",
	"github.com/jhillyerd/enmime":      "",
	"github.com/google/go-cmp":         "",
	"github.com/creack/pty":            "",
	"github.com/rogpeppe/go-internal/": "",
}

// A source is a Go file of the module, tests excepted.
type source struct {
	pkg  string // its directory
	name string
	file *ast.File
}

// sources parses all Go files of the module except the tests.
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
			t.Errorf("%s: unknown package: add it to star", s.pkg)
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
					t.Errorf("%s imports %s, which only %q may import", s.name, name, home)
				}
			}
		}
	}
	for pkg, allowed := range star {
		if !seen[pkg] {
			t.Errorf("%s is in star and has no Go file", pkg)
		}
		for _, own := range allowed {
			if !used[pkg+" "+own] {
				t.Errorf("%s may import %s and does not", pkg, own)
			}
		}
	}
}

// TestMap asserts that the table of CONTRIBUTING.md has each package of internal once,
// and no other.
func TestMap(t *testing.T) {
	_, table, _ := strings.Cut(read(t, filepath.Join(root, "CONTRIBUTING.md")), "| package | contents |\n| --- | --- |\n")
	table, _, _ = strings.Cut(table, "\n\n")
	var listed []string
	for row := range strings.Lines(table) {
		names, _, _ := strings.Cut(strings.TrimPrefix(row, "| "), " | ")
		listed = append(listed, strings.Split(strings.Trim(names, "`"), "`, `")...)
	}
	known := []string{"docs", "sharedspool"} // have only tests
	for pkg := range star {
		if name, ok := strings.CutPrefix(pkg, "internal/"); ok {
			known = append(known, name)
		}
	}
	slices.Sort(listed)
	slices.Sort(known)
	if !slices.Equal(listed, known) {
		t.Errorf("CONTRIBUTING.md lists %q, want %q", listed, known)
	}
}

// TestLibrariesKeepQuiet asserts that compose, detect and wire never print, log
// or exit, and use neither flags, files nor the environment.
func TestLibrariesKeepQuiet(t *testing.T) {
	forbidden := map[string][]string{ // nil means every name of the package
		"log": nil, "log/slog": nil, "flag": nil, "os/signal": nil, "os/exec": nil,
		"os": {
			"Exit", "Stdin", "Stdout", "Stderr", "Args", "Getenv", "LookupEnv", "Environ",
			"Open", "OpenFile", "Create", "ReadFile", "WriteFile", "CreateTemp",
		},
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
					t.Errorf("%s uses %s.%s", s.name, pkg.Name, selector.Sel.Name)
				}
			}
			return true
		})
	}
}
