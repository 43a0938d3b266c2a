package cli

import (
	"errors"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"mailpipe/compose"
	"mailpipe/internal/advice"
	"mailpipe/internal/termtext"
)

// utf8Flags are the flags whose values are words, not names of files.
var utf8Flags = []string{"from", "to", "cc", "bcc", "reply-to", "subject", "header", "body"}

// checkUTF8 checks the values of utf8Flags.
func (c *call) checkUTF8() error {
	for _, arg := range c.line.args {
		if slices.Contains(utf8Flags, arg.flag) && !utf8.ValidString(arg.value) {
			e := usage("--%s \"%s\": invalid UTF-8", arg.flag, termtext.Line(arg.value))
			return e.withHint("convert a script in Latin-1: iconv -f latin1 -t utf-8 SCRIPT")
		}
	}
	return nil
}

// A fieldReader reads flags that describe header fields. It keeps the first error.
type fieldReader struct {
	*call
	err          error
	reproducible bool // the date is that of $SOURCE_DATE_EPOCH
}

func (f *fieldReader) fail(err error) {
	if f.err == nil {
		f.err = err
	}
}

func (f *fieldReader) address(flag string) compose.Address {
	if !f.flags.IsSet(flag) {
		return compose.Address{}
	}
	value := f.flags.String(flag)
	a, err := addressOf("--"+flag, value, compose.ParseAddress)
	if err != nil {
		f.failAddress(value, err)
	}
	return a
}

func (f *fieldReader) addresses(flag string) []compose.Address {
	var all []compose.Address
	for _, value := range f.values(flag) {
		list, err := addressOf("--"+flag, value, compose.ParseAddressList)
		if err != nil {
			f.failAddress(value, err)
		}
		all = append(all, list...)
	}
	return all
}

// failAddress keeps the error of a value. An operand that is not a file may be
// the rest of the value, as in -t Bob Smith '<bob@example.org>'.
func (f *fieldReader) failAddress(value string, err error) {
	isMissing := func(operand string) bool {
		_, err := os.Lstat(operand)
		return err != nil
	}
	invalid, ok := errors.AsType[*failure](err)
	if ok && advice.Address(value) == "" && slices.ContainsFunc(f.line.operands(), isMissing) {
		invalid.hint = quoteValue
	}
	f.fail(err)
}

func (f *fieldReader) header() []compose.Field {
	var header []compose.Field
	for _, line := range f.values("header") {
		name, value, found := strings.Cut(line, ":")
		if !found {
			e := usage("invalid --header \"%s\": missing colon", termtext.Line(line))
			f.fail(e.withHint("write --header 'Name: value'"))
		}
		for _, own := range compose.OwnFields() {
			if strings.EqualFold(name, own) { // it has a flag of that name
				f.fail(usage("--header %s: use --%s for this field", termtext.Line(name), strings.ToLower(own)))
			}
		}
		if strings.EqualFold(name, statusField) && f.flags.IsSet("exec") {
			f.fail(usage("--header %s: --exec writes this field", statusField))
		}
		header = append(header, compose.Field{Name: name, Value: strings.TrimLeft(value, " ")})
	}
	return header
}

func (f *fieldReader) references() []string {
	var all []string
	for _, list := range f.values("references") {
		isSpace := func(r rune) bool { return r == ' ' } // a control character is an error
		all = append(all, strings.FieldsFunc(list, isSpace)...)
	}
	return all
}

// date returns the date of --date or of $SOURCE_DATE_EPOCH.
func (f *fieldReader) date() time.Time {
	if f.flags.IsSet("date") {
		return f.parseDate(f.flags.String("date"))
	}
	epoch := f.Getenv("SOURCE_DATE_EPOCH")
	if epoch == "" {
		return time.Time{}
	}
	const lastSecond = 253402300799 // of the year 9999
	n, err := strconv.ParseInt(epoch, 10, 64)
	if err != nil || n < 0 || n > lastSecond {
		f.fail(usage("invalid $SOURCE_DATE_EPOCH \"%s\": must be a number of seconds", termtext.Line(epoch)))
	}
	f.reproducible = true
	return time.Unix(n, 0).UTC()
}

func (f *fieldReader) parseDate(value string) time.Time {
	// RFC 3339 §5.6 allows small letters, and a space in place of T.
	t, err := time.Parse(time.RFC3339, strings.ToUpper(strings.Replace(value, " ", "T", 1)))
	if err != nil {
		e := usage("invalid --date \"%s\"", termtext.Line(value))
		f.fail(e.withHint("write it as in RFC 3339: 2006-01-02T15:04:05+01:00"))
	} else if t.IsZero() { // which means now to compose
		f.fail(usage("invalid --date \"%s\": unsupported year", termtext.Line(value)))
	}
	return t
}
