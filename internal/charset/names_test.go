package charset

import (
	"bytes"
	"flag"
	"fmt"
	"go/ast"
	"go/format"
	"go/parser"
	"go/token"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/htmlindex"
	"golang.org/x/text/encoding/ianaindex"
	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/encoding/korean"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/traditionalchinese"
	"golang.org/x/text/encoding/unicode"
)

var update = flag.Bool("update", false, "write names.go again")

// TestNames holds names.go to the indexes of x/text. The program does without
// them: their maps, and the languages that one of them knows, are made at every
// start, a quarter of all that happens before main.
func TestNames(t *testing.T) {
	want := namesFile(t)
	if *update {
		if err := os.WriteFile("names.go", want, 0o666); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile("names.go")
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("names.go is not what the indexes say: go test ./internal/charset -update")
	}
}

// indexed asks both indexes.
func indexed(name string) encoding.Encoding {
	e, err := htmlindex.Get(name)
	if err != nil || e == encoding.Replacement {
		if e, err = ianaindex.IANA.Encoding(name); err != nil {
			return nil
		}
	}
	if ascii, _ := ianaindex.IANA.Encoding("us-ascii"); e == ascii {
		return charmap.Windows1252 // as the web reads it, under its other names too
	}
	return e
}

// written is an encoding as the source names it.
type written struct {
	source string
	encoding.Encoding
}

var allWritten = []written{
	{"unicode.UTF8", unicode.UTF8},
	{"unicode.UTF16(unicode.BigEndian, unicode.UseBOM)", unicode.UTF16(unicode.BigEndian, unicode.UseBOM)},
	{"unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM)", unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM)},
	{"unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM)", unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM)},
	{"charmap.CodePage037", charmap.CodePage037},
	{"charmap.CodePage437", charmap.CodePage437},
	{"charmap.CodePage850", charmap.CodePage850},
	{"charmap.CodePage852", charmap.CodePage852},
	{"charmap.CodePage855", charmap.CodePage855},
	{"charmap.CodePage858", charmap.CodePage858},
	{"charmap.CodePage860", charmap.CodePage860},
	{"charmap.CodePage862", charmap.CodePage862},
	{"charmap.CodePage863", charmap.CodePage863},
	{"charmap.CodePage865", charmap.CodePage865},
	{"charmap.CodePage866", charmap.CodePage866},
	{"charmap.CodePage1047", charmap.CodePage1047},
	{"charmap.CodePage1140", charmap.CodePage1140},
	{"charmap.ISO8859_2", charmap.ISO8859_2},
	{"charmap.ISO8859_3", charmap.ISO8859_3},
	{"charmap.ISO8859_4", charmap.ISO8859_4},
	{"charmap.ISO8859_5", charmap.ISO8859_5},
	{"charmap.ISO8859_6", charmap.ISO8859_6},
	{"charmap.ISO8859_6E", charmap.ISO8859_6E},
	{"charmap.ISO8859_6I", charmap.ISO8859_6I},
	{"charmap.ISO8859_7", charmap.ISO8859_7},
	{"charmap.ISO8859_8", charmap.ISO8859_8},
	{"charmap.ISO8859_8E", charmap.ISO8859_8E},
	{"charmap.ISO8859_8I", charmap.ISO8859_8I},
	{"charmap.ISO8859_10", charmap.ISO8859_10},
	{"charmap.ISO8859_13", charmap.ISO8859_13},
	{"charmap.ISO8859_14", charmap.ISO8859_14},
	{"charmap.ISO8859_15", charmap.ISO8859_15},
	{"charmap.ISO8859_16", charmap.ISO8859_16},
	{"charmap.KOI8R", charmap.KOI8R},
	{"charmap.KOI8U", charmap.KOI8U},
	{"charmap.Macintosh", charmap.Macintosh},
	{"charmap.MacintoshCyrillic", charmap.MacintoshCyrillic},
	{"charmap.Windows874", charmap.Windows874},
	{"charmap.Windows1250", charmap.Windows1250},
	{"charmap.Windows1251", charmap.Windows1251},
	{"charmap.Windows1252", charmap.Windows1252},
	{"charmap.Windows1253", charmap.Windows1253},
	{"charmap.Windows1254", charmap.Windows1254},
	{"charmap.Windows1255", charmap.Windows1255},
	{"charmap.Windows1256", charmap.Windows1256},
	{"charmap.Windows1257", charmap.Windows1257},
	{"charmap.Windows1258", charmap.Windows1258},
	{"charmap.XUserDefined", charmap.XUserDefined},
	{"japanese.EUCJP", japanese.EUCJP},
	{"japanese.ISO2022JP", japanese.ISO2022JP},
	{"japanese.ShiftJIS", japanese.ShiftJIS},
	{"korean.EUCKR", korean.EUCKR},
	{"simplifiedchinese.GB18030", simplifiedchinese.GB18030},
	{"simplifiedchinese.GBK", simplifiedchinese.GBK},
	{"simplifiedchinese.HZGB2312", simplifiedchinese.HZGB2312},
	{"traditionalchinese.Big5", traditionalchinese.Big5},
}

// namesFile is names.go as the indexes have it.
func namesFile(t *testing.T) []byte {
	names := map[string][]string{} // of the source of an encoding
	for _, name := range indexNames(t) {
		e := indexed(name)
		if e == nil {
			continue
		}
		at := slices.IndexFunc(allWritten, func(w written) bool { return w.Encoding == e })
		if at < 0 {
			t.Fatalf("%s is an encoding (%v) that this test cannot write down", name, e)
		}
		source := allWritten[at].source
		names[source] = append(names[source], strconv.Quote(name))
	}
	var b bytes.Buffer
	b.WriteString(`// Code generated by TestNames -update. DO NOT EDIT.

package charset

import (
	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/encoding/korean"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/traditionalchinese"
	"golang.org/x/text/encoding/unicode"
)

// named knows the names in lower case; nil: none.
func named(name string) encoding.Encoding {
	switch name {
`)
	for _, w := range allWritten {
		fmt.Fprintf(&b, "case %s:\nreturn %s\n", strings.Join(names[w.source], ", "), w.source)
	}
	b.WriteString("}\nreturn nil\n}\n")
	source, err := format.Source(b.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	return source
}

// indexNames reads the names from the source of the indexes, which do not tell
// them: in lower case, in order, each once.
func indexNames(t *testing.T) []string {
	var names []string
	for _, table := range []struct{ index, variable string }{
		{"htmlindex", "nameMap"},
		{"ianaindex", "ianaAliases"},
	} {
		// Of the package: a vendored module has no folder.
		dir, err := exec.Command("go", "list", "-f", "{{.Dir}}", "golang.org/x/text/encoding/"+table.index).Output()
		if err != nil {
			t.Fatal(err)
		}
		path := filepath.Join(strings.TrimSpace(string(dir)), "tables.go")
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		before := len(names)
		ast.Inspect(file, func(n ast.Node) bool {
			if v, ok := n.(*ast.ValueSpec); ok && v.Names[0].Name == table.variable {
				for _, e := range v.Values[0].(*ast.CompositeLit).Elts {
					name, err := strconv.Unquote(e.(*ast.KeyValueExpr).Key.(*ast.BasicLit).Value)
					if err != nil {
						t.Fatal(err)
					}
					names = append(names, strings.ToLower(name))
				}
			}
			return true
		})
		if len(names) == before {
			t.Fatalf("no %s in %s", table.variable, path)
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}
