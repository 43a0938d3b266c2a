package cli

import (
	"errors"
	"strings"

	"mailpipe/internal/address"
	"mailpipe/internal/advice"
	"mailpipe/internal/termtext"
)

// addressError returns the error for an invalid address in a flag, variable or
// operand. A caret shows the character that is wrong.
func addressError(where string, err error) *failure {
	invalid, ok := errors.AsType[*address.Error](err)
	if !ok {
		return usage("%s: %w", where, err)
	}
	f := usage("%s: %s", where, invalid.Reason)
	if invalid.Input != "" {
		for line := range strings.Lines(invalid.Caret()) {
			f.details = append(f.details, "    "+strings.TrimSuffix(line, "\n"))
		}
	}
	switch where {
	case "--to", "--cc", "--bcc":
		return f.withHint(advice.Recipient(invalid.Input))
	}
	return f.withHint(advice.Address(invalid.Input))
}

// addressOf parses the value of a flag. It refuses the value of -t=bob@example.org,
// which is a valid address but surely a mistake. (=? begins an encoded word, as in a
// header that was copied.)
func addressOf[T any](flag, value string, parse func(string) (T, error)) (T, error) {
	if strings.HasPrefix(value, "=") && !strings.HasPrefix(value, "=?") {
		var none T
		e := usage("%s: invalid address %s", flag, termtext.Line(value))
		return none, e.withHint(advice.LetterWithEquals(flag))
	}
	parsed, err := parse(value)
	if err != nil {
		err = addressError(flag, err)
	}
	return parsed, err
}
