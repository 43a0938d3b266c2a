package inspect

import (
	"strings"

	"mailpipe/detect"
)

// A nameCheck compares the beginning of a file with its name.
type nameCheck struct {
	*leaf
	head []byte
}

func (c *nameCheck) Write(p []byte) (int, error) {
	c.head = append(c.head, p[:min(len(p), detect.HeadSize-len(c.head))]...)
	return len(p), nil
}

func (c *nameCheck) end() {
	c.w.head = c.head // the room for the next one
	if len(c.head) == 0 || c.Damaged {
		return
	}
	named, found := detect.Named(c.Name), detect.Bytes("", c.head).Type
	if named != "" && contradicts(named, found) {
		c.w.report(c.Part, nameExtension, c.Line, c.Name+" is "+found)
	}
}

// contradicts reports whether content of a type cannot have the name of another. It is
// certain only if one of the two has a clear mark.
func contradicts(named, found string) bool {
	a, b := family(named), family(found)
	return a != b && (a != "" || b != "") && found != "application/octet-stream"
}

// family returns what a type with a clear mark has in common with others, or "".
func family(mediaType string) string {
	top, _, _ := strings.Cut(mediaType, "/")
	switch {
	case mediaType == "image/svg+xml": // a text
		return ""
	case top == "image", mediaType == "application/pdf":
		return mediaType
	case top == "audio", top == "video", mediaType == "application/ogg":
		return "media"
	case strings.Contains(mediaType, "executable") || strings.HasSuffix(mediaType, "dosexec"):
		return "executable"
	}
	return ""
}
