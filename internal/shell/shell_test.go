package shell

import (
	"os/exec"
	"testing"
)

func TestQuote(t *testing.T) {
	for _, tt := range []struct{ in, want string }{
		{"", "''"},
		{"-", "-"},
		{"smtp://a@mail.example:587", "smtp://a@mail.example:587"},
		{"two words", "'two words'"},
		{"o'brien@example.org", `'o'\''brien@example.org'`},
		{"$HOME", "'$HOME'"},
		{"~", "'~'"},
		{"a=b", "'a=b'"},
		{"été", "'été'"},
		{"a\nb", "'a\nb'"},
	} {
		if got := Quote(tt.in); got != tt.want {
			t.Errorf("Quote(%q) = %s, want %s", tt.in, got, tt.want)
		}
	}
}

func TestFile(t *testing.T) {
	for _, tt := range []struct{ in, want string }{
		{"a.txt", "a.txt"},
		{"-a.txt", "./-a.txt"},
		{"--password-command=reboot", "'./--password-command=reboot'"},
		{"/-a", "/-a"},
		{"", "''"},
	} {
		if got := File(tt.in); got != tt.want {
			t.Errorf("File(%q) = %s, want %s", tt.in, got, tt.want)
		}
	}
}

// FuzzQuote checks with sh that a quoted string is one word and reads as the string.
func FuzzQuote(f *testing.F) {
	sh, err := exec.LookPath("sh")
	if err != nil {
		f.Skip("no sh")
	}
	for _, s := range []string{"", "a b", "'", `\'`, "!x", "#", "~/x", "*", "a\nb", "$(id)", "`id`", "{a,b}"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		for _, c := range []byte(s) {
			if c == 0 {
				return // no argument can contain it
			}
		}
		got, err := exec.Command(sh, "-c", `printf '%s.' `+Quote(s)).Output()
		if err != nil || string(got) != s+"." {
			t.Errorf("%q reads as %q, %v", s, got, err)
		}
	})
}

func TestExpandHome(t *testing.T) {
	for name, want := range map[string]string{
		"~/a/b": "/home/me/a/b", "~/": "/home/me/",
		"~": "~", "~you/a": "~you/a", "a~/b": "a~/b", "/~/a": "/~/a", "": "",
	} {
		if got := ExpandHome(name, "/home/me"); got != want {
			t.Errorf("%q: %q, want %q", name, got, want)
		}
	}
	if got := ExpandHome("~/a", ""); got != "~/a" {
		t.Errorf("without a home: %q", got)
	}
}
