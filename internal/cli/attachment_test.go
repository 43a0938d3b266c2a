package cli

import (
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"mailpipe/compose"
)

var ignoreOpen = cmp.FilterPath(func(p cmp.Path) bool { return p.String() == "Open" }, cmp.Ignore())

func TestParseAttachment(t *testing.T) {
	t.Chdir(t.TempDir())
	for _, name := range []string{"a.txt", "b,name=c.txt", "x;type=y"} {
		if err := os.WriteFile(name, nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, tt := range []struct {
		arg, path string
		part      compose.Part
	}{
		{"a.txt", "a.txt", compose.Part{}},
		{"-", "-", compose.Part{}},
		{"-,name=dump.sql.gz", "-", compose.Part{Name: "dump.sql.gz"}},
		{"a.txt,type=text/csv", "a.txt", compose.Part{Type: "text/csv"}},
		{"a.txt;type=text/csv;name=b.csv", "a.txt", compose.Part{Type: "text/csv", Name: "b.csv"}},
		{"a.txt; type=text/csv, name=b.csv", "a.txt", compose.Part{Type: "text/csv", Name: "b.csv"}},
		{"a.txt,name=b,c;d.csv", "a.txt", compose.Part{Name: "b,c;d.csv"}},
		{"a.txt,name=a=b", "a.txt", compose.Part{Name: "a=b"}},
		{"a.txt,name=x/y.txt", "a.txt", compose.Part{Name: "x_y.txt"}},
		{"a.ics,type=text/calendar;method=REQUEST,charset=utf-8", "a.ics",
			compose.Part{Type: "text/calendar;method=REQUEST", Charset: "utf-8"}},
		{"a.txt,encoding=Base64,disposition=inline", "a.txt", compose.Part{Encoding: "base64", Disposition: "inline"}},
		{"a.txt,disposition=ATTACHMENT", "a.txt", compose.Part{Disposition: "attachment"}},
		{"b,name=c.txt", "b,name=c.txt", compose.Part{}}, // it exists
		{"x;type=y", "x;type=y", compose.Part{}},
		{"b,name=d.txt", "b", compose.Part{Name: "d.txt"}},
		{"a,b,c", "a,b,c", compose.Part{}}, // no known key
		{"a,typ=text/plain", "a,typ=text/plain", compose.Part{}},
	} {
		got, err := parseAttachment(tt.arg)
		if err != nil {
			t.Errorf("%q: %v", tt.arg, err)
			continue
		}
		if got.path != tt.path {
			t.Errorf("%q: path %q, want %q", tt.arg, got.path, tt.path)
		}
		if diff := cmp.Diff(tt.part, got.part, ignoreOpen); diff != "" {
			t.Errorf("%q: %s", tt.arg, diff)
		}
	}
	for arg, want := range map[string]string{
		",name=x":          "missing file name",
		"a.txt,name=":      "invalid name=: must not be empty",
		"a.txt,filename=x": "unknown key filename",
	} {
		a, err := parseAttachment(arg)
		if exitCode(err) != exitUsage || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %+v, %v, want %q", arg, a, err, want)
		}
	}
}
