package explain

import (
	"fmt"
	"strings"

	"mailpipe/wire"
)

// A dialogue is what must be known of earlier lines to explain the next one.
type dialogue struct {
	commands []command // sent; those before the first were answered
	group    int       // of the last command
	isLMTP   bool
	lines    int // of the reply so far
	asked    int // recipients of the transaction
	refused  int
}

// A command is one that was sent, and its verb, which says what the reply means if the
// stage does not.
type command struct {
	stage wire.Stage
	verb  string
}

// clauses returns what the sentence about an event says.
func (d *dialogue) clauses(e wire.Event) []string {
	switch e.Dir {
	case wire.DirSent:
		return d.command(e)
	case wire.DirReceived:
		return d.reply(e)
	case wire.DirDecision:
		return []string{d.counted(find("decision " + e.Text))}
	}
	return []string{note(e)}
}

// counted returns a clause with the number of recipients in place of a %s.
func (d *dialogue) counted(clause string) string {
	if !strings.Contains(clause, "%s") {
		return clause
	}
	who := fmt.Sprintf("%d of %d recipients were", d.refused, d.asked)
	switch {
	case d.refused == 1 && d.asked == 1:
		who = "The recipient was"
	case d.refused == 2 && d.asked == 2:
		who = "Both recipients were"
	case d.refused == d.asked:
		who = fmt.Sprintf("All %d recipients were", d.asked)
	case d.refused == 1:
		who = fmt.Sprintf("1 of %d recipients was", d.asked)
	}
	return fmt.Sprintf(clause, who)
}

// note returns the clause for a note: that of its words, or else of its stage.
func note(e wire.Event) string {
	for _, r := range sentences {
		words, isNote := strings.CutPrefix(r.key, "note ")
		if isNote && strings.Contains(e.Text, words) {
			return r.clause()
		}
	}
	return find("failure "+string(e.Stage), "failure")
}

// command returns the clauses for a command.
func (d *dialogue) command(e wire.Event) []string {
	verb, rest, _ := strings.Cut(e.Text, " ")
	verb = strings.ToUpper(verb)
	switch {
	case e.Stage == wire.StageContent && verb != "BDAT":
		return []string{find("content size")}
	case e.Stage == wire.StageAuth && verb != "AUTH" && verb != "*":
		verb = "response"
	}
	d.remember(verb)
	d.commands = append(d.commands, command{e.Stage, verb})
	word, _, _ := strings.Cut(strings.ToUpper(rest), " ")
	clauses := []string{find("command "+verb+" "+word, "command "+verb, "command unknown")}
	clauses = append(clauses, parameters(verb, rest)...)
	if e.Group != 0 && e.Group == d.group && verb != "BDAT" {
		clauses = append(clauses, find("command in a group"))
	}
	d.group = e.Group
	return clauses
}

// remember keeps what later sentences need of a command.
func (d *dialogue) remember(verb string) {
	switch verb {
	case "LHLO":
		d.isLMTP = true
	case "EHLO", "HELO":
		d.isLMTP = false
	case "MAIL":
		d.asked, d.refused = 0, 0
	case "RCPT":
		d.asked++
	}
}

// parameters returns the clauses for the parameters of a command.
func parameters(verb, rest string) (clauses []string) {
	words := strings.Fields(strings.ToUpper(rest))
	switch verb {
	case "AUTH":
		if len(words) > 0 {
			clauses = append(clauses, find("mechanism "+words[0], "mechanism unknown"))
		}
	case "BDAT":
		if len(words) > 1 {
			clauses = append(clauses, find("parameter LAST"))
		}
	case "MAIL", "RCPT":
		_, rest, _ := strings.Cut(rest, ">")
		for _, word := range strings.Fields(strings.ToUpper(rest)) {
			keyword, _, _ := strings.Cut(word, "=")
			clauses = append(clauses, find("parameter "+word, "parameter "+keyword, "parameter unknown"))
		}
	}
	return clauses
}
