// Package prompt asks a person at a terminal for what a mail needs: sender,
// recipients, subject, files, text. A wrong answer is explained and the
// question asked again; at the end all of it is shown and confirmed.
package prompt

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"golang.org/x/term"

	"mailpipe/internal/termtext"
)

// ErrAborted is what Fill returns after Ctrl-D where there is nothing to end,
// after a no to the last question and, as ErrInterrupted, after Ctrl-C.
var (
	ErrAborted     = errors.New("nothing was sent")
	ErrInterrupted = errors.Join(ErrAborted)
)

// Fields says which questions are not asked.
type Fields struct{ From, To, Subject, Files, Text bool }

// Form is a mail in the making. What is known before is a default, or stands
// fast where Skip says so; the answers take its place.
type Form struct {
	From       string
	To         string // a comma list
	Cc, Bcc    string // only shown
	Subject    string
	Files      []string
	Text       string
	AllowEmpty bool // a mail without text and files is all right
	Skip       Fields

	CheckFrom, CheckTo func(answer string) error         // the error's text is shown
	Look               func(path string) (string, error) // a file's type and size, in words
	Confirm            string                            // the last question
}

// form is a Form at a terminal.
type form struct {
	*Form
	t    *terminal
	seen []string // what Look said of each file
}

// fill asks on a terminal that is in raw mode.
func (f *Form) fill(rw io.ReadWriter, resize func(*term.Terminal)) error {
	q := form{Form: f, t: newTerminal(rw, resize)}
	for _, step := range []func() error{q.from, q.to, q.subject, q.files, q.text, q.confirm} {
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}

func (q *form) from() error {
	if q.Skip.From {
		return nil
	}
	prompt := "From: "
	if q.From != "" {
		prompt = fmt.Sprintf("From [%s]: ", termtext.Line(q.From))
	}
	return q.until(prompt, func(answer string) error {
		if answer == "" {
			answer = q.From
		}
		if answer == "" {
			return errors.New("a mail needs a sender, such as you@example.org")
		}
		if err := q.CheckFrom(answer); err != nil {
			return err
		}
		q.From = answer
		return nil
	})
}

func (q *form) to() error {
	if q.Skip.To {
		return nil
	}
	return q.until("To: ", func(answer string) error {
		if answer == "" {
			return errors.New("a mail needs a recipient; several are separated by commas")
		}
		if err := q.CheckTo(answer); err != nil {
			return err
		}
		q.To = answer
		return nil
	})
}

func (q *form) subject() error {
	if q.Skip.Subject {
		return nil
	}
	return q.until("Subject: ", func(answer string) error {
		q.Subject = answer
		return nil
	})
}

// files asks until an empty answer. Those that are known are looked at first.
func (q *form) files() error {
	for _, name := range q.Files {
		what, err := q.Look(name)
		if err != nil {
			return err
		}
		q.seen = append(q.seen, what)
	}
	if q.Skip.Files {
		return nil
	}
	q.t.complete = completeFile
	defer func() { q.t.complete = nil }()
	for {
		answer, err := q.ask("Attach file (Tab completes, Enter ends): ")
		if answer == "" && (err == nil || err == io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		name := expandHome(answer)
		what, err := q.Look(name)
		if bare, ok := unquote(name); ok && err != nil {
			if said, err2 := q.Look(bare); err2 == nil {
				name, what, err = bare, said, nil
			}
		}
		if err != nil {
			q.refuse(answer, err)
			continue
		}
		q.Files, q.seen = append(q.Files, name), append(q.seen, what)
		q.t.say("  " + termtext.Line(what))
	}
}

// unquote takes off the quotes that a terminal puts around the name of a file that is dropped into it.
func unquote(name string) (bare string, quoted bool) {
	last := len(name) - 1
	if last < 1 || name[0] != name[last] || name[0] != '\'' && name[0] != '"' {
		return name, false
	}
	return name[1:last], true
}

// text reads lines up to a dot alone or Ctrl-D. A Tab is a blank up to the
// next of the columns that a terminal stops at.
func (q *form) text() error {
	if q.Skip.Text {
		return nil
	}
	q.t.say("Text (a line with a single . or Ctrl-D ends it):")
	q.t.complete = indent
	defer func() { q.t.complete = nil }()
	var text strings.Builder
	for {
		line, err := q.t.line("")
		if err != nil && err != io.EOF {
			return err
		}
		if err == io.EOF || line == "." {
			if text.Len() == 0 && len(q.Files) == 0 && !q.AllowEmpty {
				q.t.say("a mail needs a text or a file; Ctrl-C gives up")
				continue
			}
			q.Text = text.String()
			return nil
		}
		text.WriteString(line + "\n")
	}
}

func (q *form) confirm() error {
	q.t.say("")
	q.summary()
	return q.until(q.Confirm+" [y/n] ", func(answer string) error {
		switch strings.ToLower(answer) {
		case "y", "yes":
			return nil
		case "n", "no":
			return ErrAborted
		}
		return errors.New("please answer y or n")
	})
}

// summary shows what will be sent.
func (q *form) summary() {
	for _, field := range []struct{ name, value string }{
		{"From", q.From}, {"To", q.To}, {"Cc", q.Cc}, {"Bcc", q.Bcc}, {"Subject", q.Subject},
	} {
		if field.value != "" || field.name == "Subject" {
			q.t.say(fmt.Sprintf("%9s: %s", field.name, termtext.Line(field.value)))
		}
	}
	for i, name := range q.Files {
		q.t.say(fmt.Sprintf("%9s: %s (%s)", "File", termtext.Line(name), termtext.Line(q.seen[i])))
	}
	if !q.Skip.Text {
		q.t.say(fmt.Sprintf("%9s: %s, %s", "Text", count(strings.Count(q.Text, "\n"), "line"), count(len(q.Text), "octet")))
	}
}

func count(n int, what string) string {
	if n != 1 {
		what += "s"
	}
	return fmt.Sprintf("%d %s", n, what)
}

// until asks until the answer is accepted.
func (q *form) until(prompt string, accept func(answer string) error) error {
	for {
		answer, err := q.ask(prompt)
		if err == io.EOF {
			return ErrAborted
		}
		if err != nil {
			return err
		}
		if err = accept(answer); err == nil || err == ErrAborted {
			return err
		}
		q.refuse(answer, err)
	}
}

// refuse says what is wrong with an answer, which Up brings back at the next question.
func (q *form) refuse(answer string, err error) {
	q.t.say(err.Error())
	q.t.refused = history(answer)
}

// ask reads one answer without the blanks around it.
func (q *form) ask(prompt string) (string, error) {
	answer, err := q.t.line(prompt)
	q.t.refused = ""
	return strings.TrimSpace(answer), err
}

// tabStop is how far apart the columns are that a Tab goes to.
const tabStop = 8

// indent puts blanks where a Tab was typed.
func indent(_ *terminal, line string, pos int) (string, int) {
	n := tabStop - utf8.RuneCountInString(line[:pos])%tabStop
	return line[:pos] + strings.Repeat(" ", n) + line[pos:], pos + n
}
