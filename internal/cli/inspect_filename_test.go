package cli

import (
	"strings"
	"testing"
	"unicode/utf8"

	"mailpipe/internal/inspect"
)

func TestPartFileName(t *testing.T) {
	long := strings.Repeat("é", 200)
	for _, tt := range []struct{ name, mediaType, want string }{
		{"a.png", "image/png", "a.png"},
		{"a/b\\c.png", "image/png", "c.png"},
		{"dir/", "image/png", "part-1.2.png"},
		{"", "text/x-unknown", "part-1.2.txt"},
		{"", "message/delivery-status", "part-1.2.txt"},
		{"", "application/octet-stream", "part-1.2.bin"},
		{"", "no/such", "part-1.2.bin"},
		{"", "message/rfc822", "part-1.2.eml"},
		{"a.txt", "message/rfc822", "a.txt.eml"},
		{"a.EML", "message/rfc822", "a.EML"},
		{"..", "image/png", "__"},
		{".ssh", "image/png", "_ssh"},
		{"a\x00\n\x1b[31m\u202egnp.exe", "image/png", "a___[31m_gnp.exe"},
		{`a<b>c:d"e|f?g*h`, "image/png", "a_b_c_d_e_f_g_h"},
		{"con", "text/plain", "_"},
		{"Com1.tar.gz", "text/plain", "_.tar.gz"},
		{"LPT¹ .x", "text/plain", "_.x"},
		{"COM10.txt", "text/plain", "COM10.txt"},
		{"console", "text/plain", "console"},
		{long + ".png", "image/png", long[:250] + ".png"},
		{long, "text/plain", long[:254]},
		{"a." + long, "text/plain", "a." + long[:252]},
	} {
		got := partFileName(&inspect.Part{Number: "1.2", Name: tt.name, Type: tt.mediaType})
		if got != tt.want || len(got) > 255 || !utf8.ValidString(got) {
			t.Errorf("%q, %s: %q, want %q", tt.name, tt.mediaType, got, tt.want)
		}
	}
}

// A thousand parts of one name become a thousand files, and each is tried once.
func TestExtractManyNames(t *testing.T) {
	x, err := newExtraction(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	defer x.Close()
	tries := 0
	for range 1000 {
		p := &inspect.Part{Name: "a.png"}
		_, err := x.create(partFileName(p), func(name string) error {
			tries++
			f, err := x.root.OpenFile(name, extractMode, 0o600)
			if err == nil {
				err = f.Close()
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if tries != 1000 {
		t.Errorf("%d tries", tries)
	}
}
