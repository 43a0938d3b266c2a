package detect

import (
	"bytes"

	"mailpipe/internal/charset"
)

// maxPDFHeader is the number of octets at the beginning of a PDF in which readers
// search for its header (PDF Reference 1.7, appendix H, note 13).
const maxPDFHeader = 1 << 10

// byLatePDF recognizes a PDF that begins with something else: whitespace, or a line
// of text such as a warning of PHP. An archive that contains a PDF begins with
// something that is not text.
func byLatePDF(s *sample) (mediaType, why string) {
	before, _, found := bytes.Cut(s.content[:min(len(s.content), maxPDFHeader)], []byte("%PDF-"))
	if !found || hasBinaryControl(before, false) {
		return "", ""
	}
	_, visible := charset.CutBOM(before)
	visible = bytes.TrimSpace(visible)
	beginsLine := bytes.HasSuffix(before, []byte("\n")) || bytes.HasSuffix(before, []byte("\r"))
	hasObject := bytes.Contains(s.content, []byte(" obj"))
	if len(visible) == 0 || beginsLine && hasObject {
		return "application/pdf", "%PDF- near the beginning"
	}
	return "", ""
}
