package compose

import (
	"bytes"
	"fmt"
	"mime"
	"path"
	"slices"
	"strings"
)

const (
	octetStream = "application/octet-stream"
	calendar    = "text/calendar"
)

// files opens and judges Files, in their order. With HTML the inline ones are
// its pictures. Of invitations the first stands beside the text.
func (b *builder) files(withHTML bool) (files, pictures []*entity, invitation *entity, err error) {
	for i := range b.m.Files {
		e, invite, err := b.file(&b.m.Files[i], i+1)
		if err != nil {
			return nil, nil, nil, err
		}
		if invitation == nil {
			invitation = invite
		}
		if withHTML && e.disposition == "inline" {
			pictures = append(pictures, e)
		} else {
			files = append(files, e)
		}
	}
	return files, pictures, invitation, nil
}

// file opens and judges one of Files, the nth. For an invitation it returns
// what stands beside the text, too.
func (b *builder) file(p *Part, n int) (e, invitation *entity, err error) {
	e, head, err := b.filePart(p, p.label(n))
	if err != nil {
		return nil, nil, err
	}
	if e.mediaType == calendar {
		if invitation, err = b.invitation(e, head); err != nil {
			return nil, nil, err
		}
	}
	if e.name == "" {
		// Outlook would call it ATT00001.
		ext := ".bin"
		if strings.HasPrefix(e.mediaType, "text/") {
			ext = ".txt"
		}
		e.name = fmt.Sprintf("part-%d%s", n, ext)
	}
	return e, invitation, nil
}

// filePart opens a file or picture that was checked and chooses how it goes. head is its
// beginning, good until the next part.
func (b *builder) filePart(p *Part, label string) (e *entity, head []byte, err error) {
	e = &entity{disposition: p.Disposition, path: p.Path, cid: trimAngles(p.ContentID)}
	if e.name, err = fileName(p.Name, b.note); err != nil {
		return nil, nil, err
	}
	if e.disposition == "" {
		e.disposition = "attachment"
	}
	if p.Type != "" {
		if e.mediaType, e.params, err = parseType(p.Type, label); err != nil {
			return nil, nil, err
		}
	}
	if e.src, err = b.open(p, label); err != nil {
		return nil, nil, err
	}
	if b.heads == nil {
		b.heads = make([]byte, headSize)
	}
	if head, err = e.src.peek(b.heads); err != nil {
		return nil, nil, err
	}
	b.ids.learn(head, e.name, p.Type, e.src.size)
	charset, err := b.detectFile(e, p, head)
	if err != nil {
		return nil, nil, err
	}
	if isToken(charset) {
		e.params = append(without(e.params, "charset"), param{"charset", charset})
	}
	e.params = without(e.params, "name")
	if e.disposition == "inline" && e.cid == "" {
		e.cid = b.contentID()
	}
	if e.mediaType == calendar && paramOf(e.params, "method") == "" {
		if method := calendarMethod(head); method != "" {
			e.params = append(e.params, param{"method", method})
		}
	}
	return e, head, b.encodeFile(e, p, head)
}

// detectFile fills in the type that nobody named and returns the charset to claim.
func (b *builder) detectFile(e *entity, p *Part, head []byte) (charset string, err error) {
	var mediaType string
	if b.m.Detect != nil && (p.Type == "" || strings.HasPrefix(e.mediaType, "text/")) {
		mediaType, charset, err = b.m.Detect(p.Name, head, e.src.at, e.src.size)
		if err != nil {
			return "", err
		}
	}
	if p.Type == "" {
		e.mediaType = octetStream
		if t, params, err := parseType(mediaType, ""); err == nil {
			e.mediaType, e.params = t, params
		}
		// A mail only when its name says so: what reads like a header may be prose.
		if strings.HasPrefix(e.mediaType, "message/") && !strings.EqualFold(path.Ext(p.Name), ".eml") {
			e.mediaType = octetStream
		}
	}
	if p.Charset != "" {
		return p.Charset, nil
	}
	if !strings.HasPrefix(e.mediaType, "text/") || paramOf(e.params, "charset") != "" {
		return "", nil
	}
	return charset, nil
}

