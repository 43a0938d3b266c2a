package cli

import (
	"mime"
	"net/mail"
	"regexp"
	"strings"
	"sync"
	"time"

	"mailpipe/internal/charset"
	"mailpipe/internal/termtext"
)

// subject sets the subject. Of several lines, it uses the first one, and a
// Content-Type: scripts write one there for GNU mail, which copies all lines.
func (m *mailxParser) subject(text string) error {
	text = string(new(charset.Mixed).Decode([]byte(text), true)) // a script may be in Latin-1
	text = strings.ReplaceAll(text, "\t", " ")
	end := strings.IndexAny(text, "\r\n")
	if end < 0 {
		m.set("subject", text)
		return nil
	}
	m.set("subject", text[:end])
	m.notes = append(m.notes, "the subject has several lines: only the first one is used")
	for line := range strings.FieldsFuncSeq(text[end:], func(r rune) bool { return r == '\r' || r == '\n' }) {
		name, value, ok := splitField(line)
		if ok && strings.EqualFold(name, "Content-Type") && strings.HasPrefix(strings.ToLower(value), "text/") {
			return m.contentType("-s", value)
		}
	}
	return nil
}

// fileOrField attaches a file, or adds a header field.
func (m *mailxParser) fileOrField(flag, value string) error {
	if isFile(value) {
		m.attach(value)
		return nil
	}
	name, text, ok := splitField(value)
	if !ok {
		return fail(exitNoInput, "%s %s: neither an existing file nor a header field (Name: value)", flag,
			termtext.Line(value))
	}
	return m.field(flag, name, text)
}

// onlyField adds a header field.
func (m *mailxParser) onlyField(flag, value string) error {
	name, text, ok := splitField(value)
	if !ok {
		return usage("%s %s: not a header field", flag, termtext.Line(value)).withHint("write " + flag + " 'Name: value'")
	}
	return m.field(flag, name, text)
}

// fileOrAccount attaches a file, or chooses an account.
func (m *mailxParser) fileOrAccount(value string) {
	if isFile(value) {
		m.attach(value)
		return
	}
	m.set("account", value)
}

// A field without a space after the colon is one that is known or begins with X-:
// otherwise it may be the name of a file that does not exist.
var fieldPattern = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^([A-Za-z][\w-]*):(?:$|[ \t]+)(.*)$|` +
		`^((?i:X-[\w-]+|From|To|Cc|Bcc|Reply-To|Subject|Content-Type|MIME-Version)):(.*)$`)
})

// splitField splits Name: value. ok reports whether the text has that form.
func splitField(text string) (name, value string, ok bool) {
	found := fieldPattern().FindStringSubmatch(text)
	if found == nil {
		return "", "", false
	}
	return found[1] + found[3], strings.TrimSpace(found[2] + found[4]), true
}

// field adds a header field.
func (m *mailxParser) field(flag, name, value string) error {
	where := flag + " " + name
	lower := strings.ToLower(name)
	switch lower {
	case "from":
		m.from = value
	case "to", "cc", "bcc", "reply-to":
		return m.addresses(lower, where, value)
	case "subject":
		return m.subject(value)
	case "content-type":
		return m.contentType(where, value)
	case "message-id", "in-reply-to", "references":
		m.set(lower, value)
	case "date":
		t, err := mail.ParseDate(value)
		if err != nil {
			return usage("%s: invalid date %q", where, termtext.Line(value))
		}
		m.set("date", t.Format(time.RFC3339))
	default:
		if strings.HasPrefix(lower, "resent-") {
			return usage("%s: this field is for a message that is sent again", where)
		}
		if !isContent(name) { // otherwise it is made from the content
			m.set("header", name+": "+value)
		}
	}
	return nil
}

// contentType sets the type of the text.
func (m *mailxParser) contentType(where, value string) error {
	mediaType, params, err := mime.ParseMediaType(value)
	major, _, _ := strings.Cut(mediaType, "/")
	if err != nil || major == "multipart" || major == "message" {
		return usage("%s: invalid type of a text: %s", where, termtext.Line(value)).
			withHint("to send a complete message with its header, use -t")
	}
	if name := params["charset"]; name != "" {
		m.charset(name)
	}
	m.textType = mediaType
	return nil
}

// charset sets the charset of the text. It is detected if the named one is unknown, or
// is ASCII, as the locale of cron says.
func (m *mailxParser) charset(name string) {
	_, known := charset.Find(name)
	switch {
	case charset.IsASCII(name):
	case known, charset.IsUTF8(name), charset.IsWide(name):
		m.set("charset", name)
	default:
		m.notes = append(m.notes, "unknown charset "+termtext.Line(name)+": ignored")
	}
}
