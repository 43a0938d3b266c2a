package inspect

import (
	"strings"

	"mailpipe/detect"
)

// A headReader keeps the beginning of a content.
type headReader struct{ head []byte }

func (h *headReader) Write(p []byte) (int, error) {
	h.head = append(h.head, p[:min(len(p), detect.HeadSize-len(h.head))]...)
	return len(p), nil
}

// checkExtension compares the content of a file with its name.
func (l *leaf) checkExtension(head []byte) {
	if len(head) == 0 || l.Damaged {
		return
	}
	named, found := detect.Named(l.Name), detect.Bytes("", head).Type
	if named != "" && contradicts(named, found) {
		l.w.report(l.Part, nameExtension, l.Line, l.Name+" is "+found)
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
