package charset

import "testing"

func TestFind(t *testing.T) {
	for _, tt := range []struct{ name, octets, want string }{
		{"iso-8859-1", "\x80\xe9", "€é"}, // the web's: windows-1252
		{"Latin1", "\xe9", "é"},
		{"KOI8-R", "\xc1", "а"},
		{" Koi8-U\t", "\xc1", "а"}, // blanks do not matter
		{"cp437", "\x82", "é"},     // IANA's alone
		{"gb2312", "\xd6\xd0", "中"},
		{"utf-7", "", ""},       // nobody reads it
		{"iso-2022-kr", "", ""}, // browsers refuse it
		{"no-such", "", ""},
		{"", "", ""},
	} {
		e, known := Find(tt.name)
		if known != (tt.want != "") {
			t.Errorf("Find(%q): %v", tt.name, known)
			continue
		}
		if !known {
			continue
		}
		if got, err := e.NewDecoder().String(tt.octets); got != tt.want || err != nil {
			t.Errorf("%s: %q, %v, want %q", tt.name, got, err, tt.want)
		}
	}
}
