package compose

import (
	"io"
	"strings"
)

// An entity is a part of the message with its header (RFC 2045 §2.4): a
// multipart, a text or a file.
type entity struct {
	mediaType   string
	params      []param // without name
	name        string  // of a file
	path        string  // of an inline file; see Part
	disposition string
	cid         string // Content-ID without angle brackets
	encoding    string

	// Of a multipart.
	level int // of its boundary
	parts []*entity

	// Of a text or a file: one of both, and the length of the encoded content in
	// octets, or -1 if it is not known.
	text *text
	src  *source
	size int64
}

// multipart returns a multipart, or its only part if there is one.
func multipart(subtype string, level int, parts []*entity) *entity {
	if len(parts) == 1 {
		return parts[0]
	}
	return &entity{mediaType: "multipart/" + subtype, level: level, parts: parts}
}

// hasLines reports whether the content of a text or a file consists of lines:
// then their line endings become those of the message.
func (e *entity) hasLines() bool {
	return e.text != nil || e.encoding == "quoted-printable" && strings.HasPrefix(e.mediaType, "text/")
}

// copyTo writes the content of a text or a file, and closes it. It reads a file
// through buf.
func (e *entity) copyTo(w io.Writer, buf []byte) error {
	if e.text != nil {
		return e.text.copyTo(w)
	}
	return e.src.copyTo(w, buf)
}

// label names a text or a file in errors.
func (e *entity) label() string {
	if e.text != nil {
		return e.text.label
	}
	return e.src.label
}

// is8bit reports whether the entity contains octets over 127 as they are. A
// multipart has to declare that (RFC 2045 §6.4).
func (e *entity) is8bit() bool {
	for _, part := range e.parts {
		if part.is8bit() {
			return true
		}
	}
	return e.encoding == "8bit"
}

// header returns the header fields of the entity.
func (e *entity) header(eol, token string) string {
	h := &headerWriter{eol: eol, tail: len(";")}
	h.begin("Content-Type")
	h.put(" " + e.mediaType)
	for _, p := range e.params {
		h.param(p)
	}
	if e.mediaType == "multipart/related" {
		h.param(param{"type", "text/html"}) // RFC 2387 §3.1
	}
	if e.level > 0 {
		h.param(param{"boundary", boundary(e.level, token)})
	}
	if e.name != "" {
		h.param(param{"name", e.name})
	}
	h.end()
	switch {
	case e.level == 0:
		h.add("Content-Transfer-Encoding", e.encoding)
	case e.is8bit():
		h.add("Content-Transfer-Encoding", "8bit")
	}
	if e.disposition != "" {
		h.begin("Content-Disposition")
		h.put(" " + e.disposition)
		if e.name != "" {
			h.param(param{"filename", e.name})
		}
		h.end()
	}
	if e.cid != "" {
		h.add("Content-ID", "<"+e.cid+">")
	}
	return string(h.buf)
}
