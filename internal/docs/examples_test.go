package docs

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// The part of mailpipe-examples(7) that is made from the README.
const (
	recipesBegin = ".\\\" The README has these sections; go test ./internal/docs -update copies them.\n"
	recipesEnd   = ".\\\" The README does not have these.\n"
)

// notRecipes are the sections of the README that the page does not have.
var notRecipes = []string{"Installation", "Examples", "As a Go library", "Platforms", "How it is built"}

// A section is a section or subsection of the README.
type section struct{ title, body string }

// sections returns the sections after the first screen.
func sections(t *testing.T) []section {
	t.Helper()
	text := readme(t)
	var all []section
	heads := regexp.MustCompile(`(?m)^##+ (.*)\n`).FindAllStringSubmatchIndex(text, -1)
	for i, h := range heads {
		end := len(text)
		if i+1 < len(heads) {
			end = heads[i+1][0]
		}
		all = append(all, section{text[h[2]:h[3]], text[h[1]:end]})
	}
	return all
}

// recipes returns the sections of the README with recipes as mdoc(7), without tables and
// without what is only shown.
func recipes(t *testing.T) string {
	t.Helper()
	var b strings.Builder
	for _, s := range sections(t) {
		if slices.Contains(notRecipes, s.title) {
			continue
		}
		b.WriteString(".Sh " + strings.ToUpper(s.title) + "\n")
		isFirst := true
		for _, p := range paragraphs(s.body) {
			if lines, ok := strings.CutPrefix(p, "```"); ok {
				_, lines, _ = strings.Cut(strings.TrimSuffix(lines, "```"), "\n")
				b.WriteString(".Bd -literal -offset indent\n" + escapeRoff(lines) + ".Ed\n")
			} else {
				if !isFirst {
					b.WriteString(".Pp\n")
				}
				b.WriteString(escapeRoff(plain(p)) + "\n")
			}
			isFirst = false
		}
	}
	return b.String()
}

var (
	fences    = regexp.MustCompile("(?ms)^```.*?^```$")
	shown     = regexp.MustCompile("^```go\n|^[|!]")
	withShown = regexp.MustCompile(`:$`)
	link      = regexp.MustCompile(`\[([^]]*)\]\([^)]*\)`)
)

// paragraphs returns the paragraphs and the blocks of a section. It leaves out what is
// only shown, and a paragraph that ends with a colon before it.
func paragraphs(body string) []string {
	var all []string
	add := func(p string) {
		p = strings.Trim(p, "\n")
		if p == "" {
			return
		}
		if !shown.MatchString(p) {
			all = append(all, p)
			return
		}
		if last := len(all) - 1; last >= 0 && withShown.MatchString(all[last]) && !strings.HasPrefix(all[last], "```") {
			all = all[:last]
		}
	}
	addText := func(text string) {
		for _, p := range strings.Split(text, "\n\n") {
			add(p)
		}
	}
	end := 0
	for _, at := range fences.FindAllStringIndex(body, -1) {
		addText(body[end:at[0]])
		add(body[at[0]:at[1]])
		end = at[1]
	}
	addText(body[end:])
	return all
}

// plain returns a paragraph without Markdown, with each sentence on lines of its own.
func plain(p string) string {
	p = strings.ReplaceAll(link.ReplaceAllString(p, "$1"), "`", "")
	return regexp.MustCompile(`([.!?)]) ([A-Z])`).ReplaceAllString(p, "$1\n$2")
}

