package config

import (
	"fmt"
	"strings"
	"unicode"

	"github.com/BurntSushi/toml"

	"mailpipe/internal/termtext"
)

// A Draft is an account as TOML, with comments for the person who completes it.
type Draft struct{ text strings.Builder }

// columns is the width of a comment, unless it has a longer word.
const columns = 78

// Comment adds text as comments of at most 78 columns.
func (d *Draft) Comment(text string) {
	line := ""
	for word := range strings.FieldsSeq(text) {
		if line != "" && len("# ")+termtext.Columns(line+" "+word) > columns {
			d.Copy(line)
			line = ""
		}
		line = strings.TrimPrefix(line+" "+word, " ")
	}
	if line != "" {
		d.Copy(line)
	}
}

// Copy adds a comment of one line that the user can copy, such as a command.
func (d *Draft) Copy(line string) { d.text.WriteString(comment(line)) }

// Blank adds an empty line.
func (d *Draft) Blank() { d.text.WriteByte('\n') }

// Account begins the table of an account.
func (d *Draft) Account(name string) {
	d.text.WriteString("[" + toml.Key{"accounts", name}.String() + "]\n")
}

// Set adds a key.
func (d *Draft) Set(key, value string) { d.text.WriteString(tomlLine(key, value) + "\n") }

// Suggest adds a key as a comment, from which the user can take it.
func (d *Draft) Suggest(key, value string) { d.Copy(tomlLine(key, value)) }

func (d *Draft) String() string { return escapeTOML(d.text.String()) }

// tomlLine returns a key and its value as TOML, without a newline.
func tomlLine(key, value string) string {
	line, _ := toml.Marshal(map[string]string{key: value}) // cannot fail
	return strings.TrimSuffix(string(line), "\n")
}

func comment(lines ...string) string {
	var b strings.Builder
	for _, line := range lines {
		b.WriteString("# " + termtext.Escape(line) + "\n")
	}
	return b.String()
}

// escapeTOML escapes the characters that a terminal interprets or does not show.
// In TOML they are in quotes, or in comments, where they were escaped already.
func escapeTOML(text string) string {
	var b strings.Builder
	for _, r := range text {
		switch {
		case unicode.IsPrint(r), r == '\n':
			b.WriteRune(r)
		case r <= 0xFFFF:
			fmt.Fprintf(&b, `\u%04X`, r)
		default:
			fmt.Fprintf(&b, `\U%08X`, r)
		}
	}
	return b.String()
}
