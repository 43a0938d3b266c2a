package explain

import (
	"bytes"
	"fmt"
	"strings"

	"mailpipe/internal/message"
	"mailpipe/internal/termtext"
	"mailpipe/wire"
)

// Limits of what is kept.
const (
	lineMax   = termtext.LineMax + 1 // octets of a line, so that a longer one is shown as cut
	headerMax = 64 << 10             // octets of a header
	depthMax  = 100                  // multiparts in each other; a deeper one is explained as text
)

// A content explains the content of a mail line by line: each header field, each
// boundary, and of each run of lines in a body the first one.
type content struct {
	printer

	line   []byte // begun, at most lineMax octets of it
	length int    // of all of it

	isChunked  bool   // sent with BDAT, so that dots are not doubled
	inBody     bool   // otherwise in a header
	header     []byte // the part of it that was read
	field      string // its name; printed, but not explained yet, because it may go on
	boundaries message.Delimiters

	kind   string // of the run: "base64", "quoted-printable", "text", "preamble" or "epilogue"
	lines  int    // of the run
	octets int
}

// endsWith reports whether no content follows the event before other events.
func (c *content) endsWith(e wire.Event) bool {
	isChunk := strings.HasPrefix(e.Text, "BDAT ") && e.Dir == wire.DirSent
	if isChunk {
		c.isChunked = true
	}
	return !isChunk && (e.Stage != wire.StageContent || e.Dir != wire.DirReceived)
}

// end explains what is left and forgets the content.
func (c *content) end() {
	if len(c.line) > 0 {
		c.endLine()
	}
	c.endField()
	c.endRun()
	*c = content{printer: c.printer}
}

func (c *content) write(p []byte) {
	for len(p) > 0 {
		n := bytes.IndexByte(p, '\n') + 1
		hasEnd := n > 0
		if !hasEnd {
			n = len(p)
		}
		c.line = append(c.line, p[:min(n, lineMax-len(c.line))]...)
		c.length += n
		p = p[n:]
		if hasEnd {
			c.endLine()
		}
	}
}

// endLine explains a line.
func (c *content) endLine() {
	text := string(bytes.TrimRight(c.line, "\r\n"))
	level, closes := c.boundaries.Find(c.line)
	isStuffed := !c.isChunked && strings.HasPrefix(text, ".")
	switch {
	case isStuffed:
		c.endField()
		c.endRun()
		c.print(wire.DirSent, text)
		c.explain("", find("content dot"))
	case level >= 0:
		c.delimiter(text, level, closes)
	case !c.inBody:
		c.headerLine(text)
	default:
		c.bodyLine(text)
	}
	c.line, c.length = c.line[:0], 0
}

// headerLine explains a field, or the end of a header.
func (c *content) headerLine(text string) {
	if text == "" {
		c.endField()
		c.print(wire.DirSent, text)
		c.explain("", find("content empty"))
		c.endHeader()
		return
	}
	isFolded := text[0] == ' ' || text[0] == '\t'
	if !isFolded {
		c.endField()
		c.field = message.FieldName(c.line)
	}
	if len(c.header) < headerMax {
		c.header = append(append(c.header, text...), "\r\n"...)
	}
	c.print(wire.DirSent, text)
}

// endField explains a field when all its lines were printed.
func (c *content) endField() {
	if c.field != "" {
		c.explain("", find("field "+strings.ToLower(c.field), "field"))
	}
	c.field = ""
}

// endHeader notes what the header says about the body.
func (c *content) endHeader() {
	h := message.NewHeader(c.header, 1)
	c.header = nil
	contentType := h.Value("Content-Type")
	encoding := message.Type(h.Value("Content-Transfer-Encoding"))
	boundary := message.Boundary(contentType)
	switch {
	case boundary != "" && len(c.boundaries) < depthMax:
		c.boundaries = append(c.boundaries, []byte("--"+boundary))
		c.kind = "preamble"
	case message.Type(contentType) == "message/rfc822" && encoding != "base64":
		return // a header follows
	case encoding == "base64" || encoding == "quoted-printable":
		c.kind = encoding
	default:
		c.kind = "text"
	}
	c.inBody = true
}

// delimiter explains a boundary of the multipart of that level.
func (c *content) delimiter(text string, level int, closes bool) {
	c.endField()
	c.endRun()
	c.print(wire.DirSent, text)
	if closes {
		c.boundaries = c.boundaries[:level]
		c.inBody, c.kind = true, "epilogue"
		c.explain("", find("content closing boundary"))
		return
	}
	c.boundaries = c.boundaries[:level+1]
	c.inBody, c.header = false, nil
	c.explain("", find("content boundary"))
}

// bodyLine shows the first line of a run and counts the others.
func (c *content) bodyLine(text string) {
	c.lines++
	c.octets += c.length
	if c.lines == 1 {
		c.print(wire.DirSent, text)
	}
}

// endRun explains a run of lines in a body.
func (c *content) endRun() {
	if c.lines == 0 {
		return
	}
	clauses := []string{find("content " + c.kind)}
	if more := c.lines - 1; more > 0 {
		lines := "lines follow"
		if more == 1 {
			lines = "line follows"
		}
		clauses = append(clauses, fmt.Sprintf("%d more %s, %d octets in all", more, lines, c.octets))
	}
	c.lines, c.octets = 0, 0
	c.explain("", clauses...)
}
