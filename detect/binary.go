package detect

import (
	"bytes"
	"encoding/binary"
	"strings"

	"github.com/gabriel-vasile/mimetype"
)

// signatures are kinds that the library does not know or misses. All of them
// begin with, or have at their offset, octets that no text has.
var signatures = [...]struct {
	offset           int
	magic, mediaType string
}{
	{0, "OTTO\x00", "font/otf"},
	{0, "\xC5\xD0\xD3\xC6", "application/postscript"}, // EPS with a preview
	{0, "\x80\x01", "application/x-font-type1"},       // see confirm
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
	{0, "ID3\x02\x00", "audio/mpeg"},
	{0, "ID3\x03\x00", "audio/mpeg"},
	{0, "ID3\x04\x00", "audio/mpeg"},
	{0, "\x71\xC7", "application/x-cpio"},
	{8, "AIFC", "audio/aiff"},
	{40, " EMF", "image/emf"},
	{32769, "CD001", "application/vnd.efi.iso"},
}

// bySignature looks for what the library does not know.
func bySignature(s *sample, _ text) (mediaType, why string) {
	for _, sig := range signatures {
		if len(s.head) >= sig.offset && bytes.HasPrefix(s.head[sig.offset:], []byte(sig.magic)) && s.confirm(sig.mediaType) {
			return sig.mediaType, "its signature"
		}
	}
	if isTrueType(s.head) {
		return "font/ttf", "its version and first table"
	}
	return "", ""
}

// registered are IANA's names, or the usual ones, for those of the library.
var registered = table(`
image/png                 image/apng
image/vnd.microsoft.icon  image/x-icon
application/java-vm       application/x-java-applet
audio/x-voc               audio/x-unknown
application/x-msi         application/x-ms-installer
`)

// byMagic asks the library, and believes a magic number of a few octets only
// when something else confirms it.
func byMagic(s *sample, _ text) (mediaType, why string) {
	m := mimetype.Detect(s.head)
	for up := m; up != nil; up = up.Parent() {
		if up.Is(textType) { // it is not: that was decided before
			return "", ""
		}
	}
	mediaType, _, _ = strings.Cut(m.String(), ";")
	if name := registered()[mediaType]; name != "" {
		mediaType = name
	}
	switch {
	case mediaType == binaryType || !s.confirm(mediaType):
		return "", ""
	case mediaType == "application/x-sharedlib" && hasInterpreter(s.head):
		mediaType = "application/x-executable" // position-independent
	case mediaType == "application/vnd.microsoft.portable-executable" && !isPortableExecutable(s.head):
		mediaType = "application/x-dosexec"
	}
	return mediaType, "its magic number"
}

// confirm looks closer where a magic number is so short that chance makes it.
func (s *sample) confirm(mediaType string) bool {
	b := s.head
	at := func(i int) byte {
		if i < len(b) {
			return b[i]
		}
		return 0
	}
	switch mediaType {
	case "application/gzip":
		return at(2) == 8 // deflate, the only method there is
	case "application/x-bzip2":
		return len(b) >= 10 && (string(b[4:10]) == "1AY&SY" || string(b[4:10]) == "\x17rE8P\x90")
	case "application/x-compress":
		return at(2)&0x60 == 0 && at(2)&0x1F >= 9 && at(2)&0x1F <= 16
	case "application/x-font-type1":
		return len(b) > 8 && bytes.HasPrefix(b[6:], []byte("%!"))
	case "application/vnd.microsoft.portable-executable":
		return isPortableExecutable(b) || strings.Contains(" exe com dll sys drv ovl ", " "+s.ext+" ")
	case "audio/mpeg":
		return bytes.HasPrefix(b, []byte("ID3")) || s.ext == "mp3" || at(0) == 0xFF && mp3Frame(b)
	case "audio/aiff":
		return bytes.HasPrefix(b, []byte("FORM"))
	case "audio/aac":
		return s.ext == "aac" || adtsFrame(b)
	case "image/vnd.microsoft.icon":
		return isIcon(b)
	case "video/mpeg":
		return at(3) == 0xBA || at(3) == 0xB3
	case "image/jxl":
		return at(0) == 0 || s.ext == "jxl"
	case "application/x-dbf":
		return s.ext == "dbf"
	case "application/x-cpio":
		return at(0) == '0' || s.ext == "cpio"
	case "application/zlib":
		return s.ext == "zz" || s.ext == "zlib"
	}
	return true
}

