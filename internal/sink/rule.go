package sink

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"mailpipe/internal/submit"
	"mailpipe/internal/termtext"
	"mailpipe/wire"
)

// stages are those whose reply a Rule can replace, in the order of the dialogue.
var stages = []wire.Stage{
	wire.StageGreeting, wire.StageHello, wire.StageTLS, wire.StageAuth, wire.StageMail, wire.StageRcpt, wire.StageData,
	wire.StageDot, wire.StageQuit,
}

// Stages returns the stages that a Rule names, in the order of the dialogue.
func Stages() []string {
	var names []string
	for _, stage := range stages {
		names = append(names, strings.ToLower(string(stage)))
	}
	return names
}

// A Rule replaces the reply to a stage.
type Rule struct {
	Stage   wire.Stage
	Address string // of MAIL or RCPT, in angle brackets and any case; empty means all
	Reply   submit.Reply
	Times   int // how often the rule is used; 0 means no limit
}

// matches reports whether the rule is for this stage and address.
func (r Rule) matches(stage wire.Stage, address string) bool {
	return r.Stage == stage && (r.Address == "" || strings.EqualFold(r.Address, "<"+address+">"))
}

var errRule = errors.New("must be STAGE[:ADDR]=ACTION[*N], such as rcpt=451 or dot=close*2")

// ParseRule parses STAGE[:ADDR]=ACTION[*N]. ACTION is a code, a code with words, which
// may be in quotes, close or stall.
func ParseRule(text string) (Rule, error) {
	target, action, ok := cutAction(text)
	if !ok {
		return Rule{}, errRule
	}
	var r Rule
	name, address, hasAddress := strings.Cut(target, ":")
	for _, stage := range stages {
		if strings.EqualFold(string(stage), name) {
			r.Stage = stage
		}
	}
	switch {
	case r.Stage == "":
		return r, fmt.Errorf("unknown stage \"%s\": must be one of %s", termtext.Line(name), strings.Join(Stages(), ", "))
	case hasAddress && r.Stage != wire.StageMail && r.Stage != wire.StageRcpt:
		return r, fmt.Errorf("%s has no address: only mail and rcpt have one", name)
	case hasAddress && address == "":
		return r, fmt.Errorf("missing address in \"%s:\"", name)
	case hasAddress:
		r.Address = "<" + strings.TrimSuffix(strings.TrimPrefix(address, "<"), ">") + ">"
	}
	if i := strings.LastIndexByte(action, '*'); i >= 0 && !strings.HasSuffix(action, `"`) {
		n, err := strconv.Atoi(action[i+1:])
		if err != nil || n < 1 {
			return r, fmt.Errorf("invalid number of times \"%s\": must be a number from 1", termtext.Line(action[i+1:]))
		}
		action, r.Times = action[:i], n
	}
	reply, err := parseAction(action, name)
	r.Reply = reply
	return r, err
}

// cutAction splits a rule before its action. An address may contain =, and so may words
// in quotes.
func cutAction(text string) (target, action string, ok bool) {
	if i := strings.Index(text, `="`); i >= 0 {
		return text[:i], text[i+1:], true
	}
	i := strings.LastIndexByte(text, '=')
	if space := strings.IndexByte(text, ' '); space >= 0 { // words without quotes
		i = strings.LastIndexByte(text[:space], '=')
	}
	if i < 0 {
		return "", "", false
	}
	return text[:i], text[i+1:], true
}

func parseAction(action, stage string) (submit.Reply, error) {
	switch action {
	case "close":
		return submit.Reply{Code: submit.Close}, nil
	case "stall":
		return submit.Reply{Code: submit.Stall}, nil
	}
	if len(action) > 1 && action[0] == '"' && strings.HasSuffix(action, `"`) {
		action = action[1 : len(action)-1]
	}
	code, words, _ := strings.Cut(action, " ")
	number, err := strconv.Atoi(code)
	switch {
	case err != nil:
		return submit.Reply{}, fmt.Errorf("invalid action \"%s\": must be a code, close or stall", termtext.Line(action))
	case number < 200 || number > 599:
		return submit.Reply{}, fmt.Errorf("invalid reply code %s for %s: must be 200 to 599", code, stage)
	case strings.ContainsFunc(words, func(r rune) bool { return r < ' ' || r == 0x7F }):
		return submit.Reply{}, errors.New("the words contain a control character")
	case words == "":
		words = enhanced(number) + "sink: as requested"
	}
	return submit.Reply{Code: number, Text: words}, nil
}

// enhanced returns an enhanced status code without a detail (RFC 3463 §2) and a
// space, or nothing if the class has none.
func enhanced(code int) string {
	if class := code / 100; class != 3 {
		return fmt.Sprintf("%d.0.0 ", class)
	}
	return ""
}
