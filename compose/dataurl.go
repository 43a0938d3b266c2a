package compose

import (
	"encoding/base64"
	"fmt"
	"net/url"
	"strings"

	"mailpipe/internal/htmlref"
)

// findData returns the part for an image that is in the page itself, as a data:
// URL. Several mail readers do not show those.
func (l *linker) findData(reference string) (*entity, error) {
	mediaType, content, err := decodeDataURL(reference)
	if !strings.HasPrefix(mediaType, "image/") {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	if l.images == nil {
		l.images = l.b.newStore()
	}
	from := l.images.Size()
	if _, err := l.images.Write(content); err != nil {
		return nil, err
	}
	l.dataURLs++
	name := fmt.Sprintf("image-%d%s", l.dataURLs, extension(mediaType))
	size := int64(len(content))
	mediaType = strings.Clone(mediaType) // the URL is not kept
	p := Part{Name: name, Type: mediaType, Size: size, Open: opener(l.images, from, size)}
	return l.addImage(&p, name)
}

// decodeDataURL returns the media type, without parameters, and the content of a
// data: URL (RFC 2397).
func decodeDataURL(reference string) (mediaType string, content []byte, err error) {
	_, rest, _ := strings.Cut(reference, ":")
	header, data, found := strings.Cut(rest, ",")
	params := strings.Split(header, ";")
	mediaType = strings.ToLower(strings.Trim(params[0], htmlref.Space))
	major, minor, _ := strings.Cut(mediaType, "/")
	if !found || !isToken(major) || !isToken(minor) {
		return mediaType, nil, &LeftOutError{"invalid data: URL"}
	}
	data, _, _ = strings.Cut(data, "#")
	if unescaped, err := url.PathUnescape(data); err == nil {
		data = unescaped
	}
	if !strings.EqualFold(strings.Trim(params[len(params)-1], htmlref.Space), "base64") {
		return mediaType, []byte(data), nil
	}
	data = strings.TrimRight(strings.Join(strings.Fields(data), ""), "=")
	content, err = base64.RawStdEncoding.DecodeString(data)
	if err != nil {
		return mediaType, nil, &LeftOutError{"invalid base64 in a data: URL"}
	}
	return mediaType, content, nil
}

// extension returns the usual extension of a file name for a type of image.
func extension(mediaType string) string {
	_, subtype, _ := strings.Cut(mediaType, "/")
	switch subtype {
	case "jpeg":
		return ".jpg"
	case "x-icon", "vnd.microsoft.icon":
		return ".ico"
	}
	subtype, _, _ = strings.Cut(subtype, "+") // svg+xml
	return "." + subtype
}
