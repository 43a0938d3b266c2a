package explain

import (
	"mailpipe/internal/termtext"
	"mailpipe/wire"
)

// A printer prints lines and sentences.
type printer struct {
	columns int // of a sentence's line without its mark, "-- "
	print   func(wire.Direction, string)
}

// explain prints the clauses of a sentence, as many on a line as fit. Each line begins
// with number.
func (p printer) explain(number string, clauses ...string) {
	line := number
	for i, clause := range clauses {
		end := ";"
		if i == len(clauses)-1 {
			end = "."
		}
		clause += end
		switch {
		case line == number:
		case termtext.Columns(line+" "+clause) > p.columns:
			p.print(wire.DirNote, line)
			line = number
		default:
			line += " "
		}
		line += clause
	}
	p.print(wire.DirNote, line)
}
