package charset

import (
	"strings"
	"testing"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/htmlindex"
	"golang.org/x/text/encoding/ianaindex"
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

		{"utf-7", "", ""},       // no program reads it
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

// A name that the indexes of golang.org/x/text know means the same to them. All
// their encodings have names.
func TestIndexes(t *testing.T) {
	checked := 0
	for _, tt := range encodings {
		names := strings.Fields(tt.names)
		if name, err := ianaindex.MIME.Name(tt.encoding); err == nil {
			names = append(names, name)
		}
		if name, err := htmlindex.Name(tt.encoding); err == nil {
			names = append(names, name)
		}
		for _, name := range names {
			want := indexed(name)
			if want == nil {
				continue // the name is not plain there
			}
			checked++
			if got, _ := Find(name); got != want {
				t.Errorf("Find(%q) = %v, want %v", name, got, want)
			}
		}
	}
	if checked < 250 {
		t.Errorf("only %d names are in an index", checked)
	}
	for _, e := range charmap.All {
		name, err := ianaindex.MIME.Name(e)
		if err != nil { // without a name, such as ISO-8859-9E
			continue
		}
		if _, known := Find(name); !known {
			t.Errorf("%s is unknown", name)
		}
	}
}

// indexed returns the encoding that an index has for a name: first that of browsers.
func indexed(name string) encoding.Encoding {
	e, err := htmlindex.Get(name)
	if err != nil || e == encoding.Replacement {
		e, _ = ianaindex.IANA.Encoding(name)
	}
	if ascii, _ := ianaindex.IANA.Encoding("us-ascii"); e == ascii {
		return charmap.Windows1252 // as in browsers
	}
	return e
}
