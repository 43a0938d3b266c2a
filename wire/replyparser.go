package wire

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"

	"mailpipe/internal/termtext"
)

// Limits of a reply. RFC 5321 §4.5.3.1.5 allows lines of 512 octets, but many
// servers write longer ones.
const (
	maxReplyLine  = 4096 // octets without the line ending
	maxReplyLines = 512
	maxReply      = 64 << 10 // octets
)

var (
	errLongLine  = &protocolError{why: fmt.Sprintf("reply line too long: over %d octets", maxReplyLine)}
	errManyLines = &protocolError{why: fmt.Sprintf("reply too long: over %d lines", maxReplyLines)}
	errLongReply = &protocolError{why: fmt.Sprintf("reply too long: over %d octets", maxReply)}
)

// A protocolError means that the server sent something that is not SMTP.
type protocolError struct {
	why  string
	line string // of the server; may be empty
}

func (e *protocolError) Error() string {
	if e.line == "" {
		return e.why
	}
	return e.why + `: "` + termtext.Escape(e.line) + `"`
}

// lineError returns an error that quotes the first 200 octets of line.
func lineError(why string, line []byte) error {
	return &protocolError{why, string(line[:min(len(line), 200)])}
}

// A replyParser parses one reply from octets that arrive in any pieces. The zero
// value is ready for use.
type replyParser struct {
	reply Reply
	line  []byte // a line that is not complete yet
	size  int    // octets so far
}

// feed parses octets up to the end of the reply. It returns how many it used,
// and whether the reply is complete.
func (p *replyParser) feed(octets []byte) (n int, complete bool, err error) {
	for n < len(octets) && !complete {
		piece := octets[n:]
		end := bytes.IndexByte(piece, '\n')
		if end >= 0 {
			piece = piece[:end+1]
		}
		if len(p.line)+len(piece) > maxReplyLine+len("\r\n") {
			return n, false, errLongLine
		}
		n += len(piece)
		p.size += len(piece)
		if p.size > maxReply {
			return n, false, errLongReply
		}
		p.line = append(p.line, piece...)
		if end < 0 {
			break
		}
		complete, err = p.addLine(p.line)
		if err != nil {
			return n, false, err
		}
		p.line = p.line[:0]
	}
	return n, complete, nil
}

// addLine parses a line with its line ending: a code, followed by nothing, by a
// space and text, or by a hyphen and text if more lines follow (RFC 5321 §4.2.1).
func (p *replyParser) addLine(line []byte) (last bool, err error) {
	line, hasCRLF := bytes.CutSuffix(line, crlf)
	switch {
	case !hasCRLF: // not a line of SMTP (RFC 5321 §2.3.8)
		return false, lineError("reply line ends with a bare LF", bytes.TrimSuffix(line, lf))
	case len(line) > maxReplyLine:
		return false, errLongLine
	case !isReplyLine(line):
		return false, lineError("not an SMTP reply", line)
	}
	code, _ := strconv.Atoi(string(line[:3]))
	text := ""
	if len(line) > 3 {
		text = string(line[4:])
	}
	switch {
	case len(p.reply.Lines) == 0:
		p.reply.Code, p.reply.Enhanced = code, enhancedCode(code, text)
	case code != p.reply.Code:
		return false, lineError("different codes in one reply", line)
	case len(p.reply.Lines) == maxReplyLines:
		return false, errManyLines
	}
	p.reply.Lines = append(p.reply.Lines, text)
	return len(line) == 3 || line[3] == ' ', nil
}

func isReplyLine(line []byte) bool {
	return len(line) >= 3 && digits(line[:3]) && (len(line) == 3 || line[3] == ' ' || line[3] == '-')
}

// enhancedCode returns the enhanced status code at the beginning of text, if it
// is of the same class as code (RFC 2034 §4).
func enhancedCode(code int, text string) string {
	word, _, _ := strings.Cut(text, " ")
	parts := strings.Split(word, ".")
	if len(parts) != 3 || parts[0] != strconv.Itoa(code/100) {
		return ""
	}
	for _, part := range parts[1:] {
		if len(part) < 1 || len(part) > 3 || !digits([]byte(part)) {
			return ""
		}
	}
	return word
}

// digits reports whether p has only ASCII digits.
func digits(p []byte) bool {
	for _, b := range p {
		if b < '0' || b > '9' {
			return false
		}
	}
	return true
}
