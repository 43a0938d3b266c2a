package explain

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"mailpipe/internal/submit"
	"mailpipe/internal/termtext"
	"mailpipe/wire"
)

// has reports whether the table has a row.
func has(key string) bool {
	return slices.ContainsFunc(sentences, func(r row) bool { return r.key == key })
}

// sources returns the files of a package of the program without its tests.
func sources(t *testing.T, pkg string) []*ast.File {
	t.Helper()
	names, err := filepath.Glob(filepath.Join("../..", pkg, "*.go"))
	if err != nil || len(names) == 0 {
		t.Fatalf("no sources in %s: %v", pkg, err)
	}
	var files []*ast.File
	for _, name := range names {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, file)
	}
	return files
}

// each calls f for each node of some packages.
func each[N ast.Node](t *testing.T, f func(N), pkgs ...string) {
	t.Helper()
	for _, pkg := range pkgs {
		for _, file := range sources(t, pkg) {
			ast.Inspect(file, func(n ast.Node) bool {
				if node, ok := n.(N); ok {
					f(node)
				}
				return true
			})
		}
	}
}

// text returns the string that an expression is or begins with, or "".
func text(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.BasicLit:
		s, _ := strconv.Unquote(e.Value)
		return s
	case *ast.BinaryExpr:
		return text(e.X)
	case *ast.CallExpr: // fmt.Sprintf
		if len(e.Args) > 0 {
			return text(e.Args[0])
		}
	}
	return ""
}

// called returns the name of the function or method that is called.
func called(call *ast.CallExpr) string {
	switch f := call.Fun.(type) {
	case *ast.Ident:
		return f.Name
	case *ast.SelectorExpr:
		return f.Sel.Name
	}
	return ""
}

// words returns the first groups of all matches in the strings of some packages.
func words(t *testing.T, expression string, pkgs ...string) []string {
	t.Helper()
	var all []string
	each(t, func(literal *ast.BasicLit) {
		if literal.Kind == token.STRING {
			for _, m := range regexp.MustCompile(expression).FindAllStringSubmatch(text(literal), -1) {
				all = append(all, m[1])
			}
		}
	}, pkgs...)
	return all
}

// check fails unless the table has a row for each name, and enough names were found for
// the search to make sense.
func check(t *testing.T, kind string, names []string, atLeast int) {
	t.Helper()
	slices.Sort(names)
	names = slices.Compact(names)
	if len(names) < atLeast {
		t.Errorf("found only %q", names)
	}
	for _, name := range names {
		if !has(kind + name) {
			t.Errorf("no sentence for %s%s", kind, name)
		}
	}
}

// Each extension that the client looks for or that the server offers has a sentence.
func TestExtensions(t *testing.T) {
	var names []string
	each(t, func(call *ast.CallExpr) {
		if called(call) == "offers" {
			names = append(names, text(call.Args[0]))
		}
	}, "wire")
	each(t, func(index *ast.IndexExpr) {
		selector, _ := index.X.(*ast.SelectorExpr)
		name, _ := index.X.(*ast.Ident)
		if selector != nil && selector.Sel.Name == "extensions" || name != nil && name.Name == "extensions" {
			names = append(names, text(index.Index))
		}
	}, "wire")
	names = slices.DeleteFunc(names, func(name string) bool { return name == "" }) // a variable
	check(t, "keyword ", names, 8)

	session := submit.Session{Host: "here", Chunking: true}
	var out strings.Builder
	if err := session.Serve(strings.NewReader("EHLO x\r\nQUIT\r\n"), &out, time.Minute); err != nil {
		t.Fatal(err)
	}
	names = nil
	for _, m := range regexp.MustCompile(`(?m)^250[- ]([A-Z0-9]+)`).FindAllStringSubmatch(out.String(), -1) {
		names = append(names, m[1])
	}
	check(t, "keyword ", names, 7)
}

func TestMechanisms(t *testing.T) { check(t, "mechanism ", wire.Mechanisms(), 8) }

func TestParameters(t *testing.T) {
	check(t, "parameter ", words(t, `^ ([A-Z][A-Z0-9]+)(?:=|$)`, "wire"), 7)
	check(t, "parameter BODY=", words(t, `BODY=([A-Z0-9]+)$`, "wire"), 1)
}

// Each command that the client sends or that the server knows has a sentence.
func TestCommands(t *testing.T) {
	var names []string
	add := func(line string) {
		if verb, _, _ := strings.Cut(line, " "); verb != "" && verb == strings.ToUpper(verb) {
			names = append(names, verb)
		}
	}
	each(t, func(pair *ast.KeyValueExpr) {
		if key, ok := pair.Key.(*ast.Ident); ok && key.Name == "line" {
			add(text(pair.Value))
		}
	}, "wire")
	each(t, func(call *ast.CallExpr) {
		for i, arg := range call.Args {
			if name := called(call); (name == "command" || name == "trace") && i > 0 {
				add(text(arg))
			}
		}
	}, "wire")
	names = append(names, words(t, `^([A-Z]+) $`, "wire")...)
	names = append(names, words(t, `^([A-Z]{4}) (?:FROM|TO):<$`, "wire")...)
	each(t, func(s *ast.SwitchStmt) {
		if tag, ok := s.Tag.(*ast.Ident); !ok || tag.Name != "verb" {
			return
		}
		for _, clause := range s.Body.List {
			for _, e := range clause.(*ast.CaseClause).List {
				add(text(e))
			}
		}
	}, "internal/submit")
	check(t, "command ", names, 14)
}

