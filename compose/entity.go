package compose

import (
	"io"
	"strings"

	"mailpipe/internal/header"
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
	h := &header.Writer{EOL: eol, Tail: len(";")}
	h.Begin("Content-Type")
	h.Put(" " + e.mediaType)
	for _, p := range e.params {
		h.Param(p.name, p.value)
	}
	if e.mediaType == "multipart/related" {
		h.Param("type", "text/html") // RFC 2387 §3.1
	}
	if e.level > 0 {
		h.Param("boundary", boundary(e.level, token))
	}
	if e.name != "" {
		h.Param("name", e.name)
	}
	h.End()
	switch {
	case e.level == 0:
		h.Add("Content-Transfer-Encoding", e.encoding)
	case e.is8bit():
		h.Add("Content-Transfer-Encoding", "8bit")
	}
	if e.disposition != "" {
		h.Begin("Content-Disposition")
		h.Put(" " + e.disposition)
		if e.name != "" {
			h.Param("filename", e.name)
		}
		h.End()
	}
	if e.cid != "" {
		h.Add("Content-ID", "<"+e.cid+">")
	}
	return h.String()
}
