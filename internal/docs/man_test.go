package docs

import (
	"go/ast"
	"go/token"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"mailpipe/internal/cli"
	"mailpipe/internal/testservers"
)

// A manPage is the source of a man page.
type manPage struct {
	name  string // mailpipe-deliver.1
	text  string
	lines []string
}

func pages(t *testing.T) []manPage {
	t.Helper()
	names, err := filepath.Glob(filepath.Join(root, "man", "*.[1-9]"))
	if err != nil || len(names) == 0 {
		t.Fatal("no man pages found: ", err)
	}
	var all []manPage
	for _, name := range names {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, manPage{filepath.Base(name), string(text), strings.Split(string(text), "\n")})
	}
	return all
}

// command returns the name of the command that the page describes, or "" for
// the program itself.
func (p manPage) command() string {
	name, _, _ := strings.Cut(p.name, ".")
	return strings.TrimPrefix(strings.TrimPrefix(name, "mailpipe"), "-")
}

// macro returns the arguments of all calls of a macro, without punctuation. A
// call may begin in the middle of a line and ends at the next macro.
func (p manPage) macro(name string) []string {
	var all []string
	for _, line := range p.lines {
		if !strings.HasPrefix(line, ".") || strings.HasPrefix(line, `.\"`) {
			continue
		}
		taking := false
		for _, word := range strings.Fields(line[1:]) {
			switch {
			case word == name:
				taking = true
			case isMacro.MatchString(word) && slices.Contains(macros, word):
				taking = false
			case taking && !isPunctuation.MatchString(word):
				all = append(all, strings.TrimPrefix(strings.Trim(word, `"`), `\&`))
			}
		}
	}
	return all
}

var (
	isMacro       = regexp.MustCompile(`^[A-Z][a-z]$`)
	isPunctuation = regexp.MustCompile(`^[][(),.:;!?|]$`)
	macros        = strings.Fields("Ar Bd Bl Cm Dq Ed El Ev Fl It Li Nm Ns Op Pa Pp Ql Sh Ss Sy Xr Em No")
)

// flags returns the flags that the page names, with their dashes.
func (p manPage) flags() map[string]bool {
	all := map[string]bool{}
	for _, word := range p.macro("Fl") {
		if strings.HasPrefix(word, "-") {
			all["-"+word] = true
			continue
		}
		for _, letter := range word {
			all["-"+string(letter)] = true
		}
	}
	return all
}

// section returns the lines of the section with that heading.
func (p manPage) section(name string) []string {
	var all []string
	in := false
	for _, line := range p.lines {
		if heading, ok := strings.CutPrefix(line, ".Sh "); ok {
			in = heading == name
		} else if in {
			all = append(all, line)
		}
	}
	return all
}

func TestPagesAndFlags(t *testing.T) {
	byCommand := map[string]manPage{}
	for _, p := range pages(t) {
		if strings.HasSuffix(p.name, ".1") {
			byCommand[p.command()] = p
		}
	}
	flags := map[string][]string{"": flagNames("")} // a page has those of the subcommands too
	for _, name := range cli.Commands() {
		command, _, _ := strings.Cut(name, " ")
		if name != "completion" && name != "help" && name != "version" { // the overview has them
			flags[command] = append(flags[command], flagNames(name)...)
		}
	}
	for name, spellings := range flags {
		p, ok := byCommand[name]
		if !ok {
			t.Errorf("command %q has no man page", name)
			continue
		}
		delete(byCommand, name)
		named := p.flags()
		for _, spelling := range spellings {
			if !named[spelling] {
				t.Errorf("%s lacks %s", p.name, spelling)
			}
		}
		for _, spelling := range spellings {
			delete(named, spelling)
		}
		for left := range named {
			if name != "" || !ofAnyCommand(left) { // mailpipe(1) may name the flags of all commands
				t.Errorf("%s names %s, which does not exist", p.name, left)
			}
		}
	}
	for name, p := range byCommand {
		t.Errorf("%s describes %q, an unknown command", p.name, name)
	}
}

// flagNames returns the names of the flags of a command with their dashes.
func flagNames(command string) []string {
	var all []string
	for _, f := range cli.Flags(command) {
		all = append(all, spellings(f.Names())...)
	}
	return append(all, spellings(cli.Letters(command))...)
}

// spellings returns the names of a flag with their dashes.
func spellings(names []string) []string {
	var all []string
	for _, name := range names {
		if len(name) > 1 {
			name = "-" + name
		}
		all = append(all, "-"+name)
	}
	return all
}

func ofAnyCommand(flag string) bool {
	for _, name := range cli.Commands() {
		for _, f := range cli.Flags(name) {
			if slices.Contains(spellings(f.Names()), flag) {
				return true
			}
		}
	}
	return false
}

// borrowed are the variables that the standard library reads.
var borrowed = []string{"TMPDIR"}

