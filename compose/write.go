package compose

import (
	"bytes"
	"fmt"
	"io"
)

// entity is a part with its header (RFC 2045 §2.4): a multipart, a text or a file.
type entity struct {
	mediaType   string
	params      []param // without name
	name        string  // of a file
	path        string  // of an inline file; see Part
	disposition string
	cid         string
	encoding    string

	level int // of a multipart
	parts []*entity

	text  *text
	src   *source
	lines bool  // line ends of the file are those of text
	size  int64 // of the encoded content, -1: not known
}

// eightBit reports whether the part holds octets over 127 as they are: then
// whatever it is in must say so (RFC 2045 §6.4).
func (e *entity) eightBit() bool {
	for _, part := range e.parts {
		if part.eightBit() {
			return true
		}
	}
	return e.encoding == "8bit"
}

// header writes the Content- fields.
func (e *entity) header(eol, token string) []byte {
	h := &header{eol: eol, tail: len(";")}
	h.begin("Content-Type")
	h.put(" ", e.mediaType)
	for _, p := range e.params {
		h.param(p)
	}
	switch {
	case e.level > 0:
		if e.mediaType == "multipart/related" {
			h.param(param{"type", "text/html"}) // RFC 2387 §3.1
		}
		h.param(param{"boundary", boundary(e.level, token)})
		h.end()
		if e.eightBit() {
			h.add("Content-Transfer-Encoding", "8bit")
		}
		return h.buf
	case e.name != "":
		h.param(param{"name", e.name})
	}
	h.end()
	h.add("Content-Transfer-Encoding", e.encoding)
	if e.disposition != "" {
		h.begin("Content-Disposition")
		h.put(" ", e.disposition)
		if e.name != "" {
			h.param(param{"filename", e.name})
		}
		h.end()
	}
	if e.cid != "" {
		h.add("Content-ID", "<"+e.cid+">")
	}
	return h.buf
}

// A sheet takes a message piece by piece.
type sheet interface {
	literal(s string)
	content(e *entity) error
}

// write puts the message onto a sheet. The closing boundary of a multipart
// comes only after all of its parts were whole: it says that they were.
func (p *Plan) write(s sheet) error {
	s.literal(string(p.header))
	if err := p.writeEntity(p.root, s); err != nil {
		return err
	}
	if e := p.root; e.level > 0 || len(e.text.head) > 0 && (e.encoding == "base64" || !bytes.HasSuffix(e.text.head, []byte("\n"))) {
		s.literal(p.eol) // a plain text may have its own
	}
	return nil
}

func (p *Plan) writeEntity(e *entity, s sheet) error {
	s.literal(string(e.header(p.eol, p.token)))
	s.literal(p.eol)
	if e.level == 0 {
		return s.content(e)
	}
	delimiter := "--" + boundary(e.level, p.token)
	for i, part := range e.parts {
		if i > 0 {
			s.literal(p.eol)
		}
		s.literal(delimiter + p.eol)
		if err := p.writeEntity(part, s); err != nil {
			return err
		}
	}
	s.literal(p.eol + delimiter + "--")
	return nil
}

// sizer is a sheet that measures.
type sizer struct {
	n       int64
	unknown bool
}

func (s *sizer) literal(t string) { s.n += int64(len(t)) }

func (s *sizer) content(e *entity) error {
	s.n += e.size
	s.unknown = s.unknown || e.size < 0
	return nil
}

// Size is the number of octets that WriteTo writes, where every part's is known.
func (p *Plan) Size() (n int64, known bool) {
	if p.root == nil {
		return 0, false
	}
	var s sizer
	p.write(&s)
	if s.unknown {
		return 0, false
	}
	return s.n, true
}

// page is the sheet that is really written on.
type page struct {
	plan   *Plan
	out    *output
	blocks blocks
}

func (pg *page) literal(s string) { pg.out.writeString(s) }

func (pg *page) content(e *entity) error {
	enc := newEncoder(e.encoding, pg.out, pg.plan.eol, e.lines || e.text != nil, e.label(), pg.plan.token)
	var err error
	if e.text != nil {
		err = e.text.each(&pg.blocks, enc.Write)
	} else {
		err = pg.blocks.each(e.src, e.src, enc.Write)
	}
	if err != nil {
		return err
	}
	if e.src != nil {
		if err := e.src.close(); err != nil {
			return fmt.Errorf("%s: %w", e.src.label, err)
		}
	}
	return enc.Close()
}

func (e *entity) label() string {
	switch {
	case e.src != nil:
		return e.src.label
	case e.text != nil:
		return e.text.label
	}
	return ""
}

// WriteTo writes the message; the closing boundary only after every part was
// whole. It closes the parts. An error is ErrChanged, a part's or w's.
func (p *Plan) WriteTo(w io.Writer) (int64, error) {
	switch {
	case p.root == nil:
		return 0, misuse("this Plan was not made by Message.Plan")
	case p.done:
		return 0, misuse("this Plan was already written or closed")
	}
	defer p.Close()
	var out *output
	if n, known := p.Size(); known && (n < outputSize || p.plain) {
		out = newOutput(w, int(n)+qpRoom) // one write
	} else {
		out = newOutput(w, outputSize)
	}
	err := p.write(&page{plan: p, out: out})
	out.flush()
	if err == nil {
		err = out.err
	}
	return out.n, err
}
