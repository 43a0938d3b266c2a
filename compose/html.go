package compose

import (
	"bytes"
	"html"
	"net/url"
	"path"
	"regexp"
	"strings"
)

// htmlBody reads the HTML; nil for none, or one that is empty.
func (b *builder) htmlBody() (*text, error) {
	if b.m.HTML == nil {
		return nil, nil
	}
	t, _, _, err := b.readText(b.m.HTML, "the HTML", readOptions{declared: metaCharset, keepNUL: true})
	if err != nil || len(t.head) == 0 && t.rest == nil {
		return nil, err
	}
	return t, nil
}

// finishHTML makes the part of the HTML: with the pictures that it names where
// it names any, and, when wanted, a text version that stands before it.
func (b *builder) finishHTML(t *text, inline []*entity, wantText bool) (e, version *entity, err error) {
	original := t.head
	l := linker{b: b, inline: inline, known: map[string]string{}}
	if t.head, err = rewriteHTML(t.head, l.link); err != nil {
		return nil, nil, err
	}
	if t.rest != nil && b.m.Related != nil {
		b.note("the HTML is long: pictures named after its first %d octets stay behind", maxHold)
	}
	if e, err = b.textEntity("text/html", t, b.m.HTML); err != nil {
		return nil, nil, err
	}
	e = multipart("related", levelRelated, append([]*entity{e}, append(inline, l.found...)...))
	if !wantText {
		return e, nil, nil
	}
	v := htmlToText(original)
	if t.rest != nil {
		v += "\n[The text ends here. The HTML has all of it.]\n"
	}
	if v == "" {
		return e, nil, nil
	}
	version, err = b.textEntity("text/plain", &text{label: "the text", head: []byte(v), note: b.note}, &Part{})
	return e, version, err
}

// linker finds the pictures that HTML names.
type linker struct {
	b      *builder
	inline []*entity // named by their file names
	found  []*entity
	known  map[string]string // what each path became
}

// link returns what ref becomes: itself, or the address of a part (RFC 2392).
func (l *linker) link(ref string) (string, error) {
	if name, ok := strings.CutPrefix(ref, "cid:"); ok {
		for _, e := range l.inline {
			if e.name == name {
				return cidURL(e.cid), nil
			}
		}
		return ref, nil
	}
	file, ok := localPath(ref)
	if !ok {
		return ref, nil
	}
	if url, ok := l.known[file]; ok {
		if url == "" {
			return ref, nil
		}
		return url, nil
	}
	for _, e := range l.inline {
		if e.name == file {
			return cidURL(e.cid), nil
		}
	}
	if l.b.m.Related == nil {
		return ref, nil
	}
	p, err := l.b.m.Related(file)
	if err != nil {
		return "", err
	}
	if p.Name == "" {
		p.Name = path.Base(file)
	}
	p.Disposition = "inline"
	if err := p.check(file); err != nil {
		return "", err
	}
	e, _, err := l.b.filePart(&p, file)
	if err != nil {
		return "", err
	}
	if !strings.HasPrefix(e.mediaType, "image/") {
		// HTML from elsewhere could name any file of the sender's.
		l.b.note("%q is no picture: it stays behind", file)
		l.known[file] = ""
		return ref, e.src.close()
	}
	l.found = append(l.found, e)
	l.known[file] = cidURL(e.cid)
	return l.known[file], nil
}

func cidURL(id string) string { return "cid:" + url.PathEscape(id) }

// localPath returns the file that a relative reference names.
func localPath(ref string) (string, bool) {
	if ref == "" || strings.ContainsRune("/\\#?", rune(ref[0])) {
		return "", false
	}
	u, err := url.Parse(ref)
	switch {
	case err != nil && !strings.Contains(ref, ":"):
		return path.Clean(ref), true // such as `100%.png`
	case err != nil || u.Scheme != "" || u.Host != "" || u.Opaque != "" || u.Path == "":
		return "", false
	}
	return path.Clean(u.Path), true
}

var metaPattern = `(?i)<meta\s[^>]*charset\s*=\s*["']?\s*([a-z0-9_.:-]+)`

// metaCharset returns the charset that HTML names in its head, or "".
func metaCharset(raw []byte) string {
	m := regexp.MustCompile(metaPattern).FindSubmatch(raw[:min(len(raw), 4096)])
	if m == nil {
		return ""
	}
	return string(m[1])
}

// pictureAttributes of elements name pictures; an empty element is any.
var pictureAttributes = map[[2]string]bool{
	{"img", "src"}: true, {"input", "src"}: true, {"video", "poster"}: true,
	{"image", "href"}: true, {"image", "xlink:href"}: true, {"", "background"}: true,
}

// rewriteHTML replaces the references to pictures by what link returns for
// them, and a charset that is named by the one that it has now. All else stays
// byte for byte. What follows a <base> is relative to that, and so not local.
func rewriteHTML(doc []byte, link func(string) (string, error)) ([]byte, error) {
	out := make([]byte, 0, len(doc)+len(doc)/16)
	err := eachTag(doc, func(raw []byte, kind tagKind) error {
		switch kind {
		case tagStart:
			if tagName(raw) == "base" {
				link = func(ref string) (string, error) { return ref, nil }
			}
			tag, err := rewriteTag(raw, link)
			out = append(out, tag...)
			return err
		case tagStyle:
			css, err := rewriteCSS(string(raw), link)
			out = append(out, css...)
			return err
		}
		out = append(out, raw...)
		return nil
	})
	return out, err
}

