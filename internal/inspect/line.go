package inspect

import (
	"bytes"

	"mailpipe/internal/transfer"
)

// noteEOL notes how a line ends.
func (w *walker) noteEOL(line []byte) {
	switch {
	case line[len(line)-1] != '\n':
	case len(line) > 1 && line[len(line)-2] == '\r':
		if w.firstCRLF == 0 {
			w.firstCRLF = w.in.number
		}
	case w.firstLF == 0:
		w.firstLF = w.in.number
	}
}

// checkOctets checks a line for octets that no line of a mail has.
func (w *walker) checkOctets(p *Part, line []byte) {
	text := withoutEOL(line)
	isLast := line[len(line)-1] != '\n' && len(line) < blockSize
	if bytes.IndexByte(text, '\r') >= 0 || isLast && len(text) < len(line) {
		w.report(p, bareCR, w.in.number, "")
	}
	if w.in.hasNUL && bytes.IndexByte(text, 0) >= 0 {
		w.report(p, nul, w.in.number, "")
	}
}

// checkLine checks a line of a body, or a piece of one. p is nil outside of the parts.
func (w *walker) checkLine(p *Part, line []byte) {
	if p != nil && p.Encoding == "binary" { // which has no lines (RFC 2045 §2.9)
		return
	}
	w.checkOctets(p, line)
	if !w.in.inLine && len(withoutEOL(line)) > transfer.LineMax {
		w.report(p, lineLength, w.in.number, "")
	}
}
