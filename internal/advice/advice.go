// Package advice returns hints: what the user can type or change after an
// error. Types of errors and reply codes decide, never the words of a server.
package advice

import (
	"errors"

	"mailpipe/compose"
	"mailpipe/internal/buffer"
	"mailpipe/internal/config"
	"mailpipe/internal/message"
	"mailpipe/wire"
)

// For returns the hint for an error, or "". For an error of a delivery, see
// Delivery.For.
func For(err error) string {
	if e, ok := errors.AsType[*config.SecretError](err); ok && e.Fix != "" {
		return e.Fix
	}
	if e, ok := errors.AsType[*config.SettingError](err); ok && e.Fix != "" {
		return e.Fix
	}
	for _, row := range byError {
		if errors.Is(err, row.err) {
			return row.hint
		}
	}
	return ""
}

var byError = []struct {
	err  error
	hint string
}{
	{config.ErrNoPassword, "give it with --password-command, --password-file, $MAILPIPE_PASSWORD or ~/.netrc"},
	{compose.ErrTooBig, "leave out --plain to send a longer text; a header may have at most 1 MiB"},
	{compose.ErrNotASCII, "percent-encode a URL; a field for any text is Comments, or one whose name begins with X-"},
	{compose.ErrEmpty, "use --allow-empty to compose it anyway, or --skip-empty to exit 0 without output"},
	{wire.ErrTooBig, tooLarge},
	{wire.ErrEightBit, "use deliver --repair, or write the message with mailpipe compose: both encode it"},
	{wire.ErrUTF8, "use deliver --repair, which encodes names and text in the header, but not addresses"},
	{message.ErrEmpty, "check the program that writes the message, or use --skip-empty to exit 0 without sending"},
	{message.ErrHeader, "to send a text, use mailpipe send, or mailpipe compose | mailpipe deliver"},
	{message.ErrStructure, "correct the header in the program that writes the message, or use mailpipe compose"},
	{message.ErrSeries, "send each message alone: formail -s mailpipe deliver <FILE"},
	{message.ErrCutOff, "check the program that writes the message, or use --allow-truncated to send it as it is"},
	{message.ErrContent, "pipe the text through mailpipe compose, which encodes it"},
	{message.ErrRecipient, "name recipients as operands, or in To, Cc or Bcc (compose -t)"},
	{message.ErrSender, "name the sender: -f ADDR"},
	{buffer.ErrFile, "set TMPDIR to a directory that can be written and has room for the message"},
	{message.ErrAddress, "name the recipients as operands and the sender with -f; the header is then not used for them"},
}

const tooLarge = "compress the files, or send a link to them"
