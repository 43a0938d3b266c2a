package inspect

import (
	"bytes"
	"slices"
	"strings"

	"mailpipe/internal/message"
)

// What a multipart is checked for, while its parts are read.
type multipartState struct {
	start         string // the Content-ID of the root of multipart/related
	hasStart      bool
	hasTarget     bool // a part after the first can be referred to
	hasRich       bool // of multipart/alternative: more than plain text
	hasAttachment bool
}

// boundaryLimit is the length of a boundary (RFC 2046 §5.1.1).
const boundaryLimit = 70

// checkBoundary checks the boundary of a multipart before it is added to the delimiters.
func (w *walker) checkBoundary(p *Part, boundary string) {
	delimiter := []byte("--" + boundary)
	isLike := func(outer []byte) bool { return bytes.HasPrefix(delimiter, outer) || bytes.HasPrefix(outer, delimiter) }
	switch {
	case boundary == "":
		w.report(p, boundaryMissing, p.Line, "")
	case len(boundary) > boundaryLimit:
		w.report(p, boundaryLength, p.Line, boundary)
	case slices.ContainsFunc(w.delimiters, isLike):
		w.report(p, boundaryPrefix, p.Line, boundary)
	}
}

// checkPlace checks a part against those before it in its multipart.
func (w *walker) checkPlace(p *Part) {
	w.cids.add(p.ContentID)
	if p.isMultipart() {
		p.state.start = clip(message.ParamValue(p.Header.Value("Content-Type"), "start"))
	}
	if p.Parent == nil {
		return
	}
	s := &p.Parent.state
	s.hasStart = s.hasStart || p.ContentID == strings.Trim(s.start, "<>")
	if p.Parent.children > 1 {
		s.hasTarget = s.hasTarget || p.ContentID != "" || p.Header.Value("Content-Location") != ""
	}
	switch p.Parent.MediaType() {
	case "multipart/alternative":
		if p.MediaType() == "text/plain" && s.hasRich {
			w.report(p, alternativeOrder, p.Line, "")
		}
		s.hasRich = s.hasRich || p.MediaType() == "text/html" || p.isMultipart()
	case "multipart/mixed":
		if s.hasAttachment && p.IsText() && p.Name == "" && p.Disposition != "attachment" {
			w.report(p, textAfter, p.Line, "")
		}
		s.hasAttachment = s.hasAttachment || p.Disposition == "attachment"
	}
}

// checkParts checks a multipart after its parts were read.
func (w *walker) checkParts(p *Part) {
	switch {
	case w.in.stopped:
	case p.children == 0:
		w.report(p, multipartEmpty, p.Line, "")
	case p.MediaType() != "multipart/related":
	case p.state.start != "" && !p.state.hasStart:
		w.report(p, relatedRoot, p.Line, p.state.start)
	case p.children > 1 && !p.state.hasTarget && p.state.start == "":
		w.report(p, relatedTarget, p.Line, "")
	}
}
