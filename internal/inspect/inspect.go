// Package inspect reads a mail, valid or not, as a stream: its header fields, its
// parts, and what is wrong with them. It keeps a header, where in the multiparts it
// is, and the findings, so its memory does not grow with the mail.
package inspect

import "io"

// Limits of what is read. An exceeded limit is a finding.
const (
	depthMax    = 100     // multiparts and messages in each other; deeper ones are not opened
	partsMax    = 10_000  // reading ends after them
	headerMax   = 1 << 20 // octets of a header, where reading ends, and of a delivery status
	findingsMax = 1_000   // more are only counted
)

// A Visitor is called while a mail is read, in the order of the mail. A function that
// is nil is not called. An error ends the reading, and Read returns it.
type Visitor struct {
	// Begin is called when the header of a part was read. It returns where the content
	// goes. The first part is the mail itself, and its Parent is nil.
	Begin func(p *Part) (Content, error)

	// End is called at the end of each part, after the parts in it.
	End func(p *Part) error
}

// A Content says where the content of a part is written. Writers that are nil get
// nothing. What Raw gets has the line endings of the mail, without the one that belongs
// to the delimiter after the part.
type Content struct {
	Raw     io.Writer // still encoded; for a part with parts, all of them with their delimiters
	Decoded io.Writer // decoded; for a part with parts as Raw
	Text    io.Writer // of a text, decoded and in UTF-8
}

// Read reads a mail to its end. The error comes from r or from the visitor: whatever is
// wrong with the mail is a finding.
func Read(r io.Reader, v Visitor) (*Findings, error) {
	w := &walker{in: newLines(r), visit: v, findings: newFindings(), cids: newCIDs()}
	w.message()
	if w.err == nil {
		w.err = w.in.failure
	}
	w.findings.finish()
	return w.findings, w.err
}
