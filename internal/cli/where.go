package cli

import (
	"errors"
	"os"
	"strings"

	"mailpipe/internal/address"
	"mailpipe/internal/termtext"
)

// addressError says which flag has the wrong address, with a caret under the character.
func addressError(flag string, err error) error {
	known := &failure{code: exitUsage, err: &whereError{flag, err}}
	var wrong *address.Error
	switch {
	case !errors.As(err, &wrong):
	case wrong.Input == "":
		known.hint = "the value is empty: is a variable not set?"
	case wrong.Input[0] == '-': // -t $unset -s Hello
		known.hint = "a flag stands where the value belongs: is a variable not set?"
	case flag == "--to", flag == "--cc", flag == "--bcc":
		known.hint = userHint(wrong.Input)
	}
	return known
}

// addressOf reads the value of a flag by parse. That of -t=bob@example.org is refused, which a
// server might take though nobody has such an address. (=? begins an encoded word, as in a header
// that was copied.)
func addressOf[T any](flag, value string, parse func(string) (T, error)) (T, error) {
	if strings.HasPrefix(value, "=") && !strings.HasPrefix(value, "=?") {
		var none T
		return none, usage("%s: %s: no = stands between a letter and its value", flag, termtext.Line(value))
	}
	parsed, err := parse(value)
	if err != nil {
		err = addressError(flag, err)
	}
	return parsed, err
}

// recipientError is about an operand of deliver, which may be the message by mistake.
func recipientError(operand string, err error) error {
	known := &failure{code: exitUsage, err: &whereError{"recipient", err}}
	if info, err := os.Stat(operand); err == nil && info.Mode().IsRegular() {
		known.hint = "the message comes by standard input: <" + shellLine(operand)
	} else {
		known.hint = userHint(operand)
	}
	return known
}

// userHint is for those who mail root, as other programs let them.
func userHint(name string) string {
	const plain = "abcdefghijklmnopqrstuvwxyz0123456789-_"
	if name == "" || strings.Trim(name, plain) != "" {
		return ""
	}
	return "aliases are not looked up; a user of this host is " + name + "@localhost"
}

type whereError struct {
	where string
	err   error
}

func (e *whereError) Error() string { return e.where + ": " + e.err.Error() }
func (e *whereError) Unwrap() error { return e.err }
