package detect

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/ianaindex"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/encoding/unicode/utf32"

	"mailpipe/internal/ascii"
	"mailpipe/internal/testservers"
)

// written has the charsets in which languages were written before Unicode.
var written = []struct{ languages, charsets string }{
	{"de fr es it pt nl da sv nb fi is", "iso-8859-1 iso-8859-15 windows-1252"},
	{"pl cs sk hu sl ro", "iso-8859-2 windows-1250"},
	{"ru", "windows-1251 iso-8859-5 koi8-r ibm866"},
	{"uk", "windows-1251 koi8-u"},
	{"bg", "windows-1251 iso-8859-5"},
	{"el", "iso-8859-7 windows-1253"},
	{"tr", "iso-8859-9 windows-1254"},
	{"he", "iso-8859-8 windows-1255"},
	{"ar", "iso-8859-6 windows-1256"},
	{"lt lv", "iso-8859-13 windows-1257"},
	{"th", "tis-620"},
	{"ja", "shift_jis euc-jp iso-2022-jp"},
	{"ko", "euc-kr"},
	{"zh_CN", "gb2312 gb18030"},
	{"zh_TW", "big5"},
}

// everywhere has the charsets of every language.
const everywhere = "utf-8 utf-16le utf-16be utf-16 utf-32le utf-32be utf-32"

const (
	maxTexts = 8       // per language
	textSize = 2 << 10 // octets of a text in UTF-8
)

// Texts by translators are converted to the charsets of their languages. A charset
// is right if it decodes the octets to the same text.
func TestCharsets(t *testing.T) {
	texts := corpusTexts(t)
	var all, legacy score
	misses := map[string]int{}
	for _, w := range written {
		for _, language := range strings.Fields(w.languages) {
			if len(texts[language]) < 2 {
				t.Errorf("%s: %d texts in the corpus", language, len(texts[language]))
			}
			for i, text := range texts[language] {
				for _, charset := range strings.Fields(w.charsets + " " + everywhere) {
					isUnicode := strings.HasPrefix(charset, "utf-")
					if isUnicode && i > 1 {
						continue
					}
					octets, ok := encode(text, charset)
					if !ok {
						continue
					}
					got := Charset(octets)
					verdict := judgeCharset(octets, charset, got)
					all.add(verdict)
					if !isUnicode {
						legacy.add(verdict)
					}
					if verdict != right {
						misses[fmt.Sprintf("%s in %s: %q", language, charset, got)]++
					}
				}
			}
		}
	}
	for _, k := range slices.Sorted(maps.Keys(misses)) {
		t.Logf("%s, %d times", k, misses[k])
	}
	t.Logf("all charsets: %v", all)
	t.Logf("without Unicode: %v", legacy)
	if all.share(right) < 0.96 || legacy.share(right) < 0.92 || all.share(wrong) > 0.025 {
		t.Error("want 96 % right, 92 % without Unicode, at most 2.5 % wrong")
	}
}

// judgeCharset compares the charset that was found with the right one.
func judgeCharset(octets []byte, want, got string) verdict {
	if got == "" {
		return generic
	}
	a, errA := decode(octets, want)
	b, errB := decode(octets, got)
	if errA == nil && errB == nil && a == b {
		return right
	}
	return wrong
}

// encode returns the lines of text that a charset can write, in that charset. If it
// lacks typographic signs, those of typewriters take their place. It reports false
// if too little of the text is left or all of that is ASCII.
func encode(text, charset string) ([]byte, bool) {
	e := encodingOf(charset)
	if charset == "gb2312" {
		e, _ = ianaindex.MIME.Encoding("gbk")
	}
	if !strings.HasPrefix(charset, "utf-") {
		if !strings.HasPrefix(charset, "windows-") {
			text = typewriter.Replace(text)
		}
		if charset == "iso-8859-2" || charset == "windows-1250" {
			text = strings.NewReplacer("ș", "ş", "ț", "ţ", "Ș", "Ş", "Ț", "Ţ").Replace(text)
		}
	}
	var out []byte
	for line := range strings.Lines(text) {
		if b, err := e.NewEncoder().Bytes([]byte(line)); err == nil {
			out = append(out, b...)
		}
	}
	if strings.HasPrefix(charset, "utf-") {
		out, _ = e.NewEncoder().Bytes([]byte(text))
		return out, true
	}
	return out, len(out) > textSize/6 && (!ascii.Only(out) || bytes.IndexByte(out, 0x1b) >= 0)
}

var typewriter = strings.NewReplacer("“", `"`, "”", `"`, "„", `"`, "‘", "'", "’", "'", "‚", "'",
	"–", "-", "—", "-", "…", "...", "•", "*", "\u00a0", " ")

func decode(octets []byte, charset string) (string, error) {
	b, err := encodingOf(charset).NewDecoder().Bytes(octets)
	return strings.TrimPrefix(string(b), "\ufeff"), err
}

func encodingOf(charset string) encoding.Encoding {
	switch charset {
	case "utf-8", "us-ascii":
		return encoding.Nop
	case "utf-16":
		return unicode.UTF16(unicode.LittleEndian, unicode.UseBOM)
	case "utf-16le":
		return unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM)
	case "utf-16be":
		return unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM)
	case "utf-32":
		return utf32.UTF32(utf32.LittleEndian, utf32.UseBOM)
	case "utf-32le":
		return utf32.UTF32(utf32.LittleEndian, utf32.IgnoreBOM)
	case "utf-32be":
		return utf32.UTF32(utf32.BigEndian, utf32.IgnoreBOM)
	case "tis-620":
		return charmap.Windows874
	case "gb2312":
		charset = "gb18030"
	}
	e, err := ianaindex.MIME.Encoding(charset)
	if err != nil || e == nil {
		return encoding.Replacement
	}
	return e
}

// corpusTexts returns texts of the translations in the corpus, by language. It
// leaves out what is shorter than a sentence.
func corpusTexts(t *testing.T) map[string][]string {
	pattern := filepath.Join(corpusDir, "calligra*", "usr/share/locale/*/LC_MESSAGES/*.mo")
	testservers.NeedFiles(t, pattern, ".ci/corpus")
	paths, _ := filepath.Glob(pattern)
	slices.Sort(paths)
	texts := map[string][]string{}
	parts := map[string]*strings.Builder{}
	for _, path := range paths {
		language := filepath.Base(filepath.Dir(filepath.Dir(path)))
		b, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		text := parts[language]
		if text == nil {
			text = new(strings.Builder)
			parts[language] = text
		}
		for _, message := range messages(b) {
			if utf8.RuneCountInString(message) < 30 && !strings.HasPrefix(language, "zh") && language != "ja" {
				continue
			}
			text.WriteString(strings.ReplaceAll(message, "&", "") + "\n")
			if text.Len() > textSize && len(texts[language]) < maxTexts {
				texts[language] = append(texts[language], text.String())
				text.Reset()
			}
		}
	}
	return texts
}

// messages returns the translations in a binary catalog of gettext.
func messages(b []byte) (out []string) {
	if len(b) < 20 || binary.LittleEndian.Uint32(b) != 0x950412de {
		return nil
	}
	count, table := binary.LittleEndian.Uint32(b[8:]), binary.LittleEndian.Uint32(b[16:])
	for i := uint32(1); i < count; i++ { // the first is a header
		entry := b[table+8*i:]
		n, at := binary.LittleEndian.Uint32(entry), binary.LittleEndian.Uint32(entry[4:])
		message, _, _ := strings.Cut(string(b[at:at+n]), "\x00")
		out = append(out, message)
	}
	return out
}
