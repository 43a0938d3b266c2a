package cli

import (
	"crypto/sha256"
	"encoding/hex"
	"hash"
	"slices"
	"strconv"
	"strings"

	"mailpipe/internal/inspect"
	"mailpipe/internal/message"
)

// inspectLines prints a mail as lines of fields.
type inspectLines struct {
	*inspectCall
	name    string // of the file, if it is shown
	columns columnStyle
	digest  digest
}

func (o *inspectLines) visitor() inspect.Visitor {
	if o.name != "" {
		o.line("file", o.name)
	}
	if o.flags.Bool("check") {
		return inspect.Visitor{}
	}
	return inspect.Visitor{Begin: o.begin, End: o.endPart}
}

func (o *inspectLines) begin(p *inspect.Part) (c inspect.Content, err error) {
	if p.Parent == nil {
		o.header(p.Header)
	}
	if p.HasParts {
		o.part(p)
		return c, nil
	}
	if o.flags.Bool("sha256") {
		c.Decoded = o.digest.reset()
	}
	return c, nil
}

func (o *inspectLines) endPart(p *inspect.Part) error {
	if !p.HasParts {
		o.part(p)
	}
	for _, s := range p.Status {
		o.line("status", s.Recipient, s.Action, s.Code, s.Words)
	}
	return nil
}

func (o *inspectLines) end(findings *inspect.Findings) error {
	for _, f := range findings.List {
		o.line(string(f.Severity), strconv.Itoa(f.Line), f.ID, f.Words())
	}
	return nil
}

// shown are the fields that are printed without --headers.
var shown = []string{"from", "to", "cc", "reply-to", "date", "subject", "message-id"}

// header prints the fields of the mail: those of shown, or all.
func (o *inspectLines) header(h message.Header) {
	for f := range h.Fields() {
		if o.flags.Bool("headers") || slices.Contains(shown, strings.ToLower(f.Name())) {
			o.line("header", f.Name(), inspect.Value(f))
		}
	}
}

func (o *inspectLines) part(p *inspect.Part) {
	mediaType, octets := p.Type, strconv.FormatInt(p.Octets, 10)
	if p.Charset != "" {
		mediaType += "; charset=" + p.Charset
	}
	if p.HasParts {
		octets = ""
	}
	fields := []string{p.Number, mediaType, p.Encoding, octets, p.Disposition, p.Name}
	if o.flags.Bool("sha256") {
		fields = append(fields, o.digest.of(p))
	}
	o.line("part", fields...)
}

// A digest computes the checksum of one part after another. The zero value is ready.
type digest struct{ hash.Hash }

// reset begins a part.
func (d *digest) reset() *digest {
	if d.Hash == nil {
		d.Hash = sha256.New()
	}
	d.Reset()
	return d
}

// of returns the checksum of a part at its end, or "" if it has parts.
func (d *digest) of(p *inspect.Part) string {
	if p.HasParts {
		return ""
	}
	return hex.EncodeToString(d.Sum(nil))
}
