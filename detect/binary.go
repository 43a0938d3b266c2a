package detect

import (
	"bytes"
	"strings"

	"github.com/gabriel-vasile/mimetype"
)

// signatures are magic numbers that the library does not know or confuses.
var signatures = [...]struct {
	offset           int
	magic, mediaType string
}{
	{0, "\xC5\xD0\xD3\xC6", "application/postscript"}, // EPS with a preview
	{0, "\x80\x01", "application/x-font-type1"},
	{0, "\x1F\x9D", "application/x-compress"},
	{0, "\x04\x22\x4D\x18", "application/x-lz4"},
	{0, "\x01fcp", "application/x-font-pcf"},
	{0, "\x89HDF\r\n\x1A\n", "application/x-hdf5"},
	{0, "\xDE\x12\x04\x95", "application/x-gettext-translation"},
	{0, "\x95\x04\x12\xDE", "application/x-gettext-translation"},
	{0, "\x8AMNG\r\n\x1A\n", "video/x-mng"},
	{0, "wvpk", "audio/x-wavpack"},
	{0, "\xD7\xCD\xC6\x9A", "image/wmf"},
	{0, "\x0A\x0D\x0D\x0A", "application/x-pcapng"},
	{0, "ID3", "audio/mpeg"},
	{4, "ftypcrx ", "image/x-canon-cr3"},
	{4, "ftyp3gp", "video/3gpp"},
	{4, "ftyp3g2", "video/3gpp2"},
	{4, "ftypMSNV", "video/mp4"},
	{0, "\x71\xC7", "application/x-cpio"},
	{8, "AIFC", "audio/aiff"},
	{40, " EMF", "image/emf"},
	{257, "ustar", "application/x-tar"}, // the library says PDF if the first member is one
	{32769, "CD001", "application/vnd.efi.iso"},
}

// renamed are the types of the library that have another name with IANA, or a
// more common one.
var renamed = table(`
image/png                 image/apng
image/vnd.microsoft.icon  image/x-icon
application/java-vm       application/x-java-applet
audio/mp4                 audio/x-m4a
video/mp4                 video/x-m4v
audio/x-voc               audio/x-unknown
application/x-msi         application/x-ms-installer
`)

// byMagic recognizes magic numbers, those of the library too. A short one counts
// only if the rest of the content agrees.
func byMagic(s *sample) (mediaType, why string) {
	for _, sig := range signatures {
		b := s.content[min(sig.offset, len(s.content)):]
		if bytes.HasPrefix(b, []byte(sig.magic)) && s.confirms(sig.mediaType) {
			return sig.mediaType, "magic number"
		}
	}
	if isTrueType(s.content) {
		return "font/ttf", "magic number"
	}
	found := mimetype.Detect(s.content)
	for m := found; m != nil; m = m.Parent() {
		if m.Is(textType) { // readText knows that it is not
			return "", ""
		}
	}
	mediaType, _, _ = strings.Cut(found.String(), ";")
	if name := renamed()[mediaType]; name != "" {
		mediaType = name
	}
	mediaType = s.refine(mediaType)
	if mediaType == binaryType || !s.confirms(mediaType) {
		return "", ""
	}
	return mediaType, "magic number"
}

// refine returns a more exact type than that of the library, which examines only
// the first octets.
func (s *sample) refine(mediaType string) string {
	b := s.content
	switch {
	case mediaType == "application/x-sharedlib" && hasInterpreter(b):
		return "application/x-executable"
	case mediaType == "application/vnd.microsoft.portable-executable" && !isPortableExecutable(b):
		return "application/x-dosexec"
	case mediaType == "image/heif" && bytes.Contains(b[:min(len(b), 64)], []byte("avif")): // a compatible brand
		return "image/avif"
	case mediaType == "image/heif" && bytes.Contains(b[:min(len(b), 64)], []byte("heic")):
		return "image/heic"
	}
	return s.audioOnly(mediaType)
}
