package spool

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"slices"
	"strconv"
	"strings"
)

// dotEnd is the last line of ID.dot. It shows that nothing was cut off.
const dotEnd = ".\n"

// Dot creates ID.dot with the recipients of a transaction, and makes it durable.
// After that, the final dot may be sent. If Dot fails, it must not be sent, because
// the result could not be recorded either.
func (e *Entry) Dot(recipients []string) error {
	e.dot = append(e.dot, recipients...) // a message may need several transactions
	text := fmt.Sprintf("%d\n%s\n%s", e.Attempts, strings.Join(e.dot, "\n"), dotEnd)
	temporary := e.ID + ".dot.new"
	f, err := e.spool.create(temporary)
	if err != nil {
		return err
	}
	_, err = io.WriteString(f, text)
	if err := errors.Join(err, f.Close()); err != nil {
		return e.spool.fail(IO, err)
	}
	if err := e.spool.rename(temporary, e.ID+".dot"); err != nil {
		return err
	}
	return e.spool.sync()
}

// interrupted is the reply of a recipient in ID.dot.
const interrupted = "outcome unknown: the process ended before the reply to the end of data"

// readDot reads ID.dot, if there is one. Its text need not be durable: if it was
// lost with the power, the transaction may have been about all pending recipients.
func (e *Entry) readDot() error {
	text, err := e.spool.readFile(e.ID, e.ID+".dot")
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	pending := e.Pending()
	body, isWhole := strings.CutSuffix(string(text), "\n"+dotEnd)
	lines := strings.Split(body, "\n")
	attempts, err := strconv.Atoi(lines[0])
	if !isWhole || err != nil {
		lines, attempts = append([]string{""}, pending...), e.Attempts
	}
	if attempts < e.Attempts { // Save was interrupted after it had recorded the result
		return nil
	}
	for i := range e.Recipients {
		r := &e.Recipients[i]
		if !r.isDone() && slices.Contains(lines[1:], r.Address) {
			e.Interrupted = append(e.Interrupted, r.Address)
			*r = Recipient{Address: r.Address, Outcome: "unknown", Reply: interrupted}
		}
	}
	return nil
}
