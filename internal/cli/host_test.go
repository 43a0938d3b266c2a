package cli

import "testing"

func TestIsFullName(t *testing.T) {
	for host, want := range map[string]bool{
		"mail.example.org": true, "a-1.b": true, "A.B": true,
		"": false, "localhost": false, "a.": false, ".a": false, "a..b": false, "my_host.example.org": false,
		"-a.b": false, "a.b-": false, "bücher.example": false, "a b.c": false,
	} {
		if got := isFullName(host); got != want {
			t.Errorf("%q: %v", host, got)
		}
	}
}

func TestSpeaksUTF8(t *testing.T) {
	for _, tt := range []struct {
		env  map[string]string
		want bool
	}{
		{map[string]string{}, false},
		{map[string]string{"LANG": "en_US.UTF-8"}, true},
		{map[string]string{"LANG": "en_US.utf8"}, true},
		{map[string]string{"LANG": "C.UTF-8", "LC_CTYPE": "C"}, false},
		{map[string]string{"LC_CTYPE": "C", "LC_ALL": "C.UTF-8"}, true},
		{map[string]string{"LANG": "de_DE.ISO-8859-1"}, false},
	} {
		c := &call{Env: &Env{Getenv: func(name string) string { return tt.env[name] }}}
		if got := c.speaksUTF8(); got != tt.want {
			t.Errorf("%v: %v", tt.env, got)
		}
	}
}
