package inputfile

import "testing"

// Only the base name, in UTF-8, without control characters and
// bidirectional overrides.
func TestName(t *testing.T) {
	for _, tt := range []struct {
		path, want string
		note       bool
	}{
		{"a.txt", "a.txt", false},
		{"../../etc/passwd", "passwd", false},
		{"/tmp/été 2026.png", "été 2026.png", false},
		{"dir/.profile", ".profile", false},
		{`C:\x;"y".txt`, `C:\x;"y".txt`, false}, // compose quotes it
		{"/dev/fd/63", "input-63", true},
		{"/proc/self/fd/3", "input-3", true},
		{"a\r\nb\x1b.txt", "a__b_.txt", true},
		{"invoice\u202efdp.exe", "invoice_fdp.exe", true},
		{"\u2066x\u0085", "_x_", true},
		{"\xe9t\xe9.txt", "été.txt", true},
		{"\x81\x80\x01", "_€_", true},
		// Joiners and marks are ordinary characters of many scripts.
		{"a\u200db", "a\u200db", false},
		{"a\u200e\u200f\u061cb.txt", "a\u200e\u200f\u061cb.txt", false},
	} {
		got, note := Name(tt.path)
		if got != tt.want || (note != "") != tt.note {
			t.Errorf("Name(%q) = %q, %q; want %q, a note: %v", tt.path, got, note, tt.want, tt.note)
		}
	}
}