// Each code that the client looks for or that the server sends has a sentence.
func TestCodes(t *testing.T) {
	var codes []string
	add := func(e ast.Expr) {
		literal, ok := e.(*ast.BasicLit)
		if ok && literal.Kind == token.INT && len(literal.Value) == len("250") {
			codes = append(codes, literal.Value)
		}
	}
	pkgs := []string{"wire", "internal/submit", "internal/sink", "internal/advice"}
	each(t, func(e *ast.BinaryExpr) {
		name, _ := e.X.(*ast.Ident)
		selector, _ := e.X.(*ast.SelectorExpr)
		isCode := name != nil && name.Name == "code" || selector != nil && selector.Sel.Name == "Code"
		if isCode && (e.Op == token.EQL || e.Op == token.NEQ) {
			add(e.Y)
		}
	}, pkgs...)
	each(t, func(call *ast.CallExpr) {
		if name := called(call); name == "reply" || name == "answer" {
			for _, arg := range call.Args {
				add(arg)
			}
		}
	}, pkgs...)
	each(t, func(c *ast.CompositeLit) {
		for _, e := range c.Elts {
			if pair, ok := e.(*ast.KeyValueExpr); ok {
				e = pair.Value
			}
			add(e)
		}
	}, "internal/submit", "internal/sink")
	slices.Sort(codes)
	for _, code := range slices.Compact(codes) {
		ends := func(r row) bool { return strings.HasPrefix(r.key, "reply ") && strings.HasSuffix(r.key, " "+code) }
		if !slices.ContainsFunc(sentences, ends) {
			t.Errorf("no sentence for %s", code)
		}
	}
	if len(codes) < 15 {
		t.Errorf("found only %q", codes)
	}
}

// At each stage, each class of a reply has a sentence.
func TestClasses(t *testing.T) {
	stages := 0
	each(t, func(spec *ast.ValueSpec) {
		if name, ok := spec.Type.(*ast.Ident); !ok || name.Name != "Stage" {
			return
		}
		stages++
		for _, code := range []string{"199", "299", "399", "499", "599", "", "x"} {
			if find(replyKeys(text(spec.Values[0]), code)...) == "" {
				t.Errorf("no sentence for %s at %s", code, text(spec.Values[0]))
			}
		}
	}, "wire")
	if stages < 13 {
		t.Errorf("found only %d stages", stages)
	}
}

func TestEnhancedCodes(t *testing.T) {
	codes := words(t, `\b[245](\.\d\.\d{1,3})\b`, "wire", "internal/submit", "internal/sink", "internal/advice")
	check(t, "enhanced x", codes, 8)
	// The details of each subject (RFC 3463 §3).
	for subject, details := range []int{0, 8, 4, 5, 7, 5, 5, 7} {
		for detail := range details + 1 {
			if key := "enhanced x." + strconv.Itoa(subject) + "." + strconv.Itoa(detail); !has(key) {
				t.Errorf("no sentence for %s", key)
			}
		}
	}
}

func TestDecisions(t *testing.T) {
	var all []string
	each(t, func(spec *ast.ValueSpec) {
		if name, ok := spec.Type.(*ast.Ident); ok && name.Name == "Decision" {
			all = append(all, text(spec.Values[0]))
		}
	}, "wire")
	check(t, "decision ", all, 16)
	for _, r := range sentences {
		if name, ok := strings.CutPrefix(r.key, "decision "); ok && !slices.Contains(all, name) {
			t.Errorf("there is no decision %q", name)
		}
	}
}

// Each note whose first words are known has a sentence of its own.
func TestNotes(t *testing.T) {
	var notes []string
	each(t, func(call *ast.CallExpr) {
		name := called(call)
		if len(call.Args) == 2 && (name == "note" || name == "trace") {
			stage, ok := call.Args[0].(*ast.SelectorExpr)
			s := text(call.Args[1])
			if s != "" && s[0] != '%' && (name == "note" || ok && stage.Sel.Name == "DirNote") {
				notes = append(notes, s)
			}
		}
	}, "wire", "internal/submit")
	if len(notes) < 7 {
		t.Errorf("found only %q", notes)
	}
	for _, s := range notes {
		if c := note(wire.Event{Dir: wire.DirNote, Text: s}); c == "" || c == find("failure") {
			t.Errorf("no sentence for the note %q", s)
		}
	}
}

// A clause fits on a line with its number and that of a session, and names a section.
func TestTable(t *testing.T) {
	seen := map[string]bool{}
	section := regexp.MustCompile(`^\d{4} §[\dA](\.\d+)*$`)
	for _, r := range sentences {
		if seen[r.key] {
			t.Errorf("%s has two sentences", r.key)
		}
		seen[r.key] = true
		if !section.MatchString(r.rfc) {
			t.Errorf("%s: %q is not a section", r.key, r.rfc)
		}
		longest := strings.ReplaceAll(r.clause(), "%s", "All 100 recipients were") + "."
		switch kind, _, _ := strings.Cut(r.key, " "); kind {
		case "decision", "note", "failure", "field", "content": // without a number
		case "enhanced":
			longest = "(100) 5.7.139: " + longest
		default:
			longest = "(100) " + longest
		}
		if n := termtext.Columns("100 -- " + longest); n > 100 {
			t.Errorf("%s: the sentence has %d columns: %s", r.key, n, longest)
		}
	}
}
