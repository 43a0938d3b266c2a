package cli

import (
	"strings"

	"mailpipe/internal/termtext"
	"mailpipe/man"
)

// examples returns mailpipe-examples(7) as text, without the section NAME.
func examples() string {
	_, body, _ := strings.Cut(man.Examples, "\n.Sh NAME\n")
	_, body, _ = strings.Cut(body, "\n.Sh ")
	var p examplesPage
	for line := range strings.Lines(".Sh " + body) {
		p.add(strings.TrimSuffix(line, "\n"))
	}
	p.endParagraph()
	return strings.TrimPrefix(p.String(), "\n")
}

// An examplesPage is the text of the page, which has no other macros than add knows.
type examplesPage struct {
	strings.Builder
	paragraph []string // its words
	isLiteral bool
}

// add adds a line of the page.
func (p *examplesPage) add(line string) {
	macro, rest, _ := strings.Cut(line, " ")
	switch {
	case p.isLiteral && macro != ".Ed":
		if line != "" {
			p.WriteString("       " + unescapeRoff.Replace(line))
		}
		p.WriteString("\n")
	case macro == ".Ed":
		p.isLiteral = false
	case macro == ".Bd":
		p.endParagraph()
		p.WriteString("\n")
		p.isLiteral = true
	case macro == ".Sh":
		p.endParagraph()
		p.WriteString("\n" + rest + ":\n")
	case macro == ".Pp":
		p.endParagraph()
		p.WriteString("\n")
	case macro == ".Xr":
		words := append(strings.Fields(rest), "")
		p.paragraph = append(p.paragraph, words[0]+"("+words[1]+")"+words[2])
	case !strings.HasPrefix(line, `.\"`):
		p.paragraph = append(p.paragraph, strings.Fields(unescapeRoff.Replace(line))...)
	}
}

// unescapeRoff replaces the escapes that the page has.
var unescapeRoff = strings.NewReplacer(`\e`, `\`, `\&`, "")

// endParagraph wraps a paragraph.
func (p *examplesPage) endParagraph() {
	const width, indent = 78, "   "
	line := indent
	for _, word := range p.paragraph {
		if line != indent && termtext.Columns(line+" "+word) > width {
			p.WriteString(line + "\n")
			line = indent
		}
		if line != indent {
			line += " "
		}
		line += word
	}
	if line != indent {
		p.WriteString(line + "\n")
	}
	p.paragraph = nil
}
