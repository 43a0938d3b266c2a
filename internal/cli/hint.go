package cli

import (
	"errors"
	"strings"

	"mailpipe/compose"
	"mailpipe/internal/address"
	"mailpipe/internal/config"
	"mailpipe/internal/message"
)

// words returns the message of an error, line by line.
func words(err error) []string {
	var where *whereError
	var wrong *address.Error
	var several *deliveryError
	var ours *internalError
	var unsent *unsentError
	switch {
	case errors.As(err, &unsent):
		return append(words(unsent.err), unsent.where)
	case errors.As(err, &ours):
		return append([]string{ours.Error()}, ours.stack...)
	case errors.As(err, &where) && errors.As(where.err, &wrong):
		lines := []string{where.where + ": " + wrong.Reason}
		for line := range strings.Lines(wrong.Caret()) {
			lines = append(lines, "    "+strings.TrimSuffix(line, "\n"))
		}
		return lines
	case errors.As(err, &several):
		return append([]string{several.Error()}, several.details...)
	}
	return []string{err.Error()}
}

// hint returns what to do about an error, or "".
func hint(err error) string {
	var known *failure
	if errors.As(err, &known) && known.hint != "" {
		return known.hint
	}
	var several *deliveryError
	if errors.As(err, &several) {
		return several.hint
	}
	var secret *config.SecretError
	if errors.As(err, &secret) && secret.Fix != "" {
		return secret.Fix
	}
	var setting *config.SettingError
	if errors.As(err, &setting) && setting.Fix != "" {
		return setting.Fix
	}
	if errors.Is(err, config.ErrNoPassword) {
		return "--password-command, --password-file, $MAILPIPE_PASSWORD or ~/.netrc has it"
	}
	return contentHint(err)
}

// contentHint is about a message that cannot be sent as it is.
func contentHint(err error) string {
	for _, row := range []struct {
		is   error
		hint string
	}{
		{compose.ErrTooBig, "without --plain the text may have any size; the header never more than 1 MiB"},
		{compose.ErrEmpty, "--allow-empty writes it all the same, --skip-empty makes it nothing to do"},
		{message.ErrEmpty, "whatever was to write the mail wrote nothing; --skip-empty makes it nothing to do"},
		{message.ErrHeader, "deliver takes a mail message; a text becomes one by mailpipe compose | mailpipe deliver, or mailpipe send"},
		{message.ErrStructure, "whatever wrote the mail must mend its header; mailpipe compose and send write one that can be sent"},
		{message.ErrSeries, "each goes alone: git format-patch without --stdout writes a file for each"},
		{message.ErrCutOff, "whatever wrote the mail did not finish: look for its error; --allow-truncated sends it all the same"},
		{message.ErrContent, "mailpipe compose encodes any text so that it can be sent"},
		{message.ErrRecipient, "name recipients as operands of deliver, or in To, Cc or Bcc (compose -t)"},
		{message.ErrSender, "name the sender by -f"},
		{message.ErrAddress, "recipients as operands, and -f for the sender, take the place of what the header says"},
	} {
		if errors.Is(err, row.is) {
			return row.hint
		}
	}
	return ""
}
