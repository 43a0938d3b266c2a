package inspect

import (
	"bytes"

	"mailpipe/internal/ascii"
	"mailpipe/internal/transfer"
)

// encodedMax is the length of an encoded line (RFC 2045 §6.7, §6.8).
const encodedMax = 76

// checkPart checks the header of a part, and what it declares.
func (w *walker) checkPart(p *Part) {
	if w.notField > 0 {
		w.report(p, headerSyntax, w.notField, "")
		w.notField = 0
	}
	w.checkHeader(p)
	w.checkName(p)
	w.checkPlace(p)
	isContainer := p.isMultipart() || p.HasParts
	if isContainer && !p.isIdentity() {
		w.report(p, encodingParts, p.Line, p.Encoding)
	}
}

// checkEncoded checks a line as it is encoded, or a piece of one.
func (l *leaf) checkEncoded(line []byte) {
	w := l.w
	if l.lineRule != nil && !w.in.inLine && len(line) > encodedMax && len(withoutEOL(line)) > encodedMax {
		w.report(l.Part, l.lineRule, w.in.number, "")
	}
	if l.isBase64 {
		return
	}
	if !l.mayBeHigh && !ascii.Only(line) {
		w.report(l.Part, encoding7bit, w.in.number, l.Encoding)
	}
	if w.in.inLine {
		return
	}
	switch text := withoutEOL(line); {
	case bytes.HasPrefix(text, []byte("From ")):
		w.report(l.Part, fromLine, w.in.number, "")
	case string(text) == ".":
		w.report(l.Part, loneDot, w.in.number, "")
	case w.startsLikeDelimiter(text):
		w.report(l.Part, boundaryContent, w.in.number, "")
	}
}

// decodingRules are the rules for the problems of a decoder.
var decodingRules = [...]*Rule{
	transfer.BadAlphabet:   base64Alphabet,
	transfer.BadPadding:    base64Padding,
	transfer.BadEscape:     quotedEscape,
	transfer.TrailingSpace: quotedSpace,
}

// checkDecoded reports the problems that were found since the last call.
func (l *leaf) checkDecoded() {
	if l.decoder.Problems() == l.problems {
		return
	}
	l.problems = l.decoder.Problems()
	for problem, rule := range decodingRules {
		n := l.decoder.Count(transfer.Problem(problem))
		if n == l.counts[problem] {
			continue
		}
		l.counts[problem] = n
		l.Damaged = l.Damaged || rule.Severity == Error
		l.w.report(l.Part, rule, l.line, "")
	}
}
