package inspect

import (
	"cmp"
	"fmt"
	"slices"

	"mailpipe/internal/termtext"
)

// A Finding is what is wrong in one place of a mail.
type Finding struct {
	*Rule
	Line   int    // of the mail, from 1, where it is found first
	Part   string // number of the part, or "" if it is in no part
	Detail string // such as the name of the field, or ""
	Count  int    // how often it is found in the part
}

// Words returns the sentence of the rule with the detail, the number and the RFC
// section. It is escaped for a terminal.
func (f Finding) Words() string {
	words := f.Text
	if f.Detail != "" {
		words += ": " + termtext.Escape(f.Detail)
	}
	if f.Count > 1 {
		words += fmt.Sprintf(", %d times", f.Count)
	}
	return words + " (" + f.RFC + ")"
}

// Findings are all findings of a mail.
type Findings struct {
	List []Finding // in the order of the mail; at most findingsMax, and one for the limit

	more     map[Severity]int // how many List does not have
	moreLine int              // of the first that List does not have
	index    map[place]int    // in List
}

// A place is what findings have in common that are only counted.
type place struct {
	rule         *Rule
	part, detail string
}

func newFindings() *Findings {
	return &Findings{more: map[Severity]int{}, index: map[place]int{}}
}

// Has reports whether there is a finding of a severity.
func (f *Findings) Has(s Severity) bool {
	return slices.ContainsFunc(f.List, func(found Finding) bool { return found.Severity == s }) || f.more[s] > 0
}

// detailMax limits a detail, in octets.
const detailMax = 200

// report adds a finding. p may be nil.
func (w *walker) report(p *Part, rule *Rule, line int, detail string) {
	if len(detail) > detailMax {
		detail = detail[:detailMax] + "..."
	}
	at := place{rule: rule, detail: detail}
	if p != nil {
		at.part = p.Number
	}
	f := w.findings
	i, known := f.index[at]
	switch {
	case known:
		f.List[i].Count++
	case len(f.List) == findingsMax:
		if len(f.more) == 0 {
			f.moreLine = line
		}
		f.more[rule.Severity]++
	default:
		f.index[at] = len(f.List)
		f.List = append(f.List, Finding{Rule: rule, Line: line, Part: at.part, Detail: detail, Count: 1})
	}
}

// finish puts the findings in the order of the mail, and adds the number of those that
// the list does not have.
func (f *Findings) finish() {
	slices.SortStableFunc(f.List, func(a, b Finding) int { return cmp.Compare(a.Line, b.Line) })
	if len(f.more) == 0 {
		return
	}
	detail := fmt.Sprintf("%d more errors, %d more warnings", f.more[Error], f.more[Warning])
	f.List = append(f.List, Finding{Rule: limitFindings, Line: f.moreLine, Detail: detail, Count: 1})
}
