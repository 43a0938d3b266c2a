package chart

import "mailpipe/wire"

// Numbers numbers the arrows of a dialogue from 1. The zero value is ready for the first
// event.
type Numbers struct {
	number  int  // of the last arrow
	kind    kind // of the last event
	inReply bool // the last reply has more lines
	group   int  // of the last command; 0 means none
}

// Of returns the number of the arrow that e belongs to, or 0 if it has no arrow. It must
// be called for each event in order.
func (n *Numbers) Of(e wire.Event) int {
	if e.Dir == wire.DirDecision { // which no chart has
		return 0
	}
	k := kindOf(e)
	continues := false
	switch k {
	case reply:
		continues = n.inReply
		n.inReply = len(e.Text) > 3 && e.Text[3] == '-'
	case command:
		continues = e.Group != 0 && e.Group == n.group
		n.group = e.Group
	}
	continues = continues && k == n.kind
	n.kind = k
	if k == note {
		return 0
	}
	if !continues {
		n.number++
	}
	return n.number
}
