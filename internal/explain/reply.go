package explain

import (
	"regexp"
	"strings"
	"sync"

	"mailpipe/wire"
)

// reply returns the clauses for a line of a reply.
func (d *dialogue) reply(e wire.Event) []string {
	d.lines++
	line := d.lines
	isLast := len(e.Text) < 4 || e.Text[3] != '-'
	if isLast {
		d.lines = 0
	}
	place := d.place(e.Stage, isLast)
	code, text := e.Text[:min(3, len(e.Text))], e.Text[min(4, len(e.Text)):]
	switch {
	case line > 1 && place == "EHLO":
		return []string{keyword(text)}
	case line > 1:
		return []string{find("reply more")}
	}
	if place == "RCPT" && code > "3" {
		d.refused++
	}
	clauses := []string{find(replyKeys(place, code)...)}
	if m := enhanced().FindStringSubmatch(text); m != nil && m[1] == code[:1] {
		status, subject, detail := m[0], m[2], m[3]
		clauses = append(clauses, status+": "+
			find("enhanced "+status, "enhanced x."+subject+"."+detail, "enhanced x."+subject, "enhanced"))
	}
	return clauses
}

// enhanced is an enhanced status code (RFC 3463 §2).
var enhanced = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^([245])\.(\d{1,3})\.(\d{1,3})\b`)
})

// replyKeys returns the keys for a code, the most special one first.
func replyKeys(place, code string) []string {
	if code == "" {
		return []string{"reply"}
	}
	class := code[:1] + "yz"
	return []string{
		"reply " + place + " " + code, "reply " + code, "reply " + place + " " + class, "reply " + class, "reply",
	}
}

// place returns what a reply is about: a stage, or a command that has none. isLast
// reports whether the reply ends with this line.
func (d *dialogue) place(stage wire.Stage, isLast bool) string {
	for len(d.commands) > 0 && d.commands[0].stage != stage && !d.endsContent(stage) {
		d.commands = d.commands[1:]
	}
	if len(d.commands) == 0 {
		return string(stage)
	}
	verb := d.commands[0].verb
	if isLast && !(d.isLMTP && stage == wire.StageDot) { // LMTP has a reply for each recipient
		d.commands = d.commands[1:]
	}
	switch verb {
	case "HELO", "RSET", "NOOP", "VRFY", "HELP":
		return verb
	}
	return string(stage)
}

// endsContent reports whether a reply at a stage answers the last BDAT.
func (d *dialogue) endsContent(stage wire.Stage) bool {
	return stage == wire.StageDot && d.commands[0].verb == "BDAT"
}

// keyword returns the clause for a line of the reply to EHLO.
func keyword(text string) string {
	name := strings.ToUpper(text)
	if end := strings.IndexAny(name, " \t="); end >= 0 {
		name = name[:end]
	}
	return find("keyword "+name, "keyword unknown")
}
