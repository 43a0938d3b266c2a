package cli

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"mailpipe/compose"
)

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
		{"a.ics,type=text/calendar;method=REQUEST,charset=utf-8", "a.ics", compose.Part{Type: "text/calendar;method=REQUEST", Charset: "utf-8"}},
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
		if diff := cmp.Diff(tt.part, got.part, cmp.FilterPath(func(p cmp.Path) bool { return p.String() == "Open" }, cmp.Ignore())); diff != "" {
			t.Errorf("%q: %s", tt.arg, diff)
		}
	}
	for _, arg := range []string{
		",name=x", "a.txt,name=", "a.txt,name=a\nb", "a.txt,name=\xff", "a.txt,type=text", "a.txt,type=multipart/mixed",
		"a.txt,encoding=binary", "a.txt,disposition=x", "a.txt,name=a\u0085",
	} {
		if a, err := parseAttachment(filepath.FromSlash(arg)); exitCode(err) != exitUsage {
			t.Errorf("%q: %+v, %v", arg, a, err)
		}
	}
}

func TestParseSize(t *testing.T) {
	for text, want := range map[string]int64{
		"1": 1, "1000": 1000, "1K": 1024, "20k": 20480, "3M": 3 << 20, "2G": 2 << 30,
		"": 0, "K": 0, "-1": 0, "+1": 0, "0": 0, "1.5M": 0, "1KB": 0, "9999999999G": 0, "1T": 0, "x": 0,
	} {
		got, err := parseSize("--max-body", text)
		if got != want || (err == nil) != (want > 0) {
			t.Errorf("%q: %d, %v", text, got, err)
		}
	}
}
