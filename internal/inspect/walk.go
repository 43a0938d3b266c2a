package inspect

import (
	"bytes"
	"io"
	"strconv"

	"mailpipe/internal/charset"
	"mailpipe/internal/message"
)

// A walker reads a mail from its beginning to its end.
type walker struct {
	in       *lines
	visit    Visitor
	findings *Findings
	err      error // of the visitor; the input then ends

	delimiters message.Delimiters
	taps       []*tap // of the parts around what is read
	parts      int    // read so far
	head       []byte // room for the beginning of a content

	notField           int // number of the line that ended the header that was read last, or 0
	cids               *cids
	firstLF, firstCRLF int // numbers of the first lines that end so, or 0
}

// message reads the mail.
func (w *walker) message() {
	line := w.in.line()
	if n := message.MboxLine(line); n > 0 {
		w.in.isMbox = true
		w.in.skip(line)
		line = w.in.line()
	}
	if mark, rest := charset.CutBOM(line); mark != "" {
		w.report(nil, headerSyntax, w.in.number, "byte order mark of "+mark)
		if mark == "utf-8" && message.FieldName(rest) != "" {
			w.in.next = w.in.next[len(line)-len(rest):]
		}
	}
	h := w.header()
	if h.IsEmpty() && len(line) == 0 {
		w.report(nil, emptyMail, w.in.number, "")
	}
	rest := &io.LimitedReader{R: w.in.r, N: headerMax}
	if h.IsEmpty() { // not a mail, and perhaps without an end
		w.in.r = rest
	}
	w.entity(newPart(nil, h, "text/plain"))
	switch {
	case rest.N == 0:
		w.report(nil, limitHeader, w.in.number, "no field in 1 MiB")
	case w.in.series > 0:
		w.report(nil, severalMails, w.in.series, "")
	case w.in.inLine && !w.in.stopped:
		w.report(nil, noFinalEOL, w.in.number, "")
	}
	w.cids.report(w)
	if w.firstLF > 0 && w.firstCRLF > 0 {
		w.report(nil, bareLF, w.firstLF, "")
	}
}

// fail ends the reading because of an error of the visitor.
func (w *walker) fail(err error) {
	if err != nil && w.err == nil {
		w.err = err
		w.in.stop()
	}
}

// skip moves over a line, which the parts around it get.
func (w *walker) skip(line []byte) {
	isInside := w.in.goesOn(line)
	for _, t := range w.taps {
		w.fail(t.write(line, isInside))
	}
	w.noteEOL(line)
	w.in.skip(line)
}

// entity reads the content of a part whose header was read, up to the next delimiter.
func (w *walker) entity(p *Part) {
	declared := message.Boundary(p.Header.Value("Content-Type"))
	boundary := declared
	if len(boundary) > boundaryMax {
		boundary = ""
	}
	isTooDeep := (boundary != "" || p.isMessage()) && p.Depth() >= depthMax
	p.HasParts = (boundary != "" || p.isMessage()) && !isTooDeep
	p.number(boundary != "" && p.HasParts)
	w.checkPart(p)
	switch {
	case isTooDeep:
		w.report(p, limitDepth, p.Line, "")
	case p.isMultipart():
		w.checkBoundary(p, declared)
	}
	content := w.begin(p)
	switch {
	case !p.HasParts:
		w.leaf(p, content)
	case boundary != "":
		w.inside(content, func() { w.multipart(p, boundary) })
	default:
		w.inside(content, func() { w.entity(newPart(p, w.header(), "text/plain")) })
	}
	w.end(p)
}

// number sets the number of a part, and the prefix of those of its parts.
func (p *Part) number(isMultipart bool) {
	switch parent := p.Parent; {
	case parent != nil && parent.isMultipart():
		parent.children++
		p.Number = parent.prefix + strconv.Itoa(parent.children)
		p.prefix = p.Number + "."
		return
	case parent != nil:
		p.prefix = parent.prefix
	}
	p.Number = p.prefix + "1"
	if isMultipart {
		p.Number = p.prefix + "TEXT"
	} else {
		p.prefix = p.Number + "."
	}
}

func (w *walker) begin(p *Part) (c Content) {
	w.parts++
	if w.visit.Begin != nil && w.err == nil {
		var err error
		c, err = w.visit.Begin(p)
		w.fail(err)
	}
	p.Header = message.Header{} // which may be long
	return c
}

func (w *walker) end(p *Part) {
	if w.visit.End != nil && w.err == nil && w.in.failure == nil {
		w.fail(w.visit.End(p))
	}
}

// inside reads the content of a part, which the writers of c get.
func (w *walker) inside(c Content, read func()) {
	level := len(w.taps)
	for _, out := range []*tap{newTap(c.Raw), newTap(c.Decoded)} {
		if out != nil {
			w.taps = append(w.taps, out)
		}
	}
	read()
	for _, t := range w.taps[level:] {
		w.fail(t.close(!w.atDelimiter()))
	}
	w.taps = w.taps[:level]
}

// boundaryMax is the length of a boundary that fits in a line. RFC 2046 §5.1.1 allows
// 70.
const boundaryMax = 900

// multipart reads the parts of a multipart and the text before and after them.
func (w *walker) multipart(p *Part, boundary string) {
	level := len(w.delimiters)
	w.delimiters = append(w.delimiters, []byte("--"+boundary))
	partType := "text/plain"
	if p.MediaType() == "multipart/digest" {
		partType = "message/rfc822" // RFC 2046 §5.1.5
	}
	w.ignored()
	for {
		found, closes := w.delimiter(w.in.line())
		if found == level {
			w.skip(w.in.line())
		}
		if found != level || closes {
			if found != level {
				w.unclosed(p)
			}
			break
		}
		if w.parts >= partsMax {
			w.report(p, limitParts, w.in.number, "")
			w.in.stop()
			break
		}
		w.entity(newPart(p, w.header(), partType))
	}
	w.delimiters = w.delimiters[:level]
	w.checkParts(p)
	if text := w.ignored(); text > 0 {
		w.report(p, multipartEpilogue, text, "")
	}
}

// unclosed notes that a multipart has no end.
func (w *walker) unclosed(p *Part) {
	p.Damaged = true
	if !w.in.stopped {
		w.report(p, multipartUnclosed, w.in.number, "")
	}
}

// ignored reads text that no reader shows: before the first part, or after the last. It
// returns the number of the first line that is not empty, or 0.
func (w *walker) ignored() (first int) {
	for line := w.in.line(); len(line) > 0 && !w.isDelimiter(line); line = w.in.line() {
		if first == 0 && len(bytes.TrimSpace(line)) > 0 {
			first = w.in.number
		}
		w.checkLine(nil, line)
		w.skip(line)
	}
	return first
}
