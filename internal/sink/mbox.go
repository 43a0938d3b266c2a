package sink

import (
	"bufio"
	"fmt"
	"io"
	"strings"
	"time"

	"mailpipe/internal/buffer"
	"mailpipe/internal/termtext"
)

// A mboxMail is a mail for an mbox. It is kept until it is complete, because what
// was written to a pipe cannot be taken back.
type mboxMail struct {
	mbox io.Writer
	text buffer.Store
}

func newMboxMail(mbox io.Writer, env envelope) (*mboxMail, error) {
	from := strings.ReplaceAll(termtext.Escape(env.from), " ", "-") // a space ends the address
	if from == "" {
		from = "MAILER-DAEMON"
	}
	m := &mboxMail{mbox: mbox}
	_, err := fmt.Fprintf(&m.text, "From %s %s\n%s", from, time.Now().UTC().Format(time.ANSIC), env.trace())
	return m, err
}

func (m *mboxMail) name() string { return "" }

func (m *mboxMail) receive(content io.Reader) error {
	complete, err := copyLines(bufio.NewWriter(&m.text), content, true)
	if err != nil {
		return err
	}
	end := "\n" // the empty line between two mails
	if !complete {
		end = "\n\n"
	}
	_, err = io.WriteString(&m.text, end)
	return err
}

func (m *mboxMail) commit() error {
	_, err := io.Copy(m.mbox, m.text.Reader())
	return err
}

func (m *mboxMail) abort() { m.text.Close() }
