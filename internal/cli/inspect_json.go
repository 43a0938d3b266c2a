package cli

import (
	"bytes"
	"strings"

	"mailpipe/internal/inspect"
	"mailpipe/internal/message"
	"mailpipe/internal/report"
)

// inspectJSON prints a mail as one JSON object. It writes each part when it was read, so
// that it need not keep the tree.
type inspectJSON struct {
	*inspectCall
	name   string // of the file
	digest digest
	after  string // what precedes the next part or the end of the list: "," or nothing
}

// The JSON objects. null means that the mail does not declare it.
type (
	jsonField struct {
		Name  string `json:"name"`
		Value string `json:"value"`
	}
	jsonPart struct {
		Number      string       `json:"number"`
		Type        *string      `json:"type"`
		Charset     *string      `json:"charset"`
		Encoding    *string      `json:"encoding"`
		Disposition *string      `json:"disposition"`
		Name        *string      `json:"name"`
		Octets      *int64       `json:"octets,omitempty"` // of a part without parts
		SHA256      string       `json:"sha256,omitempty"`
		Status      []jsonStatus `json:"status,omitempty"`
	}
	jsonStatus struct {
		Recipient string `json:"recipient"`
		Action    string `json:"action"`
		Code      string `json:"code"`
		Words     string `json:"words"`
	}
	jsonFinding struct {
		Severity inspect.Severity `json:"severity"`
		Line     int              `json:"line"`
		Part     *string          `json:"part"`
		Rule     string           `json:"rule"`
		Words    string           `json:"words"`
		RFC      string           `json:"rfc"`
		Count    int              `json:"count"`
	}
)

func (o *inspectJSON) visitor() inspect.Visitor {
	return inspect.Visitor{Begin: o.begin, End: o.endPart}
}

func (o *inspectJSON) begin(p *inspect.Part) (c inspect.Content, err error) {
	if p.Parent == nil {
		o.header(p.Header)
	}
	if p.HasParts {
		o.out.WriteString(o.after + strings.TrimSuffix(object(o.part(p)), "}") + `,"parts":[`)
		o.after = ""
		return c, nil
	}
	if o.flags.Bool("sha256") {
		c.Decoded = o.digest.reset()
	}
	return c, nil
}

func (o *inspectJSON) endPart(p *inspect.Part) error {
	if p.HasParts {
		o.out.WriteString("]}")
	} else {
		o.out.WriteString(o.after + object(o.part(p)))
	}
	o.after = ","
	return nil
}

func (o *inspectJSON) end(findings *inspect.Findings) error {
	o.out.WriteString(`],"findings":[`)
	for i, f := range findings.List {
		if i > 0 {
			o.out.WriteString(",")
		}
		o.out.WriteString(object(jsonFinding{f.Severity, f.Line, orNull(f.Part), f.ID, f.Words(), f.RFC, f.Count}))
	}
	o.out.WriteString("]}\n")
	return nil
}

// header prints the name of the file and all fields of the mail.
func (o *inspectJSON) header(h message.Header) {
	o.out.WriteString(`{"file":` + object(o.name) + `,"headers":[`)
	after := ""
	for f := range h.Fields() {
		o.out.WriteString(after + object(jsonField{f.Name(), inspect.Value(f)}))
		after = ","
	}
	o.out.WriteString(`],"parts":[`)
}

func (o *inspectJSON) part(p *inspect.Part) jsonPart {
	part := jsonPart{
		Number: p.Number, Type: orNull(p.Type), Charset: orNull(p.Charset), Encoding: orNull(p.Encoding),
		Disposition: orNull(p.Disposition), Name: orNull(p.Name),
	}
	if !p.HasParts {
		part.Octets = &p.Octets
	}
	if o.flags.Bool("sha256") {
		part.SHA256 = o.digest.of(p)
	}
	for _, s := range p.Status {
		part.Status = append(part.Status, jsonStatus(s))
	}
	return part
}

// orNull returns a value for JSON: null if it is empty.
func orNull(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

// object returns a value as JSON in ASCII.
func object(v any) string {
	var b bytes.Buffer
	report.Object(&b, v) // which cannot fail for strings and numbers
	return strings.TrimSuffix(b.String(), "\n")
}
