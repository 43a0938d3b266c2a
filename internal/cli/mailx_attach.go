package cli

import (
	"cmp"
	"fmt"
	"runtime"
	"strconv"
	"strings"

	"mailpipe/internal/stdio"
)

// attachFlag translates the long flags of GNU mail for files. A type and an encoding
// are those of all files that follow, a name that of the next one.
func (m *mailxParser) attachFlag(name, value string) error {
	switch name {
	case "attach":
		m.attach(value)
	case "attach-fd":
		return m.attachDescriptor(value)
	case "content-type":
		m.part.Type = value
	case "content-name", "content-filename":
		m.part.Name = strings.ReplaceAll(value, "/", "_")
	case "encoding":
		m.part.Encoding = strings.ToLower(value)
	}
	return nil
}

// attachDescriptor attaches what is read from a file descriptor.
func (m *mailxParser) attachDescriptor(number string) error {
	n, err := strconv.ParseUint(number, 10, 16)
	if err != nil {
		return usage("--attach-fd: must be the number of a file descriptor")
	}
	if runtime.GOOS == "windows" {
		return usage("--attach-fd: only Unix has file descriptors")
	}
	if !stdio.Inherited(int(n)) {
		return fail(exitNoInput, "--attach-fd %d: not open", n)
	}
	m.part.Name = cmp.Or(m.part.Name, fmt.Sprintf("input-%d", n))
	m.attach(fmt.Sprintf("/dev/fd/%d", n))
	return nil
}

func (m *mailxParser) attach(path string) {
	m.attachments = append(m.attachments, attachment{path: path, part: m.part})
	m.part.Name = ""
}
