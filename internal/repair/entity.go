package repair

import (
	"io"
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
	block  []byte // for copying

	delimiters message.Delimiters
	written    [][]byte // what is written for each of the delimiters
	unended    bool     // what was written last needs a line ending before a delimiter
	repairs    []string
	cut        bool
}

// depthMax is the number of multiparts and messages that may be in each other. Deeper
// ones are not changed.
const depthMax = 100

// An entity is the message, a part of a multipart or a message in it (RFC 2045 §2.4).
type entity struct {
	message.Header
	isTop     bool
	isSigned  bool // or encrypted
	mediaType string
	boundary  string // of a multipart, as its octets
	charset   string // as declared
	encoding  string // Content-Transfer-Encoding in lower case

	newBoundary, newCharset, newEncoding string // if they are to be changed
}

// newEntity returns the entity with a header. Without a Content-Type its type is the
// default one.
func newEntity(h message.Header, defaultType string) *entity {
	e := &entity{Header: h, mediaType: defaultType}
	if f, ok := h.Get("Content-Type"); ok {
		value := text(f, "")
		e.boundary = message.Boundary(f.Value())
		e.mediaType = strings.Clone(message.Type(value)) // without the rest of a long field
		if !strings.Contains(e.mediaType, "/") {
			e.mediaType = "text/plain" // RFC 2045 §5.2
		}
		e.charset = strings.Trim(strings.Clone(message.ParamText(value, "charset")), "'")
	}
	f, _ := h.Get("Content-Transfer-Encoding")
	e.encoding = strings.Trim(message.Type(text(f, "")), `"'`)
	e.isSigned = e.mediaType == "multipart/signed" || e.mediaType == "multipart/encrypted"
	return e
}

// isIdentity reports whether the content is not encoded.
func (e *entity) isIdentity() bool {
	return slices.Contains([]string{"", "7bit", "8bit", "binary", "7-bit", "8-bit"}, e.encoding)
}

// write writes the message.
func (w *walker) write(out io.Writer) error {
	w.out = transfer.NewOutput(out, blockSize)
	w.out.Spare = make([]byte, 0, blockSize)
	w.fields = header.Writer{EOL: "\r\n", Tail: len(";"), Out: w.out}
	h, err := w.readTop()
	if err != nil {
		return err
	}
	e := newEntity(h, "text/plain")
	e.isTop = true
	if err := w.entity(e, 0); err != nil {
		return err
	}
	if !w.out.EndsLine() {
		w.out.Write(crlf)
	}
	return w.out.Flush()
}

// entity writes an entity whose header was read, and its content up to the next
// delimiter.
func (w *walker) entity(e *entity, depth int) error {
	switch {
	case e.isSigned:
		return w.unchanged(e, "it must not be changed")
	case depth == depthMax:
		return w.unchanged(e, "it is in too many others")
	case strings.HasPrefix(e.mediaType, "multipart/") && e.boundary != "":
		return w.multipart(e, depth)
	case e.mediaType == "message/rfc822" && e.isIdentity():
		w.relabel(e)
		w.writeHead(e)
		return w.next("text/plain", depth)
	}
	return w.leaf(e)
}

// next writes the entity that comes next in another one.
func (w *walker) next(defaultType string, depth int) error {
	h, err := w.readHead()
	if err != nil {
		return err
	}
	return w.entity(newEntity(h, defaultType), depth+1)
}

// relabel changes the label of an entity that contains others, if it promises more
// than SMTP carries, or what RFC 2045 §6.4 does not allow there.
func (w *walker) relabel(e *entity) {
	switch {
	case e.encoding == "" || e.encoding == "7bit":
	case w.opt.SevenBit:
		e.newEncoding = "7bit"
	case e.encoding != "8bit":
		e.newEncoding = "8bit"
	}
	if e.newEncoding != "" {
		w.note("label")
	}
}

// unchanged writes an entity as it is, except for its header and its line endings.
// reason says why it is not repaired.
func (w *walker) unchanged(e *entity, reason string) error {
	w.writeHead(e)
	c := w.scan()
	if why := c.Problem(w.bits()); why != "" {
		return &message.Error{Kind: message.ErrContent, Field: e.mediaType, Why: why + ", and " + reason}
	}
	return w.copy(c)
}

// bits returns the encoding of what the server accepts.
func (w *walker) bits() string {
	if w.opt.SevenBit {
		return "7bit"
	}
	return "8bit"
}
