package prompt

import (
	"errors"
	"fmt"
	"strings"

	"mailpipe/compose"
	"mailpipe/internal/termtext"
)

// confirm shows the mail and asks whether to send it. It returns ErrAborted after a
// no. The user may edit the text before the answer.
func (v *interview) confirm() error {
	choices, answers := " [y/n/e] ", "answer y or n, or e to edit the text"
	if v.Edit == nil {
		choices, answers = " [y/n] ", "answer y or n"
	}
	for {
		v.t.say("")
		v.showSummary()
		edit := false
		err := v.until(v.Confirm+choices, func(answer string) error {
			answer = strings.ToLower(answer)
			edit = v.Edit != nil && (answer == "e" || answer == "edit")
			switch {
			case edit, answer == "y", answer == "yes":
				return nil
			case answer == "n", answer == "no":
				return ErrAborted
			}
			return errors.New(answers)
		})
		if err != nil || !edit {
			return err
		}
		v.edit()
	}
}

// edit lets the user edit the text. After an error the text is what it was.
func (v *interview) edit() {
	var text string
	var err error
	v.t.screen.lend(func() { text, err = v.Edit(v.Text) })
	if err == nil && text == "" && !v.mayBeEmpty() {
		err = errors.New("missing text or file")
	}
	if err != nil {
		v.t.say(termtext.Line(err.Error()) + "; the text was not changed")
		return
	}
	v.setText(text)
}

// showSummary shows the mail without its text.
func (v *interview) showSummary() {
	m := v.Message
	for _, field := range []struct{ name, value string }{
		{"From", m.From.String()}, {"To", list(m.To)}, {"Cc", list(m.Cc)}, {"Bcc", list(m.Bcc)}, {"Subject", m.Subject},
	} {
		if field.value != "" || field.name == "Subject" {
			v.t.say(fmt.Sprintf("%9s: %s", field.name, termtext.Line(field.value)))
		}
	}
	for i, name := range v.Files {
		v.t.say(fmt.Sprintf("%9s: %s (%s)", "File", termtext.Line(name), termtext.Line(v.descriptions[i])))
	}
	if !v.KeepText || v.Edit != nil {
		lines, octets := strings.Count(v.Text, "\n"), len(v.Text)
		v.t.say(fmt.Sprintf("%9s: %s, %s", "Text", count(lines, "line"), count(octets, "octet")))
	}
	if v.Server != nil {
		v.t.say(fmt.Sprintf("%9s: %s", "Server", termtext.Line(v.Server())))
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
