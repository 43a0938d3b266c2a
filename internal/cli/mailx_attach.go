package cli

import (
	"strconv"
	"strings"
)

// attachFlag translates the long flags of GNU mail for files. A type and an encoding
// are those of all files that follow, a name that of the next one.
func (m *mailxParser) attachFlag(name, value string) error {
	switch name {
	case "attach":
		m.attach(value)
	case "attach-fd":
		n, err := strconv.ParseUint(value, 10, 16)
		if err != nil {
			return usage("--attach-fd: must be the number of a file descriptor")
		}
		m.attach("/dev/fd/" + strconv.FormatUint(n, 10))
	case "content-type":
		m.part.Type = value
	case "content-name", "content-filename":
		m.part.Name = strings.ReplaceAll(value, "/", "_")
	case "encoding":
		m.part.Encoding = strings.ToLower(value)
	}
	return nil
}

func (m *mailxParser) attach(path string) {
	m.attachments = append(m.attachments, attachment{path: path, part: m.part})
	m.part.Name = ""
}