// encodeFile chooses the transfer encoding.
func (b *builder) encodeFile(e *entity, p *Part, head []byte) error {
	isMessage := strings.HasPrefix(e.mediaType, "message/")
	e.encoding = p.Encoding
	switch {
	case isMessage:
		s, known, err := b.surveyFile(e.src, head)
		if err != nil {
			return err
		}
		e.size = s.size(b.eol)
		switch {
		case !known || !beginsHeader(head) || e.encoding == "base64" || e.encoding == "quoted-printable" ||
			!s.fits8() || e.encoding == "7bit" && !s.fits7():
			// RFC 2046 §5.2.1 allows a message no encoding.
			b.note(Note{Kind: NoteMessageAttached, Part: e.src.label, Why: whyFile(s, known, head, e.encoding)})
			e.mediaType, e.params, e.encoding = octetStream, nil, ""
			e.encodeAsFile(b.eol)
		case e.encoding == "" && s.fits7():
			e.encoding = "7bit"
		case e.encoding == "":
			e.encoding = "8bit"
		}
	case e.encoding == "7bit" || e.encoding == "8bit":
		s, known, err := b.surveyFile(e.src, head)
		if err != nil {
			return err
		}
		if !s.fits8() || e.encoding == "7bit" && !s.fits7() {
			return invalid("%s: cannot be sent as %s: %s", e.src.label, e.encoding, s.problem(e.encoding))
		}
		if e.size = -1; known {
			e.size = s.size(b.eol)
		}
	case e.encoding == "quoted-printable":
		e.size = -1
		e.lines = strings.HasPrefix(e.mediaType, "text/")
	default:
		e.encodeAsFile(b.eol)
	}
	return nil
}

// whyFile says why a message goes as a file.
func whyFile(s survey, known bool, head []byte, asked string) string {
	switch {
	case asked == "base64" || asked == "quoted-printable":
		return "a message must not be encoded"
	case !beginsHeader(head):
		return "it does not begin with a header field"
	case !known:
		return "it is too long to be checked before it is sent"
	}
	return s.problem(asked)
}

// encodeAsFile makes base64 of it, its octets untouched.
func (e *entity) encodeAsFile(eol string) {
	e.encoding = "base64"
	if e.size = -1; e.src.size >= 0 {
		e.size = base64Size(e.src.size, eol)
	}
}

// surveyFile looks at all of a file; known is false where only its beginning can be.
func (b *builder) surveyFile(src *source, head []byte) (s survey, known bool, err error) {
	s.token = b.m.Boundary
	s.Write(head)
	if src.at != nil {
		buf := make([]byte, min(blockSize, max(src.size-int64(len(head)), 0)))
		for at := int64(len(head)); at < src.size; at += int64(len(buf)) {
			buf = buf[:min(int64(len(buf)), src.size-at)]
			if err := src.fill(buf, at); err != nil {
				return s, false, err
			}
			s.Write(buf)
		}
	}
	s.end()
	return s, s.octets == src.size, nil
}

// beginsHeader reports whether a message begins as one must, with a header field.
func beginsHeader(head []byte) bool {
	line, _, _ := bytes.Cut(head, []byte("\n"))
	name, _, ok := bytes.Cut(line, []byte(":"))
	name = bytes.TrimRight(name, " \t")
	return ok && len(name) > 0 && !bytes.ContainsFunc(name, func(r rune) bool { return r <= ' ' || r > '~' })
}

// parseType reads a media type with its parameters, sorted by their names.
func parseType(s, label string) (string, []param, error) {
	mediaType, values, err := mime.ParseMediaType(s)
	major, minor, ok := strings.Cut(mediaType, "/")
	if err != nil || !ok || !isToken(major) || !isToken(minor) || major == "multipart" {
		return "", nil, invalid("%s: invalid media type %q", label, s)
	}
	var params []param
	for name, value := range values {
		if err := checkText("a parameter of "+mediaType, value); err != nil || !isToken(name) || len(name) > 40 {
			return "", nil, invalid("%s: invalid media type %q", label, s)
		}
		params = append(params, param{name, value})
	}
	slices.SortFunc(params, func(a, b param) int { return strings.Compare(a.name, b.name) })
	return mediaType, params, nil
}

// isToken tells a token of RFC 2045 §5.1, without what RFC 2231 gave a meaning.
func isToken(s string) bool {
	for _, r := range s {
		if !isAlnum(r) && !strings.ContainsRune("!#$&+-^_.", r) {
			return false
		}
	}
	return s != "" && len(s) <= 127
}

func paramOf(params []param, name string) string {
	for _, p := range params {
		if p.name == name {
			return p.value
		}
	}
	return ""
}

func without(params []param, names ...string) []param {
	return slices.DeleteFunc(slices.Clone(params), func(p param) bool { return slices.Contains(names, p.name) })
}
