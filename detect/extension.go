package detect

import "github.com/gabriel-vasile/mimetype"

// Extension returns the usual file name extension of a media type without parameters,
// with its dot, or "" if none is known.
func Extension(mediaType string) string {
	known := mimetype.Lookup(mediaType)
	if known == nil {
		return ""
	}
	return known.Extension()
}
