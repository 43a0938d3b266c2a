package detect

import (
	"bytes"
	"encoding/binary"
	"slices"
)

// confirms reports whether the rest of the content, or else the file name, agrees
// with a magic number that is so short that other files have it by chance. It is
// true for a magic number that is long enough.
func (s *sample) confirms(mediaType string) bool {
	b := s.content
	at := func(i int) byte {
		if i < len(b) {
			return b[i]
		}
		return 0
	}
	switch mediaType {
	case "application/gzip":
		return at(2) == 8 // deflate, the only method
	case "application/x-bzip2":
		const block, end = "1AY&SY", "\x17rE8P\x90" // what may follow the header
		return len(b) >= 10 && (string(b[4:10]) == block || string(b[4:10]) == end)
	case "application/x-compress":
		maxBits := at(2) & 0x1F
		return at(2)&0x60 == 0 && 9 <= maxBits && maxBits <= 16
	case "application/x-font-type1":
		return len(b) > 8 && bytes.HasPrefix(b[6:], []byte("%!"))
	case "application/x-dosexec":
		return slices.Contains([]string{"exe", "com", "dll", "sys", "drv", "ovl"}, s.ext)
	case "audio/mpeg":
		return bytes.HasPrefix(b, []byte("ID3")) || s.ext == "mp3" || hasMP3Frames(b)
	case "audio/aiff":
		return bytes.HasPrefix(b, []byte("FORM"))
	case "audio/aac":
		return s.ext == "aac" || hasTwoAACFrames(b)
	case "image/vnd.microsoft.icon":
		return isIcon(b)
	case "video/mpeg":
		const pack, sequence = 0xBA, 0xB3 // start codes
		return at(3) == pack || at(3) == sequence
	case "image/jxl":
		return at(0) == 0 || s.ext == "jxl" // a container, or a bare codestream
	case "application/x-dbf":
		return s.ext == "dbf"
	case "application/x-cpio":
		return at(0) == '0' || s.ext == "cpio" // the ASCII formats, or the binary one
	case "application/zlib":
		return s.ext == "zz" || s.ext == "zlib"
	}
	return true
}

// isPortableExecutable reports whether the header of DOS points to that of
// Windows.
func isPortableExecutable(b []byte) bool {
	if len(b) < 64 {
		return false
	}
	off := int64(binary.LittleEndian.Uint32(b[60:]))
	return off+4 <= int64(len(b)) && string(b[off:off+4]) == "PE\x00\x00"
}

// hasInterpreter reports whether an ELF file names its dynamic linker, as programs
// do and libraries do not. Both may have the file type of shared objects.
func hasInterpreter(b []byte) bool {
	return containsAny(b, []string{"/ld-", "/ld.", "/system/bin/linker"})
}

// isIcon reports whether the first entry of the directory of an icon is possible.
func isIcon(b []byte) bool {
	const headerSize, entrySize = 6, 16
	if len(b) < headerSize+entrySize {
		return false
	}
	count := int(binary.LittleEndian.Uint16(b[4:]))
	reserved := b[9]
	image := int64(binary.LittleEndian.Uint32(b[18:])) // offset
	return 0 < count && count < 256 && reserved == 0 && image >= int64(headerSize+entrySize*count)
}

// isTrueType reports whether b begins with the version of a TrueType font, the
// number of its tables, and the tag of the first.
func isTrueType(b []byte) bool {
	if len(b) < 28 || string(b[:4]) != "\x00\x01\x00\x00" && string(b[:4]) != "true" {
		return false
	}
	for _, c := range b[12:16] {
		if c < ' ' || c > '~' {
			return false
		}
	}
	tables := binary.BigEndian.Uint16(b[4:])
	return 0 < tables && tables <= 64
}

// hasMP3Frames reports whether b begins with a frame of MPEG audio, layer III, and
// whether other frames follow. All begin with the same two octets, and none is
// longer than 1441 octets.
func hasMP3Frames(b []byte) bool {
	const sync, mask = 0xFFE2, 0xFFE6 // 11 bits, and after the version, the layer
	const minFrames, head = 3, 8 << 10
	if len(b) < 4 || binary.BigEndian.Uint16(b)&mask != sync {
		return false
	}
	bitRate, sampleRate := b[2]>>4, b[2]>>2&3
	isValid := bitRate != 0 && bitRate != 0xF && sampleRate != 3
	return isValid && bytes.Count(b[:min(len(b), head)], b[:2]) >= minFrames
}

// hasTwoAACFrames reports whether b begins with an ADTS frame (ISO 13818-7 §6.2),
// and whether another frame follows where the first one ends.
func hasTwoAACFrames(b []byte) bool {
	const headerSize = 7
	if len(b) < headerSize {
		return false
	}
	next := int(b[3]&3)<<11 | int(b[4])<<3 | int(b[5])>>5
	return next >= headerSize && next+1 < len(b) && b[next] == 0xFF && b[next+1]&0xF6 == 0xF0
}
