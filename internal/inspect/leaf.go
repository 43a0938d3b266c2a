package inspect

import (
	"io"

	"mailpipe/internal/transfer"
)

// A leaf is a part without parts while its content is read.
type leaf struct {
	*Part
	w       *walker
	decoder transfer.Decoder
	fast    lineDecoder    // the decoder, if it can decode many lines at once; else nil
	outputs []io.Writer    // of what is decoded
	text    io.WriteCloser // of what is decoded, if its text is wanted

	// What the encoding requires of the lines, and what was found so far.
	isBase64, mayBeHigh bool
	lineRule            *Rule // for long lines; nil: none
	counts              [len(decodingRules)]int
	problems            int
	line                int // number of the line that was read last
}

// A lineDecoder decodes lines of the same size at once, as transfer's decoder of base64.
type lineDecoder interface {
	DecodeLines(p []byte, size, eol int) (out []byte, ok bool)
}

// leaf reads the content of a part without parts.
func (w *walker) leaf(p *Part, c Content) {
	l := &leaf{Part: p, w: w}
	encoding := p.Encoding
	if p.isMultipart() { // whose parts are not encoded, whatever it declares
		encoding = ""
	}
	decoder, known := transfer.DecoderFor(encoding)
	l.decoder = decoder
	l.fast, _ = decoder.(lineDecoder)
	switch encoding {
	case "base64":
		l.isBase64, l.lineRule = true, base64Line
	case "quoted-printable":
		l.lineRule = quotedLine
	case "8bit", "binary":
		l.mayBeHigh = true
	}
	if !known {
		p.Damaged = true
		w.report(p, encodingUnknown, p.Line, p.Encoding)
	}
	checks := l.checks()
	for _, c := range checks {
		l.outputs = append(l.outputs, c)
	}
	if c.Decoded != nil {
		l.outputs = append(l.outputs, c.Decoded)
	}
	if c.Text != nil {
		l.text = newTextWriter(c.Text, p.Charset)
		l.outputs = append(l.outputs, l.text)
	}
	w.inside(Content{Raw: c.Raw}, l.read)
	for _, c := range checks {
		c.end()
	}
}

// A check reads what is decoded, and reports findings, some of them at the end.
type check interface {
	io.Writer
	end()
}

// checks returns the checks for a content of this type and name.
func (l *leaf) checks() (all []check) {
	mediaType := l.MediaType()
	if l.IsText() && mediaType != "text/calendar" { // whose characters may be folded (RFC 5545 §3.1)
		all = append(all, newCharsetCheck(l))
	}
	if l.Name != "" {
		all = append(all, &nameCheck{leaf: l, head: l.w.head[:0]})
	}
	switch mediaType {
	case "text/html":
		all = append(all, newHTMLCheck(l))
	case "message/delivery-status", "message/global-delivery-status":
		all = append(all, &statusReader{leaf: l})
	}
	return all
}

// read reads the content up to the next delimiter. The line ending before a delimiter
// belongs to the delimiter.
func (l *leaf) read() {
	w := l.w
	content := &tap{w: l}
	for line := w.in.line(); len(line) > 0 && !w.isDelimiter(line); line = w.in.line() {
		if l.fast != nil && l.readLines(line, content) {
			continue
		}
		isInside := w.in.goesOn(line)
		l.line = w.in.number
		w.checkLine(l.Part, line)
		l.checkEncoded(line)
		w.fail(content.write(line, isInside))
		w.skip(line)
	}
	atEnd := !w.atDelimiter()
	w.fail(content.close(atEnd))
	w.fail(l.output(l.decoder.Decode(nil, true)))
	l.checkDecoded()
	if l.text != nil {
		w.fail(l.text.Close())
	}
	l.Damaged = l.Damaged || atEnd && len(w.delimiters) > 0
}

// readLines reads lines of base64 that are as long as the next one, and reports whether
// there are some. They have only letters, so nothing else need be checked.
func (l *leaf) readLines(line []byte, content *tap) bool {
	w := l.w
	block, eol := w.in.alike(line)
	if w.in.inLine || len(block) == 0 || len(line) == eol || len(line)-eol > encodedMax {
		return false
	}
	w.fail(content.flush())
	decoded, ok := l.fast.DecodeLines(block, len(line), eol)
	if !ok {
		return false
	}
	w.fail(l.output(decoded))
	for _, t := range w.taps {
		w.fail(t.write(block, true))
	}
	w.noteEOL(line)
	w.in.skipLines(block, len(line))
	return true
}

// Write decodes a line, or a part of one.
func (l *leaf) Write(p []byte) (int, error) {
	err := l.output(l.decoder.Decode(p, false))
	l.checkDecoded()
	return len(p), err
}

// output passes on what was decoded.
func (l *leaf) output(p []byte) error {
	if len(p) == 0 {
		return nil
	}
	l.Octets += int64(len(p))
	for _, out := range l.outputs {
		if _, err := out.Write(p); err != nil {
			return err
		}
	}
	return nil
}
