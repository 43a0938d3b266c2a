// Package report writes what became of each recipient of a delivery, one line
// per recipient, for other programs to read.
package report

import (
	"bytes"
	"fmt"
	"io"
	"strconv"
	"strings"

	"mailpipe/internal/termtext"
	"mailpipe/wire"
)

// Text writes tab-separated fields: address, outcome, code, enhanced code and
// reply. Code and enhanced code are empty if there was no reply.
func Text(w io.Writer, r wire.Receipt) error {
	var b bytes.Buffer
	for _, to := range r.Recipients {
		code := ""
		if to.Reply.Code != 0 {
			code = strconv.Itoa(to.Reply.Code)
		}
		fmt.Fprintf(&b, "%s\t%s\t%s\t%s\t%s\n", termtext.Escape(to.Address), to.Outcome,
			code, termtext.Line(to.Reply.Enhanced), termtext.Line(replyText(to)))
	}
	_, err := w.Write(b.Bytes())
	return err
}

// replyText returns the text of the reply on one line without the enhanced
// code, or why there was no reply.
func replyText(to wire.Recipient) string {
	if to.Reply.Code == 0 {
		return to.Reason
	}
	var text []string
	for _, line := range to.Reply.Lines {
		line = strings.TrimPrefix(line+" ", to.Reply.Enhanced+" ") // the code may be the whole line
		text = append(text, strings.TrimSuffix(line, " "))
	}
	return strings.Join(text, " ")
}
