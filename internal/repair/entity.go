package repair

import (
	"slices"
	"strings"

	"mailpipe/internal/header"
	"mailpipe/internal/message"
	"mailpipe/internal/transfer"
)

// A walker reads a message from its beginning to its end, and writes it repaired. It
// keeps a header, and otherwise only where in the multiparts it is.
type walker struct {
	in     *lines
	out    *transfer.Output
	fields header.Writer
	opt    Options

	delimiters [][]byte // "--" and the boundary of each multipart around what is read
	unended    bool     // what was written last needs a line ending before a delimiter
	repairs    []string
	cut        bool
}

// depthMax is the number of multiparts and messages that may be in each other. Deeper
// ones are not changed.
const depthMax = 100

// An entity is the message, a part of a multipart or a message in it (RFC 2045 §2.4).
type entity struct {
	*head
	isTop     bool
	isSigned  bool // or encrypted
	mediaType string
	charset   string // as declared
	encoding  string // Content-Transfer-Encoding in lower case

	newCharset, newEncoding string // if they are to be changed
}

// newEntity returns the entity with a header. Without a Content-Type its type is the
// default one.
func newEntity(h *head, defaultType string) *entity {
	e := &entity{head: h, mediaType: defaultType}
	if value, ok := h.get("Content-Type"); ok {
		name, params := message.ParseType(value)
		e.mediaType = name
		if !strings.Contains(name, "/") {
			e.mediaType = "text/plain" // RFC 2045 §5.2
		}
		for _, p := range params {
			if strings.EqualFold(p.Name, "charset") && e.charset == "" {
				e.charset = p.Value
			}
		}
	}
	value, _ := h.get("Content-Transfer-Encoding")
	e.encoding, _ = message.ParseType(value)
	e.isSigned = e.mediaType == "multipart/signed" || e.mediaType == "multipart/encrypted"
	return e
}

// isIdentity reports whether the content is not encoded.
func (e *entity) isIdentity() bool {
	return slices.Contains([]string{"", "7bit", "8bit", "binary"}, e.encoding)
}

// write writes the message.
func (w *walker) write() error {
	w.fields = header.Writer{EOL: "\r\n", Tail: len(";")}
	h, err := w.readTop()
	if err != nil {
		return err
	}
	e := newEntity(h, "text/plain")
	e.isTop = true
	if err := w.entity(e, 0); err != nil {
		return err
	}
	return w.in.failure
}

// entity writes an entity whose header was read, and its content up to the next
// delimiter.
func (w *walker) entity(e *entity, depth int) error {
	value, _ := e.get("Content-Type")
	boundary := message.Boundary(value)
	switch {
	case e.isSigned, depth == depthMax:
		return w.signed(e)
	case strings.HasPrefix(e.mediaType, "multipart/") && boundary != "":
		return w.multipart(e, boundary, depth)
	case e.mediaType == "message/rfc822" && e.isIdentity():
		w.relabel(e)
		w.writeHead(e)
		h, err := w.readHead()
		if err != nil {
			return err
		}
		return w.entity(newEntity(h, "text/plain"), depth+1)
	}
	return w.leaf(e)
}

// relabel changes the label of an entity that contains others, if it promises more
// than SMTP carries.
func (w *walker) relabel(e *entity) {
	switch {
	case w.opt.SevenBit && (e.encoding == "8bit" || e.encoding == "binary"):
		e.newEncoding = "7bit"
	case e.encoding == "binary":
		e.newEncoding = "8bit"
	}
	if e.newEncoding != "" {
		w.note("label")
	}
}

// signed writes an entity that must not be changed, except for its line endings.
func (w *walker) signed(e *entity) error {
	w.writeHead(e)
	from, to, stats := w.scan()
	if why := stats.Problem(w.bits()); why != "" {
		return &message.Error{Kind: message.ErrContent, Field: e.mediaType, Why: why + ", and it must not be changed"}
	}
	return w.copy(from, to)
}

// bits returns the encoding of what the server accepts.
func (w *walker) bits() string {
	if w.opt.SevenBit {
		return "7bit"
	}
	return "8bit"
}
