package transfer

import (
	"bytes"
	"slices"

	"mailpipe/internal/ascii"
	"mailpipe/internal/linefeed"
)

// LineMax is the length of the longest line that SMTP carries, without its line
// ending (RFC 5321 §4.5.3.1.6).
const LineMax = 998

// delimiterMax is the length of the longest delimiter of a boundary (RFC 2046
// §5.1.1).
const delimiterMax = len("--") + 70

// A Stats collects what decides whether content can be sent as 7bit or
// 8bit. It is an io.Writer, and its zero value is ready.
type Stats struct {
	// IsDelimiter reports whether a reader would treat a line with this beginning as a
	// boundary of the message; nil means that no line is one.
	IsDelimiter func(begin []byte) bool

	Octets  int64
	HasHigh bool // an octet over 127
	HasFrom bool // a line that begins with `From `, which mbox programs change

	crs, lfs, crlfs int64 // a CRLF counts as each of them
	longest         int   // length of the longest line
	hasNUL          bool
	hasDelimiter    bool // a line that IsDelimiter accepts

	ends []int // of the lines of a piece

	// The line that has not ended yet.
	line   int                // its length, with a CR that may begin its line ending
	begin  [delimiterMax]byte // its first octets
	lastCR bool               // its last octet is a CR
}

// Write adds content. It never fails.
func (s *Stats) Write(p []byte) (int, error) {
	for piece := range slices.Chunk(p, textChunk) {
		s.add(piece)
	}
	return len(p), nil
}

func (s *Stats) add(p []byte) {
	s.Octets += int64(len(p))
	s.crs += int64(bytes.Count(p, []byte("\r")))
	s.HasHigh = s.HasHigh || !ascii.Only(p)
	s.hasNUL = s.hasNUL || bytes.IndexByte(p, 0) >= 0
	s.ends = linefeed.AppendOffsets(s.ends[:0], p)
	s.lfs += int64(len(s.ends))
	start := 0
	for _, end := range s.ends {
		line := p[start:end]
		start = end + 1
		if s.line > 0 { // it began in the last piece
			s.extendLine(line)
			s.endLine()
			continue
		}
		if n := len(line); n > 0 && line[n-1] == '\r' {
			s.crlfs++
			line = line[:n-1]
		}
		s.examine(line, len(line))
	}
	s.extendLine(p[start:])
}

func (s *Stats) extendLine(p []byte) {
	if len(p) == 0 {
		return
	}
	if s.line < len(s.begin) {
		copy(s.begin[s.line:], p)
	}
	s.line += len(p)
	s.lastCR = p[len(p)-1] == '\r'
	s.longest = max(s.longest, s.line-1) // the last octet may be a CR
}

func (s *Stats) endLine() {
	if s.lastCR {
		s.crlfs++
		s.line--
	}
	s.End()
	s.line = 0
}

// End ends the content: the last line may have no line ending.
func (s *Stats) End() {
	s.examine(s.begin[:min(s.line, len(s.begin))], s.line)
	s.lastCR = false
}

// examine examines a line, of which it gets at least the first octets that matter.
func (s *Stats) examine(begin []byte, length int) {
	s.longest = max(s.longest, length)
	if len(begin) > 0 && begin[0] == 'F' {
		s.HasFrom = s.HasFrom || bytes.HasPrefix(begin, []byte("From "))
	}
	s.hasDelimiter = s.hasDelimiter || s.IsDelimiter != nil && s.IsDelimiter(begin)
}

// hasBareCR reports whether there is a CR that does not begin a CRLF. A CR at
// the end counts only after End, because an LF may follow.
func (s *Stats) hasBareCR() bool {
	n := s.crs - s.crlfs
	if s.lastCR {
		n--
	}
	return n > 0
}

// Problem returns the reason why the encoding, 7bit or 8bit, cannot carry the
// content (RFC 2045 §2.7, §2.8), or "" if the encoding can.
func (s *Stats) Problem(encoding string) string {
	switch {
	case s.hasNUL:
		return "it contains NUL"
	case s.hasBareCR():
		return "it contains a bare CR"
	case s.hasDelimiter:
		return "it contains a boundary of the message"
	case s.longest > LineMax:
		return "it has a line of more than 998 octets"
	case s.HasHigh && encoding == "7bit":
		return "it contains octets over 127"
	}
	return ""
}

// Size returns the length of the content with the line ending eol.
func (s *Stats) Size(eol string) int64 {
	return s.Octets - s.lfs - s.crlfs + s.lfs*int64(len(eol))
}
