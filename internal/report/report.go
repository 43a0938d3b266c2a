// Package report writes what became of a delivery, for other programs to read:
// as text in lines of fields that are separated by tabs, or as JSON.
package report

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"unicode/utf16"

	"mailpipe/internal/termtext"
)

// JSON is the format in which each object is a line. Any other format is text.
const JSON = "json"

// write writes the text, or the objects if the format is JSON.
func write[T any](w io.Writer, format string, text lines, objects ...T) error {
	if format != JSON {
		_, err := w.Write(text)
		return err
	}
	var b bytes.Buffer
	for _, object := range objects {
		if err := Object(&b, object); err != nil {
			return err
		}
	}
	_, err := w.Write(b.Bytes())
	return err
}

// Object writes a value as JSON on a line of ASCII.
func Object(w io.Writer, object any) error {
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(object); err != nil {
		return err
	}
	_, err := io.WriteString(w, asciiJSON(b.String()))
	return err
}

// asciiJSON escapes what JSON may contain as it is and a terminal interprets,
// such as C1, bidirectional and zero-width characters, and with them all other
// characters that are not ASCII.
func asciiJSON(text string) string {
	var b strings.Builder
	for _, unit := range utf16.Encode([]rune(text)) {
		if unit == '\n' || unit >= ' ' && unit < 0x7F {
			b.WriteByte(byte(unit))
		} else {
			fmt.Fprintf(&b, `\u%04x`, unit)
		}
	}
	return b.String()
}

// lines is a text of lines.
type lines []byte

// add adds a line of a keyword, a tab and a value.
func (l *lines) add(keyword, value string) {
	*l = fmt.Appendf(*l, "%s\t%s\n", keyword, termtext.Line(value))
}