// variables returns the environment variables that the program reads: the
// literal arguments of functions whose names end with "env", and all string
// literals that look like the name of one.
func variables(t *testing.T) []string {
	t.Helper()
	all := slices.Clone(borrowed)
	name := regexp.MustCompile(`^(MAILPIPE_[A-Z_]+|XDG_[A-Z_]+|LC_[A-Z]+|LANG|EMAIL|HOME|SOURCE_DATE_EPOCH)$`)
	for _, s := range sources(t) {
		if slices.Contains([]string{"internal/testservers", "internal/bench", "internal/pack"}, s.pkg) {
			continue // not part of the program
		}
		ast.Inspect(s.file, func(n ast.Node) bool {
			literal, ok := n.(*ast.BasicLit)
			call, isCall := n.(*ast.CallExpr)
			if isCall && len(call.Args) == 1 && strings.HasSuffix(strings.ToLower(called(call)), "env") {
				if arg, isLiteral := call.Args[0].(*ast.BasicLit); isLiteral {
					word, _ := strconv.Unquote(arg.Value)
					all = append(all, word)
				}
			}
			if ok {
				if word, err := strconv.Unquote(literal.Value); err == nil && name.MatchString(word) {
					all = append(all, word)
				}
			}
			return true
		})
	}
	slices.Sort(all)
	return slices.Compact(all)
}

func called(call *ast.CallExpr) string {
	switch f := call.Fun.(type) {
	case *ast.Ident:
		return f.Name
	case *ast.SelectorExpr:
		return f.Sel.Name
	}
	return ""
}

// libpq are variables that pgconn reads, as libpq does.
var libpq = []string{"PGPASSFILE", "PGPASSWORD", "PGSSLROOTCERT"}

func TestPagesAndVariables(t *testing.T) {
	known := append(variables(t), libpq...)
	for _, p := range pages(t) {
		named := p.macro("Ev")
		for _, name := range named {
			if !slices.Contains(known, name) {
				t.Errorf("%s names $%s, which is not read", p.name, name)
			}
		}
		for _, name := range known {
			if p.name == "mailpipe.1" && !slices.Contains(named, name) {
				t.Errorf("%s lacks $%s", p.name, name)
			}
		}
	}
}

// mailpipe(1) warns that the password in the environment can be read, and says
// what is better.
func TestPageAndPassword(t *testing.T) {
	page, err := os.ReadFile("../../man/mailpipe.1")
	if err != nil {
		t.Fatal(err)
	}
	_, after, _ := strings.Cut(string(page), ".It Ev MAILPIPE_PASSWORD\n")
	entry, _, _ := strings.Cut(after, "\n.It ")
	for _, want := range []string{"/proc/PID/environ", "password file", "password command"} {
		if !strings.Contains(entry, want) {
			t.Errorf("the entry of $MAILPIPE_PASSWORD does not name %s", want)
		}
	}
}

// exitCodes returns the exit codes that internal/cli defines.
func exitCodes(t *testing.T) []string {
	t.Helper()
	var all []string
	for _, s := range sources(t) {
		if s.pkg != "internal/cli" {
			continue
		}
		ast.Inspect(s.file, func(n ast.Node) bool {
			spec, ok := n.(*ast.ValueSpec)
			if ok && len(spec.Values) == 1 && strings.HasPrefix(spec.Names[0].Name, "exit") {
				if value, ok := spec.Values[0].(*ast.BasicLit); ok && value.Kind == token.INT {
					all = append(all, value.Value)
				}
			}
			return true
		})
	}
	if len(all) < 10 {
		t.Fatalf("found only the exit codes %v", all)
	}
	return all
}

func TestPagesAndExitCodes(t *testing.T) {
	known := exitCodes(t)
	code := regexp.MustCompile(`\b(0|6\d|7\d)\b`)
	for _, p := range pages(t) {
		if !strings.HasSuffix(p.name, ".1") {
			continue
		}
		named := code.FindAllString(strings.Join(p.section("EXIT STATUS"), "\n"), -1)
		for _, c := range named {
			if !slices.Contains(known, c) {
				t.Errorf("%s names the unknown exit status %s", p.name, c)
			}
		}
		for _, c := range known {
			if (p.name == "mailpipe.1" || p.name == "mailpipe-send.1") && !slices.Contains(named, c) {
				t.Errorf("%s lacks the exit status %s", p.name, c)
			}
		}
		if !slices.Contains(named, "0") {
			t.Errorf("%s lacks the exit status 0", p.name)
		}
	}
}

func TestPagesAreClean(t *testing.T) {
	testservers.Need(t, "mandoc")
	for _, p := range pages(t) {
		name := filepath.Join(root, "man", p.name)
		out, err := exec.Command("mandoc", "-T", "lint", "-W", "warning", name).CombinedOutput()
		if err != nil || len(out) > 0 {
			t.Errorf("%s: %v\n%s", p.name, err, out)
		}
	}
}
