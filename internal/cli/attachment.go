package cli

import (
	"os"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"mailpipe/compose"
	"mailpipe/internal/inputfile"
	"mailpipe/internal/stdio"
	"mailpipe/internal/termtext"
)

// attachment is a file as the command line names it.
type attachment struct {
	path string // - is standard input
	part compose.Part
}

// attachmentKeys are the keys of -a and -i.
var attachmentKeys = []string{"type", "name", "charset", "encoding", "disposition"}

// curlName is curl's word for name.
const curlName = "filename"

// parseAttachment reads FILE[,key=value...]. A separator counts only before a
// known key, and a file that exists under the whole argument wins.
func parseAttachment(arg string) (attachment, error) {
	if _, err := os.Lstat(arg); err == nil || arg == "-" {
		return attachment{path: arg}, nil
	}
	fields := splitKeys(arg)
	a := attachment{path: fields[0]}
	for _, field := range fields[1:] {
		key, value, _ := strings.Cut(field, "=")
		if err := a.set(key, value); err != nil {
			return a, err
		}
	}
	if a.path == "" {
		return a, usage("\"%s\" names no file", termtext.Line(arg))
	}
	return a, nil
}

// splitKeys cuts arg before each known key.
func splitKeys(arg string) []string {
	var fields []string
	start := 0
	for i := 0; i < len(arg); i++ {
		if (arg[i] == ',' || arg[i] == ';') && startsKey(arg[i+1:]) {
			fields = append(fields, arg[start:i])
			start = i + 1
		}
	}
	fields = append(fields, arg[start:])
	for i, field := range fields[1:] { // curl's users write `; type=...`
		fields[i+1] = strings.TrimLeft(field, " ")
	}
	return fields
}

func startsKey(s string) bool {
	key, _, found := strings.Cut(strings.TrimLeft(s, " "), "=")
	return found && (key == curlName || slices.Contains(attachmentKeys, key))
}

func (a *attachment) set(key, value string) error {
	if value == "" {
		return usage("%s: %s= is empty", termtext.Line(a.path), key)
	}
	if !utf8.ValidString(value) || strings.ContainsFunc(value, unicode.IsControl) {
		return usage("%s: %s=%s has a control character or is not UTF-8", termtext.Line(a.path), key, termtext.Line(value))
	}
	switch key {
	case curlName:
		return usage("%s: the key is name, not %s", termtext.Line(a.path), key)
	case "type":
		if !strings.Contains(value, "/") || strings.HasPrefix(strings.ToLower(value), "multipart/") {
			return usage("%s: type=%s is no type of a file, as image/png is", termtext.Line(a.path), termtext.Line(value))
		}
		a.part.Type = value
	case "name":
		a.part.Name = strings.ReplaceAll(value, "/", "_")
	case "charset":
		a.part.Charset = value
	case "encoding":
		if !slices.Contains(compose.Encodings(), strings.ToLower(value)) {
			return usage("%s: encoding=%s is none of %s", termtext.Line(a.path), termtext.Line(value), strings.Join(compose.Encodings(), ", "))
		}
		a.part.Encoding = strings.ToLower(value)
	case "disposition":
		if !slices.Contains([]string{"attachment", "inline"}, strings.ToLower(value)) {
			return usage("%s: disposition=%s is neither attachment nor inline", termtext.Line(a.path), termtext.Line(value))
		}
		a.part.Disposition = strings.ToLower(value)
	}
	return nil
}

// open opens the file, once, and fills in what it tells: its size and, where none was given, its name.
func (d *draft) open(a attachment) (compose.Part, error) {
	part := a.part
	if a.path == "-" {
		in := stdio.NewInput(d.Stdin)
		part.Size, part.Open = in.Size, opens(in)
		if part.Name == "" {
			part.Name = "stdin" // a part without a name becomes ATT00001 in Outlook
		}
		return part, nil
	}
	f, err := d.files.Open(a.path)
	if err != nil {
		return part, partError(a.path, err)
	}
	d.closers = append(d.closers, f)
	part.Size = f.Size
	part.Open = opens(f.Reader())
	if part.Name == "" {
		name, note := inputfile.Name(a.path)
		if note != "" {
			d.note("%s", note)
		}
		part.Name = name
	}
	return part, nil
}
