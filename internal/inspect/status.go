package inspect

import (
	"bytes"
	"strings"

	"mailpipe/internal/message"
)

// A Status is what happened to one recipient of a mail (RFC 3464 §2.3).
type Status struct {
	Recipient string // Final-Recipient without its type
	Action    string // such as failed, in lower case
	Code      string // such as 5.1.1
	Words     string // Diagnostic-Code without its type
}

// A statusReader keeps a delivery status.
type statusReader struct {
	*leaf
	content []byte
}

func (s *statusReader) Write(p []byte) (int, error) {
	n := min(len(p), headerMax-len(s.content))
	if n < len(p) {
		s.w.report(s.Part, limitHeader, s.Line, "a delivery status")
	}
	s.content = append(s.content, p[:n]...)
	return len(p), nil
}

func (s *statusReader) end() { s.Status = s.list() }

// list returns the status of each recipient. The fields of a recipient follow an empty
// line (RFC 3464 §2.1).
func (s *statusReader) list() (list []Status) {
	start, end := 0, 0
	for line := range bytes.Lines(s.content) {
		end += len(line)
		if len(withoutEOL(line)) > 0 && end < len(s.content) {
			continue
		}
		fields := message.NewHeader(s.content[start:end], 1)
		if _, ok := fields.Get("Final-Recipient"); ok {
			list = append(list, recipientStatus(fields))
		}
		start = end
	}
	return list
}

func recipientStatus(fields message.Header) Status {
	action := message.Type(fields.Value("Action"))
	code, _, _ := strings.Cut(fields.Value("Status"), " ") // a comment may follow
	return Status{
		Recipient: withoutType(fields.Value("Final-Recipient")),
		Action:    clip(action),
		Code:      clip(code),
		Words:     withoutType(fields.Value("Diagnostic-Code")),
	}
}

// withoutType returns a value without the type before it, such as "rfc822;".
func withoutType(value string) string {
	if kind, rest, ok := strings.Cut(value, ";"); ok && !strings.ContainsAny(kind, "@ ") {
		value = rest
	}
	return clip(strings.TrimSpace(value))
}