// rewriteTag rewrites the attributes of one start tag.
func rewriteTag(tag []byte, link func(string) (string, error)) ([]byte, error) {
	name := tagName(tag)
	var out []byte
	done := 0
	for at := 1 + len(name); ; {
		a, next, ok := nextAttribute(tag, at)
		if !ok {
			break
		}
		at = next
		value := html.UnescapeString(string(tag[a.start:a.end]))
		replaced, err := rewriteValue(name, a.name, value, link)
		if err != nil {
			return nil, err
		}
		if replaced != value {
			out = append(append(out, tag[done:a.start]...), html.EscapeString(replaced)...)
			done = a.end
		}
	}
	return append(out, tag[done:]...), nil
}

func rewriteValue(tag, attribute, value string, link func(string) (string, error)) (string, error) {
	switch {
	case pictureAttributes[[2]string{tag, attribute}], pictureAttributes[[2]string{"", attribute}]:
		if trimmed := strings.TrimSpace(value); trimmed != "" {
			ref, err := link(trimmed)
			if err != nil || ref == trimmed {
				return value, err
			}
			return ref, nil
		}
	case attribute == "srcset" && (tag == "img" || tag == "source"):
		return rewriteSrcset(value, link)
	case attribute == "style":
		return rewriteCSS(value, link)
	case tag == "meta" && attribute == "charset" && !strings.EqualFold(value, "utf-8"):
		return "utf-8", nil
	case tag == "meta" && attribute == "content":
		if i := strings.Index(strings.ToLower(value), "charset="); i >= 0 && !isUTF8Name(value[i+len("charset="):]) {
			return value[:i] + "charset=utf-8", nil
		}
	}
	return value, nil
}

// rewriteSrcset rewrites a list of pictures with their sizes.
func rewriteSrcset(value string, link func(string) (string, error)) (string, error) {
	if strings.Contains(value, "data:") {
		return value, nil // holds commas of its own
	}
	candidates := strings.Split(value, ",")
	changed := false
	for i, c := range candidates {
		fields := strings.Fields(c)
		if len(fields) == 0 {
			continue
		}
		ref, err := link(fields[0])
		if err != nil {
			return "", err
		}
		if ref != fields[0] {
			fields[0], changed = ref, true
			candidates[i] = strings.Join(fields, " ")
		}
	}
	if !changed {
		return value, nil
	}
	return strings.Join(candidates, ", "), nil
}

// rewriteCSS rewrites what stands in url(...).
func rewriteCSS(css string, link func(string) (string, error)) (string, error) {
	var out strings.Builder
	for {
		i := strings.Index(strings.ToLower(css), "url(")
		if i < 0 {
			break
		}
		i += len("url(")
		n := strings.IndexByte(css[i:], ')')
		if n < 0 {
			break
		}
		old := strings.TrimSpace(css[i : i+n])
		bare := strings.Trim(old, `"'`)
		out.WriteString(css[:i])
		if ref, err := link(bare); err != nil {
			return "", err
		} else if ref != bare {
			old = `'` + ref + `'`
		}
		out.WriteString(old)
		css = css[i+n:]
	}
	out.WriteString(css)
	return out.String(), nil
}

// attribute of a tag: where its value stands.
type attribute struct {
	name       string
	start, end int
}

// nextAttribute finds the attribute of a tag at or after at.
func nextAttribute(tag []byte, at int) (a attribute, next int, ok bool) {
	for at < len(tag) && (isBlank(tag[at]) || tag[at] == '/') {
		at++
	}
	if at >= len(tag) || tag[at] == '>' {
		return a, at, false
	}
	start := at
	for at < len(tag) && !isBlank(tag[at]) && tag[at] != '>' && tag[at] != '/' && (tag[at] != '=' || at == start) {
		at++
	}
	a.name = strings.ToLower(string(tag[start:at]))
	value := at
	for value < len(tag) && isBlank(tag[value]) {
		value++
	}
	if value >= len(tag) || tag[value] != '=' {
		a.start, a.end = at, at
		return a, at, true
	}
	value++
	for value < len(tag) && isBlank(tag[value]) {
		value++
	}
	a.start = value
	if value < len(tag) && (tag[value] == '"' || tag[value] == '\'') {
		a.start++
		n := bytes.IndexByte(tag[a.start:], tag[value])
		if n < 0 {
			a.end = len(tag)
			return a, len(tag), true
		}
		a.end = a.start + n
		return a, a.end + 1, true
	}
	for value < len(tag) && !isBlank(tag[value]) && tag[value] != '>' {
		value++
	}
	a.end = value
	return a, value, true
}

func isBlank(c byte) bool { return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f' }

// tagName returns the name of the tag that raw is.
func tagName(raw []byte) string {
	i := 1
	for i < len(raw) && !isBlank(raw[i]) && raw[i] != '>' && raw[i] != '/' {
		i++
	}
	return strings.ToLower(string(raw[1:i]))
}