// isPortableExecutable follows the pointer of the DOS header.
func isPortableExecutable(b []byte) bool {
	if len(b) < 64 {
		return false
	}
	off := int64(binary.LittleEndian.Uint32(b[60:]))
	return off+4 <= int64(len(b)) && string(b[off:off+4]) == "PE\x00\x00"
}

// isIcon checks the first entry of an icon or cursor directory.
func isIcon(b []byte) bool {
	if len(b) < 22 {
		return false
	}
	count := int(binary.LittleEndian.Uint16(b[4:]))
	off := int64(binary.LittleEndian.Uint32(b[18:]))
	return count > 0 && count < 256 && b[9] == 0 && off >= int64(6+16*count)
}

// mp3Frame reports whether the frame at the front of b is followed by another.
func mp3Frame(b []byte) bool {
	rates := [...]int{0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 0}
	lowRates := [...]int{0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160, 0}
	samples := [...]int{44100, 48000, 32000, 0}
	if len(b) < 4 || b[0] != 0xFF || b[1]&0xE6 != 0xE2 { // layer III
		return false
	}
	rate, hertz, slots := rates[b[2]>>4], samples[b[2]>>2&3], 144
	switch b[1] >> 3 & 3 {
	case 0: // MPEG 2.5
		rate, hertz, slots = lowRates[b[2]>>4], hertz/4, 72
	case 1:
		return false
	case 2: // MPEG 2
		rate, hertz, slots = lowRates[b[2]>>4], hertz/2, 72
	}
	if rate == 0 || hertz == 0 {
		return false
	}
	next := slots*rate*1000/hertz + int(b[2]>>1&1)
	return next+1 < len(b) && b[next] == 0xFF && b[next+1]&0xFE == b[1]&0xFE
}

// adtsFrame is the same for AAC.
func adtsFrame(b []byte) bool {
	if len(b) < 7 {
		return false
	}
	next := int(b[3]&3)<<11 | int(b[4])<<3 | int(b[5])>>5
	return next > 7 && next+1 < len(b) && b[next] == 0xFF && b[next+1]&0xF6 == 0xF0
}

// isTrueType reads the version, the number of tables and the tag of the first.
func isTrueType(b []byte) bool {
	if len(b) < 28 || string(b[:4]) != "\x00\x01\x00\x00" && string(b[:4]) != "true" {
		return false
	}
	if count := binary.BigEndian.Uint16(b[4:]); count == 0 || count > 64 {
		return false
	}
	for _, c := range b[12:16] {
		if c < ' ' || c > '~' {
			return false
		}
	}
	return true
}

// hasInterpreter reports whether an ELF file names a loader, as programs do
// and libraries do not.
func hasInterpreter(b []byte) bool {
	const ptInterp = 3
	if len(b) < 64 || b[5] != 1 && b[5] != 2 {
		return false
	}
	var order binary.ByteOrder = binary.LittleEndian
	if b[5] == 2 {
		order = binary.BigEndian
	}
	off, size, count := uint64(order.Uint32(b[28:])), uint64(order.Uint16(b[42:])), uint64(order.Uint16(b[44:]))
	if b[4] == 2 { // of 64 bits
		off, size, count = order.Uint64(b[32:]), uint64(order.Uint16(b[54:])), uint64(order.Uint16(b[56:]))
	}
	for i := range count {
		at := off + i*size
		if off > HeadSize || at+4 > uint64(len(b)) {
			return false
		}
		if order.Uint32(b[at:]) == ptInterp {
			return true
		}
	}
	return false
}
