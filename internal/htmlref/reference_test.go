package htmlref

import "testing"

func TestContentID(t *testing.T) {
	for _, tt := range []struct {
		reference, id string
		ok            bool
	}{
		{"cid:1@x", "1@x", true},
		{"CiD:1%40x", "1@x", true},
		{"cid:100%.png", "100%.png", true},
		{"cid:a:b", "a:b", true},
		{"cid:", "", true},
		{"cid", "", false},
		{"cidx:1", "", false},
		{"a/cid:1", "", false},
		{"", "", false},
	} {
		id, ok := ContentID(tt.reference)
		if id != tt.id || ok != tt.ok {
			t.Errorf("%q: %q, %v", tt.reference, id, ok)
		}
	}
}
