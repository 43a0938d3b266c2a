package compose

import (
	"bytes"

	"mailpipe/internal/ascii"
)

// maxLine is the longest line that SMTP carries, without its end (RFC 5321 §4.5.3.1.6).
const maxLine = 998

// survey learns what content may be sent as it is. The zero value is ready.
type survey struct {
	token string // of the boundaries; empty: not looked for

	octets   int64
	high     bool // an octet over 127
	nul      bool
	bareCR   bool
	from     bool // a line that begins `From `, which mbox programs change
	boundary bool // a line that a reader takes for a boundary of ours
	longest  int  // longest line, without its end
	lfs, crs int64

	line   int // octets of the line so far, and its beginning
	begin  [delimiterMax]byte
	lastCR bool
}

// Write never fails.
func (s *survey) Write(p []byte) {
	s.octets += int64(len(p))
	s.high = s.high || !ascii.Only(p)
	s.nul = s.nul || bytes.IndexByte(p, 0) >= 0
	if s.lastCR && len(p) > 0 && p[0] != '\n' {
		s.bareCR = true
	}
	for rest := p; ; {
		i := bytes.IndexByte(rest, '\r')
		if i < 0 {
			break
		}
		rest = rest[i+1:]
		if len(rest) > 0 && rest[0] != '\n' {
			s.bareCR = true
			break // it takes one to know
		}
	}
	for len(p) > 0 {
		n := bytes.IndexByte(p, '\n')
		if n < 0 {
			s.part(p)
			s.lastCR = p[len(p)-1] == '\r'
			return
		}
		cr := s.lastCR && n == 0 || n > 0 && p[n-1] == '\r'
		if s.line == 0 {
			s.endLine(p[:n], n, cr)
		} else {
			s.part(p[:n])
			s.endLine(s.begin[:min(s.line, len(s.begin))], s.line, cr)
		}
		p = p[n+1:]
	}
}

// part adds to the line.
func (s *survey) part(p []byte) {
	if s.line < len(s.begin) {
		copy(s.begin[s.line:], p)
	}
	s.line += len(p)
	s.longest = max(s.longest, s.line-1) // of which the last may be a CR
}

// endLine judges a line of n octets by its beginning.
func (s *survey) endLine(begin []byte, n int, cr bool) {
	s.lfs++
	if cr {
		s.crs++
		n--
	}
	s.longest = max(s.longest, n)
	s.judge(begin[:min(len(begin), n)])
	s.line, s.lastCR = 0, false
}

func (s *survey) judge(begin []byte) {
	if len(begin) == 0 || begin[0] != 'F' && begin[0] != '-' {
		return
	}
	s.from = s.from || bytes.HasPrefix(begin, []byte("From "))
	s.boundary = s.boundary || s.token != "" && isDelimiter(begin, s.token)
}

// end judges a last line that has no end.
func (s *survey) end() {
	if s.lastCR {
		s.bareCR = true
	}
	s.longest = max(s.longest, s.line)
	s.judge(s.begin[:min(s.line, len(s.begin))])
}

// fits8 reports whether 8bit can carry the content, fits7 whether 7bit can (RFC 2045 §2.7, §2.8).
func (s *survey) fits8() bool {
	return !s.nul && !s.bareCR && !s.boundary && s.longest <= maxLine
}
func (s *survey) fits7() bool { return s.fits8() && !s.high }

// problem says why the encoding, 7bit or 8bit, cannot carry the content. It is
// empty if the encoding can.
func (s *survey) problem(encoding string) string {
	switch {
	case s.nul:
		return "it contains NUL"
	case s.bareCR:
		return "it contains a bare CR"
	case s.boundary:
		return "it contains a boundary of the message"
	case s.longest > maxLine:
		return "it has a line of more than 998 octets"
	case s.high && encoding == "7bit":
		return "it contains octets over 127"
	}
	return ""
}

// size is the length of the content with line ends of eol.
func (s *survey) size(eol string) int64 {
	return s.octets - s.crs + s.lfs*int64(len(eol)-1)
}
