package detect

import "testing"

func TestExtension(t *testing.T) {
	for mediaType, want := range map[string]string{
		"image/png": ".png", "image/jpeg": ".jpg", "text/html": ".html", "message/rfc822": ".eml",
		"application/octet-stream": "", "text/x-unknown": "", "": "",
	} {
		if got := Extension(mediaType); got != want {
			t.Errorf("%q: %q, want %q", mediaType, got, want)
		}
	}
}
