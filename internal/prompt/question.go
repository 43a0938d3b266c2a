package prompt

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode"
	"unicode/utf8"

	"mailpipe/compose"
	"mailpipe/internal/shell"
	"mailpipe/internal/termtext"
)

func (v *interview) askFrom() error {
	if v.KeepFrom {
		return nil
	}
	m := v.Message
	known := m.From != (compose.Address{})
	prompt := "From: "
	if known {
		prompt = fmt.Sprintf("From [%s]: ", termtext.Line(m.From.String()))
	}
	return v.until(prompt, func(answer string) error {
		switch {
		case answer == "" && known:
			return nil
		case answer == "":
			return errors.New("missing sender, such as you@example.org")
		}
		from, err := compose.ParseAddress(answer)
		if err == nil {
			m.From = from
		}
		return err
	})
}

// askTo asks for one or more recipients, unless there is one.
func (v *interview) askTo() error {
	m := v.Message
	if len(m.To)+len(m.Cc)+len(m.Bcc) > 0 {
		return nil
	}
	return v.until("To: ", func(answer string) (err error) {
		if answer == "" {
			return errors.New("missing recipient; separate several by commas")
		}
		m.To, err = compose.ParseAddressList(answer)
		return err
	})
}

// askCc asks for the recipients of a copy, of whom there may be none.
func (v *interview) askCc() error {
	m := v.Message
	if v.KeepCc || len(m.Cc) > 0 {
		return nil
	}
	return v.until("Cc: ", func(answer string) (err error) {
		if answer != "" {
			m.Cc, err = compose.ParseAddressList(answer)
		}
		return err
	})
}

func (v *interview) askSubject() error {
	if v.Message.Subject != "" {
		return nil
	}
	return v.until("Subject: ", func(answer string) error {
		if strings.ContainsFunc(answer, unicode.IsControl) {
			return errors.New("a subject must not contain control characters")
		}
		v.Message.Subject = answer
		return nil
	})
}

// askFiles asks until an empty answer. It describes the files of the Form first.
func (v *interview) askFiles() error {
	for _, name := range v.Files {
		description, err := v.Describe(name)
		if err != nil {
			return err
		}
		v.descriptions = append(v.descriptions, description)
	}
	if v.KeepFiles {
		return nil
	}
	v.t.complete = v.completeFile
	defer func() { v.t.complete = nil }()
	for {
		answer, err := v.ask("Attach file (Tab completes, Enter ends): ")
		if answer == "" && (err == nil || err == io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		name, description, err := v.findFile(answer)
		if err != nil {
			v.refuse(answer, err)
			continue
		}
		v.Files = append(v.Files, name)
		v.descriptions = append(v.descriptions, description)
		v.t.say("  " + termtext.Line(description))
	}
}

// findFile returns the name and the description of the file that an answer names.
func (v *interview) findFile(answer string) (name, description string, err error) {
	name = shell.ExpandHome(answer, v.Home)
	description, err = v.Describe(name)
	bare, quoted := unquote(name)
	if err == nil || !quoted {
		return name, description, err
	}
	if description, bareErr := v.Describe(bare); bareErr == nil {
		return bare, description, nil
	}
	return name, "", err
}

// unquote removes the quotes that a terminal puts around the name of a file
// that is dropped on it.
func unquote(name string) (bare string, quoted bool) {
	last := len(name) - 1
	if last < 1 || name[0] != name[last] || name[0] != '\'' && name[0] != '"' {
		return name, false
	}
	return name[1:last], true
}

// askText reads lines until a single dot or Ctrl-D.
func (v *interview) askText() error {
	if v.KeepText {
		return nil
	}
	v.t.say("Text (a line with a single . or Ctrl-D ends it):")
	v.t.complete = insertTab
	var text strings.Builder
	v.t.typed = func(line string) { v.keep(text.String(), line) }
	defer func() { v.t.complete, v.t.typed = nil, nil }()
	for {
		line, err := v.t.line("")
		if err == ErrInterrupted {
			v.keep(text.String(), line)
		}
		if err != nil && err != io.EOF {
			return err
		}
		isLast := err == io.EOF || line == "."
		if !isLast {
			text.WriteString(line + "\n")
		}
		v.setText(text.String())
		if !isLast {
			continue
		}
		if text.Len() > 0 || v.mayBeEmpty() {
			return nil
		}
		v.t.say("missing text or file; Ctrl-C aborts")
	}
}

// setText sets the text that the user has typed.
func (v *interview) setText(text string) {
	v.Text = text
	v.keep(text, "")
}

// keep passes on what the user has typed.
func (v *interview) keep(text, line string) {
	if v.Typed != nil {
		v.Typed(text, line)
	}
}

// mayBeEmpty reports whether a mail without text is allowed.
func (v *interview) mayBeEmpty() bool { return len(v.Files) > 0 || v.AllowEmpty }

// tabStop is the distance of the tab stops of a terminal.
const tabStop = 8

// insertTab inserts spaces up to the next tab stop.
func insertTab(_ *terminal, line string, pos int) (string, int) {
	n := tabStop - utf8.RuneCountInString(line[:pos])%tabStop
	return line[:pos] + strings.Repeat(" ", n) + line[pos:], pos + n
}
