package prompt

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"mailpipe/compose"
	"mailpipe/internal/termtext"
)

func (d *dialog) askFrom() error {
	if d.KeepFrom {
		return nil
	}
	m := d.Message
	known := m.From != (compose.Address{})
	prompt := "From: "
	if known {
		prompt = fmt.Sprintf("From [%s]: ", termtext.Line(m.From.String()))
	}
	return d.until(prompt, func(answer string) error {
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

// askTo asks for a recipient, unless there is one.
func (d *dialog) askTo() error {
	m := d.Message
	if len(m.To)+len(m.Cc)+len(m.Bcc) > 0 {
		return nil
	}
	return d.until("To: ", func(answer string) (err error) {
		if answer == "" {
			return errors.New("missing recipient; separate several by commas")
		}
		m.To, err = compose.ParseAddressList(answer)
		return err
	})
}

func (d *dialog) askSubject() error {
	if d.Message.Subject != "" {
		return nil
	}
	return d.until("Subject: ", func(answer string) error {
		d.Message.Subject = answer
		return nil
	})
}

// askFiles asks until an empty answer. It describes the files of the Form first.
func (d *dialog) askFiles() error {
	for _, name := range d.Files {
		description, err := d.Describe(name)
		if err != nil {
			return err
		}
		d.descriptions = append(d.descriptions, description)
	}
	if d.KeepFiles {
		return nil
	}
	d.t.complete = completeFile
	defer func() { d.t.complete = nil }()
	for {
		answer, err := d.ask("Attach file (Tab completes, Enter ends): ")
		if answer == "" && (err == nil || err == io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		name, description, err := d.findFile(answer)
		if err != nil {
			d.refuse(answer, err)
			continue
		}
		d.Files = append(d.Files, name)
		d.descriptions = append(d.descriptions, description)
		d.t.say("  " + termtext.Line(description))
	}
}

// findFile returns the name and the description of the file that an answer names.
func (d *dialog) findFile(answer string) (name, description string, err error) {
	name = expandHome(answer)
	description, err = d.Describe(name)
	bare, quoted := unquote(name)
	if err == nil || !quoted {
		return name, description, err
	}
	if description, bareErr := d.Describe(bare); bareErr == nil {
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
func (d *dialog) askText() error {
	if d.KeepText {
		return nil
	}
	d.t.say("Text (a line with a single . or Ctrl-D ends it):")
	d.t.complete = insertTab
	defer func() { d.t.complete = nil }()
	var text strings.Builder
	for {
		line, err := d.t.line("")
		if err != nil && err != io.EOF {
			return err
		}
		if err == nil && line != "." {
			text.WriteString(line + "\n")
			continue
		}
		if text.Len() > 0 || len(d.Files) > 0 || d.AllowEmpty {
			d.Text = text.String()
			return nil
		}
		d.t.say("missing text or file; Ctrl-C aborts")
	}
}

// tabStop is the distance of the tab stops of a terminal.
const tabStop = 8

// insertTab inserts spaces up to the next tab stop.
func insertTab(_ *terminal, line string, pos int) (string, int) {
	n := tabStop - utf8.RuneCountInString(line[:pos])%tabStop
	return line[:pos] + strings.Repeat(" ", n) + line[pos:], pos + n
}

func (d *dialog) confirm() error {
	d.t.say("")
	d.showSummary()
	return d.until(d.Confirm+" [y/n] ", func(answer string) error {
		switch strings.ToLower(answer) {
		case "y", "yes":
			return nil
		case "n", "no":
			return ErrAborted
		}
		return errors.New("answer y or n")
	})
}

// showSummary shows the mail without its text.
func (d *dialog) showSummary() {
	m := d.Message
	for _, field := range []struct{ name, value string }{
		{"From", m.From.String()}, {"To", list(m.To)}, {"Cc", list(m.Cc)}, {"Bcc", list(m.Bcc)}, {"Subject", m.Subject},
	} {
		if field.value != "" || field.name == "Subject" {
			d.t.say(fmt.Sprintf("%9s: %s", field.name, termtext.Line(field.value)))
		}
	}
	for i, name := range d.Files {
		d.t.say(fmt.Sprintf("%9s: %s (%s)", "File", termtext.Line(name), termtext.Line(d.descriptions[i])))
	}
	if !d.KeepText {
		lines, octets := strings.Count(d.Text, "\n"), len(d.Text)
		d.t.say(fmt.Sprintf("%9s: %s, %s", "Text", count(lines, "line"), count(octets, "octet")))
	}
}

func list(addresses []compose.Address) string {
	var all []string
	for _, a := range addresses {
		all = append(all, a.String())
	}
	return strings.Join(all, ", ")
}

// count returns a number with its noun.
func count(n int, noun string) string {
	if n != 1 {
		noun += "s"
	}
	return fmt.Sprintf("%d %s", n, noun)
}
