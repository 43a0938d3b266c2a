package charset

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

func TestFind(t *testing.T) {
	for _, tt := range []struct{ name, octets, want string }{
		{"iso-8859-1", "\x80\xe9", "€é"}, // as in browsers, windows-1252
		{"Latin1", "\xe9", "é"},
		{"KOI8-R", "\xc1", "а"},
		{" Koi8-U\t", "\xc1", "а"},
		{"cp437", "\x82", "é"}, // only IANA has it
		{"gb2312", "\xd6\xd0", "中"},

		// Names in real mail that neither browsers nor IANA have.
		{"cp932", "\x93\xfa", "日"},
		{"cp949", "\xc7\xd1", "한"},
		{"MS949", "\xc7\xd1", "한"},
		{"eucjp", "\xc6\xfc", "日"},
		{"euc_kr", "\xc7\xd1", "한"},
		{"cp950", "\xa4\xa4", "中"},
		{"big5hkscs", "\xa4\xa4", "中"},
		{"latin-1", "\xe9", "é"},
		{"ISO 8859-2", "\xb1", "ą"},
		{"iso8859_15", "\xa4", "€"},
		{"mac-roman", "\x8e", "é"},
		{"MacRoman", "\x8e", "é"},
		{"x-mac-cyrillic", "\x80", "А"},
		{"cp858", "\xd5", "€"},
		{"cp00858", "\xd5", "€"},
		{"cp-850", "\x82", "é"},
		{"win1251", "\xc0", "А"},
		{"windows1250", "\xb9", "ą"},
		{"koi8u", "\xa4", "є"},
		{"tis620", "\xa1", "ก"},
		{"utf_8", "é", "é"},
		{"cp65001", "é", "é"},

		{"utf-7", "", ""},       // nobody reads it
		{"iso-2022-kr", "", ""}, // browsers refuse it
		{"iso-8859-12", "", ""}, // was never made
		{"cp8580", "", ""},
		{"latin", "", ""},
		{"utf-8\x00", "", ""},
		{"no-such", "", ""},
		{"-", "", ""},
		{"", "", ""},
	} {
		e, known := Find(tt.name)
		if known != (tt.want != "") {
			t.Errorf("Find(%q): known is %v", tt.name, known)
		}
		if !known || tt.want == "" {
			continue
		}
		if got, err := e.NewDecoder().String(tt.octets); got != tt.want || err != nil {
			t.Errorf("%s: %q is %q, %v, want %q", tt.name, tt.octets, got, err, tt.want)
		}
	}
}

// names.go has what the indexes of golang.org/x/text have.
func TestNamesAreGenerated(t *testing.T) {
	dir := t.TempDir()
	if out, err := exec.Command("go", "run", "gen.go", dir).CombinedOutput(); err != nil {
		t.Fatalf("go run gen.go: %v\n%s", err, out)
	}
	want, err := os.ReadFile(filepath.Join(dir, "names.go"))
	if err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile("names.go")
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("names.go is not what gen.go writes: run go generate ./internal/charset")
	}
}
