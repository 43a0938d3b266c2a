package detect

import "bytes"

// oggHead is the number of octets at the beginning of Ogg that have the first
// packet of each stream.
const oggHead = 4 << 10

// byOgg recognizes Ogg (RFC 3533) by the first packets of its streams.
func byOgg(s *sample) (mediaType, why string) {
	video := []string{"\x80theora", "\x80daala", "BBCD\x00", "\x01video"}
	audio := []string{"\x01vorbis", "OpusHead", "\x7FFLAC", "fLaC", "Speex   ", "PCM     "}
	head := s.content[:min(len(s.content), oggHead)]
	switch {
	case !bytes.HasPrefix(head, []byte("OggS")):
		return "", ""
	case containsAny(head, video):
		return "video/ogg", "Ogg with video"
	case containsAny(head, audio):
		return "audio/ogg", "Ogg without video"
	}
	return "application/ogg", "Ogg"
}

// containers are the media types of files with video and audio, that of the same
// files with audio alone, and what the description of video contains.
var containers = [...]struct{ video, audio, mark string }{
	{"video/mp4", "audio/mp4", "\x00\x00\x00\x00vide"},   // handler type, ISO 14496-12 §8.4.3
	{"video/matroska", "audio/matroska", "\x83\x81\x01"}, // TrackType, RFC 9559 §5.1.4.1.3
	{"video/webm", "audio/webm", "\x83\x81\x01"},
	{"video/x-ms-asf", "audio/x-ms-wma", "\xC0\xEF\x19\xBC\x4D\x5B\xCF\x11\xA8\xFD\x00\x80\x5F\x5C\x44\x2B"},
}

// matroskaCluster is how the audio and video in Matroska and WebM begin. Their
// descriptions precede it.
const matroskaCluster = "\x1F\x43\xB6\x75"

// audioOnly returns the type for audio alone if the file name says so and the
// content does not describe video.
func (s *sample) audioOnly(mediaType string) string {
	named := binaryNames()[s.ext]
	descriptions, _, _ := bytes.Cut(s.content, []byte(matroskaCluster))
	for _, c := range containers {
		if mediaType == c.video && named == c.audio && !bytes.Contains(descriptions, []byte(c.mark)) {
			return c.audio
		}
	}
	return mediaType
}

func containsAny(b []byte, marks []string) bool {
	for _, mark := range marks {
		if bytes.Contains(b, []byte(mark)) {
			return true
		}
	}
	return false
}
