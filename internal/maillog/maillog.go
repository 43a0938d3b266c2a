// Package maillog writes one line about each mail, to a file or to syslog.
package maillog

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"syscall"
	"time"
	"unicode"
	"unicode/utf8"
)

// A Field is a key and its value. A field with an empty value is left out.
type Field struct{ Key, Value string }

// Limits in octets. The sum of the values of a line stays below its limit.
const (
	lineMax  = 4<<10 - 1 // and a line ending
	valueMax = 200
	longMax  = 1 << 10 // of to and reply
)

// Line returns the fields as key=value, separated by spaces, with at most 4 KiB. A
// value is quoted if it has a space, a quote, a backslash, an equals sign, or a
// character that is not printable; that one is escaped.
func Line(fields []Field) string {
	var b strings.Builder
	for _, f := range fields {
		if f.Value == "" {
			continue
		}
		limit := valueMax
		if f.Key == "to" || f.Key == "reply" {
			limit = longMax
		}
		text := " " + f.Key + "=" + quote(f.Value, limit)
		if b.Len()+len(text) <= lineMax {
			b.WriteString(text)
		}
	}
	return strings.TrimPrefix(b.String(), " ")
}

// quote returns a value, cut to about the limit.
func quote(s string, limit int) string {
	needed := !utf8.ValidString(s) || strings.ContainsFunc(s, func(r rune) bool {
		return strings.ContainsRune(` "\=`, r) || !unicode.IsPrint(r)
	})
	if !needed && len(s) <= limit {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); {
		_, n := utf8.DecodeRuneInString(s[i:])
		quoted := strconv.Quote(s[i : i+n])
		escaped := quoted[1 : len(quoted)-1]
		if b.Len()+len(escaped) > limit {
			b.WriteString("...")
			break
		}
		b.WriteString(escaped)
		i += n
	}
	return `"` + b.String() + `"`
}

// wait is how long a line may wait for the reader of a FIFO or of syslog.
const wait = time.Second

// ToFile appends a line to a file by one write, so that several processes can log
// to the same file.
func ToFile(name, line string) error {
	f, err := os.OpenFile(name, os.O_WRONLY|os.O_APPEND|os.O_CREATE|syscall.O_NONBLOCK, 0o600)
	if err != nil {
		return err
	}
	f.SetDeadline(time.Now().Add(wait)) // a regular file has no deadline, and never waits
	_, err = fmt.Fprintln(f, line)
	if closeErr := f.Close(); err == nil {
		err = closeErr
	}
	return err
}
