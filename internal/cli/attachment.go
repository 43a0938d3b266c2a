package cli

import (
	"os"
	"slices"
	"strings"

	"mailpipe/compose"
	"mailpipe/internal/inputfile"
	"mailpipe/internal/shell"
	"mailpipe/internal/termtext"
)

// An attachment is a file as the command line names it.
type attachment struct {
	path string // - is standard input
	part compose.Part
}

// attachmentKeys are the keys of -a and -i.
var attachmentKeys = []string{"type", "name", "charset", "encoding", "disposition", "cid"}

// curlName is what curl calls the key name.
const curlName = "filename"

// readAttachments returns -a, -i and operands in the order of the command line.
func (c *call) readAttachments() ([]attachment, error) {
	var all []attachment
	for _, arg := range c.line.args {
		var a attachment
		var err error
		switch arg.flag {
		case "":
			a, err = operandAttachment(arg.value)
		case "attach", "inline":
			a, err = parseAttachment(arg.value)
		default:
			continue
		}
		if err != nil {
			return nil, err
		}
		if arg.flag == "inline" && a.part.Disposition == "" {
			a.part.Disposition = "inline"
		}
		all = append(all, a)
	}
	return all, nil
}

// operandAttachment returns a file that is named without a flag. Nothing in
// the name has a meaning. An address is refused.
func operandAttachment(path string) (attachment, error) {
	if _, err := os.Lstat(path); err != nil && strings.Contains(path, "@") {
		e := usage("%s: no such file", termtext.Line(path))
		return attachment{}, e.withHint("name recipients with -t: -t " + shell.Quote(path))
	}
	return attachment{path: path}, nil
}

// parseAttachment parses FILE[,key=value...]. If a file exists whose name is
// the whole argument, it is that file.
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
		return a, usage("missing file name in \"%s\"", termtext.Line(arg))
	}
	return a, nil
}

// splitKeys splits arg at each comma or semicolon before a known key.
func splitKeys(arg string) []string {
	var fields []string
	start := 0
	for i := range len(arg) {
		if (arg[i] == ',' || arg[i] == ';') && startsKey(arg[i+1:]) {
			fields = append(fields, arg[start:i])
			start = i + 1
		}
	}
	fields = append(fields, arg[start:])
	for i, field := range fields[1:] { // users of curl write `; type=...`
		fields[i+1] = strings.TrimLeft(field, " ")
	}
	return fields
}

func startsKey(s string) bool {
	key, _, found := strings.Cut(strings.TrimLeft(s, " "), "=")
	return found && (key == curlName || slices.Contains(attachmentKeys, key))
}

// set sets the property of the file that a key names. The values are checked with
// the message.
func (a *attachment) set(key, value string) error {
	if value == "" {
		return usage("%s: invalid %s=: must not be empty", termtext.Line(a.path), key)
	}
	switch key {
	case curlName:
		return usage("%s: unknown key %s: use name", termtext.Line(a.path), key)
	case "type":
		a.part.Type = value
	case "name":
		a.part.Name = strings.ReplaceAll(value, "/", "_")
	case "charset":
		a.part.Charset = value
	case "encoding":
		a.part.Encoding = strings.ToLower(value)
	case "disposition":
		a.part.Disposition = strings.ToLower(value)
	case "cid":
		a.part.ContentID = value
	}
	return nil
}

// open opens the file and adds its size and, if no key sets one, its name.
func (d *draft) open(a attachment) (compose.Part, error) {
	part, err := d.openPart(a.path)
	if err != nil {
		return part, err
	}
	a.part.Size, a.part.Open = part.Size, part.Open
	switch {
	case a.part.Name != "":
	case a.path == "-":
		a.part.Name = "stdin" // Outlook names a part without a name ATT00001
	default:
		a.part.Name = d.fileName(a.path)
	}
	if d.flags.IsSet("html") {
		a.part.Path = pathInPage(pageDir(d.flags.String("html")), a.path)
	}
	return a.part, nil
}

// fileName returns the name under which a file is sent.
func (d *draft) fileName(path string) string {
	name, note := inputfile.Name(path)
	if note != "" {
		d.note("%s", note)
	}
	return name
}
