package wire

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"

	"mailpipe/internal/termtext"
)

// Bounds of what a server may say (RFC 5321 §4.5.3.1.5 asks for 512 octets a line; many say more).
const (
	maxReplyLine  = 4096 // octets without the line end
	maxReplyLines = 512
	maxReply      = 64 << 10
)

// Reply is what a server answered (RFC 5321 §4.2).
type Reply struct {
	Code     int      // 0: none
	Enhanced string   // "5.1.1" (RFC 2034), or empty
	Lines    []string // texts without code and line end, as the server gave them, untrusted
}

// String returns the code and the texts on one line that is safe to show on a terminal. It is cut after 2 KiB.
func (r Reply) String() string {
	if r.Code == 0 {
		return ""
	}
	return termtext.Line(strings.TrimSpace(strconv.Itoa(r.Code) + " " + strings.TrimSpace(strings.Join(r.Lines, " "))))
}

// class is the first digit, 0 when there is no reply.
func (r Reply) class() int { return r.Code / 100 }

// QueueID is the name under which the server keeps the mail, where the reply to
// the dot tells it: "queued as 4F1" (Postfix), "id=1tE-0" (Exim), or the word
// before "Message accepted" (Sendmail, OpenSMTPD).
func (r Reply) QueueID() string {
	if r.class() != 2 || len(r.Lines) == 0 {
		return ""
	}
	words := strings.Fields(r.Lines[len(r.Lines)-1])
	for i, word := range words {
		switch lower := strings.ToLower(word); {
		case lower == "as" && i > 0 && strings.EqualFold(words[i-1], "queued") && i+1 < len(words):
			return strings.Trim(words[i+1], "<>.,;()")
		case strings.HasPrefix(lower, "id="):
			return word[len("id="):]
		case lower == "message" && i > 0 && i+1 < len(words) && strings.EqualFold(words[i+1], "accepted"):
			if words[i-1] != r.Enhanced && !strings.EqualFold(words[i-1], "ok") {
				return strings.TrimRight(words[i-1], ":")
			}
		}
	}
	return ""
}

// A protocolError says how an answer is not SMTP.
type protocolError struct {
	why  string
	line string // of the server; empty where it says nothing more
}

func (e *protocolError) Error() string {
	if e.line == "" {
		return e.why
	}
	return fmt.Sprintf("%s: \"%s\"", e.why, termtext.Escape(e.line))
}

func notReply(line []byte, why string) error {
	const shown = 200
	if len(line) > shown {
		line = line[:shown]
	}
	return &protocolError{why, string(line)}
}

var (
	errLongLine  = &protocolError{why: "a line of the reply is over " + strconv.Itoa(maxReplyLine) + " octets"}
	errManyLines = &protocolError{why: "the reply has over " + strconv.Itoa(maxReplyLines) + " lines"}
	errLongReply = &protocolError{why: "the reply is over " + strconv.Itoa(maxReply) + " octets"}
)

// replyParser takes the octets of one reply as they come. Its zero value is
// ready; any split of the same octets gives the same reply.
type replyParser struct {
	reply Reply
	line  []byte // the beginning of a line whose end has not come
	size  int
}

// feed takes octets up to the end of the reply and tells how many, and whether
// the reply is whole.
func (p *replyParser) feed(octets []byte) (n int, whole bool, err error) {
	for n < len(octets) && !whole {
		rest := octets[n:]
		end := bytes.IndexByte(rest, '\n')
		piece := rest[:end+1]
		if end < 0 {
			piece = rest
		}
		if len(p.line)+len(piece) > maxReplyLine+len("\r\n") {
			return n, false, errLongLine
		}
		n += len(piece)
		if p.size += len(piece); p.size > maxReply {
			return n, false, errLongReply
		}
		p.line = append(p.line, piece...)
		if end < 0 {
			break
		}
		if whole, err = p.endLine(p.line); err != nil {
			return n, false, err
		}
		p.line = p.line[:0]
	}
	return n, whole, nil
}

// begun tells whether octets came that are not a whole reply yet.
func (p *replyParser) begun() bool { return p.size > 0 }

// endLine reads a line with its end: code, then space and text, nothing, or
// a hyphen where more lines follow (RFC 5321 §4.2.1).
func (p *replyParser) endLine(line []byte) (last bool, err error) {
	text, crlf := bytes.CutSuffix(line, []byte("\r\n"))
	if !crlf { // a line of SMTP ends with CRLF only (RFC 5321 §2.3.8)
		return false, notReply(bytes.TrimRight(line, "\n"), "a reply line ends with a bare LF")
	}
	if len(text) > maxReplyLine {
		return false, errLongLine
	}
	if len(text) < 3 || !digits(text[:3]) || len(text) > 3 && text[3] != ' ' && text[3] != '-' {
		return false, notReply(text, "not an SMTP reply")
	}
	code, _ := strconv.Atoi(string(text[:3]))
	if len(p.reply.Lines) > 0 && code != p.reply.Code {
		return false, notReply(text, "the codes within one reply differ")
	}
	if len(p.reply.Lines) == maxReplyLines {
		return false, errManyLines
	}
	said := ""
	if len(text) > 3 {
		said = string(text[4:])
	}
	if p.reply.Code = code; len(p.reply.Lines) == 0 {
		p.reply.Enhanced = enhancedCode(code, said)
	}
	p.reply.Lines = append(p.reply.Lines, said)
	return len(text) == 3 || text[3] == ' ', nil
}

// enhancedCode is the enhanced status code that a text begins with, where its
// class is the reply's (RFC 2034 §4).
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

func digits(p []byte) bool {
	for _, b := range p {
		if b < '0' || b > '9' {
			return false
		}
	}
	return true
}
