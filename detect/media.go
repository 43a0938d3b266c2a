package detect

import (
	"bytes"
	"encoding/binary"
)

// brands are the types of ISO media files by the brand in the first box
// (ISO 14496-12 §4.3). Others are video/mp4.
var brands = table(`
image/heic           heic heix heim heis
image/heic-sequence  hevc hevx hevm hevs
image/avif           avif avis
audio/mp4            M4A_ M4B_ M4P_ F4A_ F4B_
video/quicktime      qt__
video/3gpp           3gp1 3gp2 3gp3 3gp4 3gp5 3gp6 3gp7 3gp8 3gp9 3gg6 3ge6 3ge7 3gr6 3gs6 3gs7
video/3gpp2          3g2a 3g2b 3g2c
image/x-canon-cr3    crx_
video/mj2            mjp2 mj2s
`)

// byBrand tells the kinds of ISO media: HEIC, AVIF, M4A, MP4 and their kin.
func byBrand(s *sample, _ text) (mediaType, why string) {
	b := s.head
	if len(b) < 16 || string(b[4:8]) != "ftyp" {
		return "", ""
	}
	end := min(int64(binary.BigEndian.Uint32(b)), int64(len(b)))
	if end < 16 {
		return "", ""
	}
	brand := string(b[8:12])
	mediaType = brands()[string(bytes.ReplaceAll(b[8:12], []byte(" "), []byte("_")))]
	switch {
	case mediaType != "":
	case brand == "mif1" || brand == "msf1" || brand == "miaf":
		mediaType = "image/heif"
		for other := b[16:end]; len(other) >= 4; other = other[4:] {
			if t := brands()[string(other[:4])]; t == "image/avif" || t == "image/heic" {
				mediaType = t
				break
			}
		}
	case binaryNames()[s.ext] == "audio/mp4":
		return "audio/mp4", "its brand " + printable(brand) + " and its name"
	default:
		mediaType = "video/mp4"
	}
	return mediaType, "its brand " + printable(brand)
}

// byOgg tells sound from film by the streams that begin in the first pages (RFC 3533).
func byOgg(s *sample, _ text) (mediaType, why string) {
	const headerSize, begins = 27, 2
	b := s.head
	if !bytes.HasPrefix(b, []byte("OggS")) {
		return "", ""
	}
	for len(b) > headerSize && bytes.HasPrefix(b, []byte("OggS")) && b[5]&begins != 0 {
		segments := int(b[26])
		if len(b) < headerSize+segments {
			break
		}
		size := 0
		for _, n := range b[headerSize : headerSize+segments] {
			size += int(n)
		}
		b = b[headerSize+segments:]
		for _, codec := range [...]struct{ magic, mediaType string }{
			{"\x80theora", "video/ogg"}, {"BBCD", "video/ogg"}, {"\x80daala", "video/ogg"}, {"\x01video", "video/ogg"},
			{"\x01vorbis", "audio/ogg"}, {"OpusHead", "audio/ogg"}, {"\x7FFLAC", "audio/ogg"}, {"fLaC", "audio/ogg"},
			{"Speex", "audio/ogg"}, {"PCM     ", "audio/ogg"},
		} {
			if bytes.HasPrefix(b, []byte(codec.magic)) && mediaType != "video/ogg" {
				mediaType = codec.mediaType
			}
		}
		b = b[min(size, len(b)):]
	}
	if mediaType == "" {
		return "application/ogg", "it is Ogg"
	}
	return mediaType, "its streams"
}

// printable keeps what a file says of itself from doing harm where it is shown.
func printable(s string) string {
	for _, c := range []byte(s) {
		if c < ' ' || c > '~' {
			return "of four octets"
		}
	}
	return s
}
