package cli

import (
	"strings"
	"unicode/utf8"
)

// helpSize is more than the longest has octets.
const helpSize = 8 << 10

// helpText is what --help shows of a command, or of the program for the zero
// Command. (The library's templates take longer than all the rest of a start.)
func helpText(c Command) string {
	var b strings.Builder
	b.Grow(helpSize)
	options := "OPTIONS"
	if c.Name == "" {
		section(&b, "NAME", program+" - send mail with attachments from scripts and pipelines")
		section(&b, "USAGE", program+" COMMAND [FLAG...] [OPERAND...]")
		var rows [][2]string
		for _, c := range Commands() {
			rows = append(rows, [2]string{c.Name, c.Usage})
		}
		section(&b, "COMMANDS", columns(rows)...)
		options = "GLOBAL OPTIONS"
	} else {
		section(&b, "NAME", program+" "+c.Name+" - "+c.Usage)
		section(&b, "USAGE", strings.TrimSpace(program+" "+c.Name+" [FLAG...] "+c.Operands))
	}
	var rows [][2]string
	for _, f := range Flags(c.Name) {
		rows = append(rows, [2]string{f.synopsis(), f.Usage})
	}
	section(&b, options, columns(rows)...)
	return b.String()
}

func section(b *strings.Builder, title string, lines ...string) {
	if b.Len() > 0 {
		b.WriteByte('\n')
	}
	b.WriteString(title + ":\n")
	for _, line := range lines {
		b.WriteString("   " + line + "\n")
	}
}

// columns puts what stands on the right of each row at one place.
func columns(rows [][2]string) []string {
	width := 0
	for _, r := range rows {
		width = max(width, utf8.RuneCountInString(r[0]))
	}
	var lines []string
	for _, r := range rows {
		lines = append(lines, r[0]+strings.Repeat(" ", width-utf8.RuneCountInString(r[0])+2)+r[1])
	}
	return lines
}
