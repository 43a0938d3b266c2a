package inspect

import (
	"flag"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"mailpipe/internal/testservers"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// Mails that others wrote for their tests. The golden files have what each yields: its
// parts, and the rules that find something. They were read by eye: what they list is
// wrong with these mails.
func TestCorpora(t *testing.T) {
	const python = "../../testdata/corpus/libpython3.11-testsuite"
	for name, mails := range map[string]map[string]string{
		"enmime":     filesBelow(t, moduleDir(t, "github.com/jhillyerd/enmime/v2"), "testdata", ".raw"),
		"go-message": constants(t, moduleDir(t, "github.com/emersion/go-message")),
		"cpython":    filesBelow(t, python, "test_email/data", ".txt"),
	} {
		t.Run(name, func(t *testing.T) {
			if len(mails) == 0 {
				testservers.NeedFiles(t, python, ".ci/corpus")
			}
			var b strings.Builder
			for _, file := range slices.Sorted(maps.Keys(mails)) {
				fmt.Fprintf(&b, "%s\t%s\n", file, yield(t, mails[file]))
			}
			golden := filepath.Join("testdata", name+".golden")
			if *update {
				if err := os.WriteFile(golden, []byte(b.String()), 0o666); err != nil {
					t.Fatal(err)
				}
			}
			compareLines(t, golden, b.String())
		})
	}
}

// yield returns the parts of a mail and the rules that find something, as a line.
func yield(t *testing.T, mail string) string {
	t.Helper()
	var parts, rules []string
	findings, err := Read(strings.NewReader(mail), Visitor{Begin: func(p *Part) (Content, error) {
		parts = append(parts, p.Number)
		return Content{}, nil
	}})
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range findings.List {
		if !slices.Contains(rules, f.ID) {
			rules = append(rules, f.ID)
		}
	}
	slices.Sort(rules)
	return strings.Join(parts, " ") + "\t" + strings.Join(rules, " ")
}

// compareLines compares lines with those of a golden file.
func compareLines(t *testing.T, golden, got string) {
	t.Helper()
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(got, "\n")
	for line := range strings.SplitSeq(string(want), "\n") {
		if !slices.Contains(lines, line) {
			t.Errorf("%s: want\n%s", golden, line)
		}
	}
	if got != string(want) {
		t.Errorf("%s differs; see the flag -update", golden)
	}
}

// moduleDir returns the directory of a module.
func moduleDir(t testing.TB, module string) string {
	t.Helper()
	out, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", module).Output()
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(string(out))
}

// filesBelow returns the files whose path contains a directory and ends with a suffix,
// by that part of the path which follows the directory.
func filesBelow(t testing.TB, root, dir, suffix string) map[string]string {
	t.Helper()
	found := map[string]string{}
	root, err := filepath.EvalSymlinks(root)
	if err != nil {
		return nil
	}
	err = filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		_, name, below := strings.Cut(filepath.ToSlash(path), dir+"/")
		if err != nil || !d.Type().IsRegular() || !below || !strings.HasSuffix(path, suffix) {
			return err
		}
		content, err := os.ReadFile(path)
		found[name] = string(content)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// constants returns the mails that are string constants in the tests of a package and of
// those below it.
func constants(t testing.TB, dir string) map[string]string {
	t.Helper()
	found := map[string]string{}
	for path := range filesBelow(t, dir, filepath.Base(dir), "_test.go") {
		file, err := parser.ParseFile(token.NewFileSet(), filepath.Join(dir, path), nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, func(n ast.Node) bool {
			spec, ok := n.(*ast.ValueSpec)
			if !ok {
				return true
			}
			for i, value := range spec.Values {
				if text := constant(value); strings.Contains(text, "\r\n\r\n") {
					found[path+" "+spec.Names[i].Name] = text
				}
			}
			return true
		})
	}
	return found
}

// constant returns the value of a string constant that consists of literals and names.
func constant(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.BasicLit:
		text, _ := strconv.Unquote(e.Value)
		return text
	case *ast.BinaryExpr:
		return constant(e.X) + constant(e.Y)
	case *ast.Ident:
		if e.Obj != nil {
			if spec, ok := e.Obj.Decl.(*ast.ValueSpec); ok && len(spec.Values) == 1 {
				return constant(spec.Values[0])
			}
		}
	}
	return ""
}
