package detect

import (
	"strings"
	"testing"
)

// The file name says that a container has only audio, unless there is video in it.
func TestAudioOnly(t *testing.T) {
	matroska := "\x1A\x45\xDF\xA3\x93\x42\x82\x88matroska\x42\x87\x81\x01\x18\x53\x80\x67"
	webm := strings.Replace(matroska, "\x88matroska", "\x84webm", 1)
	asf := "\x30\x26\xB2\x75\x8E\x66\xCF\x11\xA6\xD9\x00\xAA\x00\x62\xCE\x6C\x00\x00"
	mp4 := "\x00\x00\x00\x18ftypisom\x00\x00\x02\x00isommp41"
	const videoTrack, audioTrack = "\xAE\x8A\xD7\x81\x01\x83\x81\x01", "\xAE\x8A\xD7\x81\x01\x83\x81\x02"
	const cluster = "\x1F\x43\xB6\x75"
	for _, c := range []struct{ name, content, want string }{
		{"a.mka", matroska, "audio/matroska"},
		{"a.MKA", matroska + audioTrack + cluster + videoTrack, "audio/matroska"},
		{"a.mka", matroska + audioTrack + videoTrack, "video/matroska"},
		{"a.mkv", matroska + audioTrack, "video/matroska"},
		{"a.weba", webm + audioTrack, "audio/webm"},
		{"a.weba", webm + videoTrack, "video/webm"},
		{"a.webm", webm, "video/webm"},
		{"a", webm, "video/webm"},
		{"a.wma", asf, "audio/x-ms-wma"},
		{"a.wma", asf + "\xC0\xEF\x19\xBC\x4D\x5B\xCF\x11\xA8\xFD\x00\x80\x5F\x5C\x44\x2B", "video/x-ms-asf"},
		{"a.wmv", asf, "video/x-ms-asf"},
		{"a.m4a", mp4, "audio/mp4"},
		{"a.m4b", mp4 + "\x00\x00\x00\x21hdlr\x00\x00\x00\x00\x00\x00\x00\x00soun", "audio/mp4"},
		{"a.m4a", mp4 + "\x00\x00\x00\x21hdlr\x00\x00\x00\x00\x00\x00\x00\x00vide", "video/mp4"},
		{"a.mp4", mp4, "video/mp4"},
	} {
		if got := fileOf(t, c.name, c.content); got.Type != c.want {
			t.Errorf("%s %q: %s (%s), want %s", c.name, c.content, got.Type, got.Why, c.want)
		}
	}
}