// escapeRoff escapes what roff would read.
func escapeRoff(s string) string {
	s = strings.ReplaceAll(s, `\`, `\e`)
	return regexp.MustCompile(`(?m)^([.'])`).ReplaceAllString(s, `\&$1`)
}

// golden compares what is between begin and end in a file of the project with want. With
// -update it rewrites the file.
func golden(t *testing.T, name, begin, end, want string) {
	t.Helper()
	name = filepath.Join(root, name)
	before, rest, hasBegin := strings.Cut(read(t, name), begin)
	got, after, hasEnd := strings.Cut(rest, end)
	switch {
	case !hasBegin || !hasEnd:
		t.Fatalf("%s lacks %q or, after it, %q", name, begin, end)
	case got == want:
	case !*update:
		t.Fatalf("%s differs after %q (-update rewrites it), want\n%s", name, begin, want)
	default:
		if err := os.WriteFile(name, []byte(before+begin+want+end+after), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// TestExamplesPage compares the page with the README. TestREADME runs the examples.
func TestExamplesPage(t *testing.T) {
	if !strings.Contains(read(t, root+"/man/mailpipe-examples.7"), "\n"+setup(t)) {
		t.Error("the page lacks the line that the examples need")
	}
	golden(t, "man/mailpipe-examples.7", recipesBegin, recipesEnd, recipes(t))
}

// TestTextbookChart compares the chart of the page with the one that its command draws,
// apart from the times.
func TestTextbookChart(t *testing.T) {
	const begin, end = "This is the chart, with other times:\n.Bd -literal\n", ".Ed\n"
	const name = "man/mailpipe-examples.7"
	commands := regexp.MustCompile(`(?ms)^\.Sh THE DIALOGUE OF THE TEXTBOOKS\n.*?^\.Bd[^\n]*\n(.*?)^\.Ed`)
	w := newTerminal(t)
	w.env = append(w.env, "LC_ALL=C")
	drawn := w.paste(commands.FindStringSubmatch(read(t, filepath.Join(root, name)))[1])
	drawn = drawn[strings.LastIndex(drawn, "        +--------+"):] // of the last session
	drawn = regexp.MustCompile(`127\.0\.0\.1:\d{5}`).ReplaceAllString(drawn, "127.0.0.1:50000")
	golden(t, name, begin, end, replaceTimes(drawn))
}

// The page shows what its example of an explained dialogue prints, in this order.
func TestExplanation(t *testing.T) {
	page := read(t, filepath.Join(root, "man/mailpipe-examples.7"))
	_, section, _ := strings.Cut(page, "\n.Sh A DIALOGUE EXPLAINED\n")
	found := regexp.MustCompile(`(?ms)^\.Bd[^\n]*\n(.*?)^\.Ed`).FindAllStringSubmatch(section, -1)
	if len(found) != 2 {
		t.Fatalf("%q", found)
	}
	unescape := strings.NewReplacer(`\e`, `\`, `\&`, "")
	commands, explanation := unescape.Replace(found[0][1]), unescape.Replace(found[1][1])
	printed := newTerminal(t).paste(commands)
	for _, shown := range strings.Split(explanation, "...\n") {
		_, after, ok := strings.Cut(printed, "\n"+shown)
		if !ok {
			t.Fatalf("it does not print\n%s\nin\n%s", shown, printed)
		}
		printed = "\n" + after
	}
}

// mailpipe help examples prints each line of the page's sections.
func TestHelpExamples(t *testing.T) {
	out, err := exec.Command(program, "help", "examples").Output()
	if err != nil {
		t.Fatal(err)
	}
	text := string(out)
	for _, b := range blocks(t) {
		indented := indent(b.text)
		if isRecipe(t, b) && !strings.Contains(text, indented) {
			t.Errorf("the recipe is missing, or changed:\n%s", indented)
		}
	}
	if escape := regexp.MustCompile(`(?m)^\s*\.[A-Z][a-z]\b|\\[e&"]`).FindString(text); escape != "" {
		t.Errorf("the text has %q", escape)
	}
}

// indent returns a block as the help shows it.
func indent(block string) string {
	var b strings.Builder
	for line := range strings.Lines(block) {
		if line != "\n" {
			b.WriteString("       ")
		}
		b.WriteString(line)
	}
	return b.String()
}

// isRecipe reports whether a block is one that the page has.
func isRecipe(t *testing.T, b block) bool {
	return slices.ContainsFunc(sections(t), func(s section) bool {
		return !slices.Contains(notRecipes, s.title) && strings.Contains(s.body, "\n"+b.text)
	})
}
