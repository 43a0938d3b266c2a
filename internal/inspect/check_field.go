package inspect

import (
	"bytes"
	"strings"
	"unicode/utf8"

	"mailpipe/internal/address"
	"mailpipe/internal/ascii"
	"mailpipe/internal/header"
	"mailpipe/internal/message"
	"mailpipe/internal/transfer"
)

// widthMax is the length of a line that fits on a screen (RFC 5322 §2.1.1).
const widthMax = 78

// checkHeader checks the fields of a part, or of the mail.
func (w *walker) checkHeader(p *Part) {
	seen := map[string]bool{}
	for f := range p.Header.Fields() {
		name := strings.ToLower(f.Name())
		if header.IsUnique(name) {
			if seen[name] {
				w.report(p, headerDuplicate, f.Line, f.Name())
			}
			seen[name] = true
		}
		w.checkFieldLines(p, f)
		w.checkFieldOctets(p, f)
		w.checkWords(p, f)
		w.checkValue(p, f)
	}
	if p.Parent == nil {
		w.checkMissing(p, seen)
	}
}

// checkFieldLines checks the lines of a field as they are written.
func (w *walker) checkFieldLines(p *Part, f message.Field) {
	number := f.Line
	for line := range bytes.Lines(f.Raw) {
		text := withoutEOL(line)
		value := text
		if number == f.Line {
			_, value, _ = bytes.Cut(text, []byte(":"))
		}
		switch {
		case len(text) > transfer.LineMax:
			w.report(p, headerLength, number, f.Name())
		case utf8.RuneCount(text) > widthMax && bytes.ContainsAny(bytes.TrimSpace(value), " \t"):
			w.report(p, headerWidth, number, f.Name())
		}
		isValue := number > f.Line || len(bytes.TrimSpace(value)) > 0
		if isValue && len(text) > 0 && isSpace(text[len(text)-1]) {
			w.report(p, headerSpace, number, f.Name())
		}
		if bytes.IndexByte(text, '\r') >= 0 {
			w.report(p, bareCR, number, "")
		}
		if bytes.ContainsFunc(text, func(r rune) bool { return r < ' ' && r != '\t' && r != '\r' || r == 0x7F }) {
			w.report(p, headerControl, number, f.Name())
		}
		number++
	}
}

// checkFieldOctets checks whether a field is ASCII.
func (w *walker) checkFieldOctets(p *Part, f message.Field) {
	switch {
	case ascii.Only(f.Raw):
	case !utf8.Valid(f.Raw):
		w.report(p, headerOctets, f.Line, f.Name())
	case !hasUTF8Address(f): // which cannot be encoded
		w.report(p, headerUTF8, f.Line, f.Name())
	}
}

// hasUTF8Address reports whether a field has an address with a local part that is not
// ASCII.
func hasUTF8Address(f message.Field) bool {
	if !header.IsAddresses(f.Name()) {
		return false
	}
	list, _ := address.ParseHeader(f.Value())
	for _, a := range list {
		if !ascii.OnlyString(a.Local) {
			return true
		}
	}
	return false
}

// checkMissing checks for the fields that a mail must have. seen has the names of its
// fields.
func (w *walker) checkMissing(p *Part, seen map[string]bool) {
	if p.Header.IsEmpty() { // no mail
		return
	}
	if !seen["date"] {
		w.report(p, dateMissing, p.Line, "")
	}
	if !seen["from"] {
		w.report(p, fromMissing, p.Line, "")
	}
	if from, _ := address.ParseHeader(p.Header.Value("From")); len(from) > 1 && !seen["sender"] {
		w.report(p, senderMissing, p.Line, "")
	}
	if bcc, ok := p.Header.Get("Bcc"); ok {
		w.report(p, bccPresent, bcc.Line, "")
	}
	if !seen["mime-version"] && (seen["content-type"] || seen["content-transfer-encoding"]) {
		w.report(p, mimeVersion, p.Line, "")
	}
}

// checkValue checks the value of a structured field.
func (w *walker) checkValue(p *Part, f message.Field) {
	value := f.Value()
	switch {
	case header.IsAddresses(f.Name()):
		if why := addressProblem(f, value); why != "" {
			w.report(p, addressSyntax, f.Line, f.Name()+": "+why)
		}
	case f.Is("Date", "Resent-Date"):
		if rule := dateProblem(value); rule != nil {
			w.report(p, rule, f.Line, value)
		}
	case f.Is("Message-ID", "Resent-Message-ID"):
		if !isMessageID(value) {
			w.report(p, messageID, f.Line, f.Name()+": "+value)
		}
	case f.Is("References", "In-Reply-To"):
		if bad := notMessageID(value); bad != "" {
			w.report(p, references, f.Line, f.Name()+": "+bad)
		}
	case f.Is("List-Unsubscribe"):
		if !isURLList(value) {
			w.report(p, listUnsubscribe, f.Line, value)
		}
	case f.Is("Content-Type", "Content-Disposition"):
		w.checkMIMEField(p, f)
	}
}

// addressProblem returns what is wrong with an address list, or "".
func addressProblem(f message.Field, value string) string {
	list, err := address.CheckHeader(value)
	if bad, ok := err.(*address.Error); ok {
		return bad.Reason
	}
	if len(list) == 0 && !strings.Contains(value, ":") && !f.Is("Bcc", "Resent-Bcc") {
		return "missing address"
	}
	if len(list) > 1 && f.Is("Sender", "Resent-Sender") {
		return "more than one address"
	}
	return ""
}
