package detect

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"
	"sort"
	"strings"
	"testing"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/ianaindex"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/encoding/unicode/utf32"

	"mailpipe/internal/ascii"
)

// written are the charsets that the languages were written in before Unicode.
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

// everywhere are the charsets of every language.
const everywhere = "utf-8 utf-16le utf-16be utf-16 utf-32le utf-32be utf-32"

const (
	textsEach = 8       // texts of a language in a charset that is not Unicode
	textSize  = 2 << 10 // their size in octets of UTF-8
)

// TestCharsets converts what translators wrote to the charsets of their
// languages. A charset is right when it decodes the octets to the same text.
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
	keys := make([]string, 0, len(misses))
	for k := range misses {
		keys = append(keys, k)
	}
	sort.Strings(keys)
	for _, k := range keys {
		t.Logf("%s, %d times", k, misses[k])
	}
	t.Logf("charsets: %v", all)
	t.Logf("those that are not Unicode: %v", legacy)
	if all.share(right) < 0.96 || legacy.share(right) < 0.92 || all.share(wrong) > 0.025 {
		t.Error("under the bounds: 96 % right, 92 % of those that are not Unicode, at most 2.5 % wrong")
	}
}

// judgeCharset is generic where none was claimed.
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

// encode writes text in a charset, typewriter signs for what it lacks;
// false when a letter is missing, or nothing needs the charset.
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

var typewriter = strings.NewReplacer("“", `"`, "”", `"`, "„", `"`, "‘", "'", "’", "'", "‚", "'", "–", "-", "—", "-", "…", "...", "•", "*", "\u00a0", " ")

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

// corpusTexts reads the translations of the corpus: sentences only, in texts
// of some KiB, at most textsEach a language.
func corpusTexts(t *testing.T) map[string][]string {
	paths, _ := filepath.Glob(filepath.Join(corpusFolder, "calligra*", "usr/share/locale/*/LC_MESSAGES/*.mo"))
	if len(paths) == 0 {
		needCorpus(t, "translations")
	}
	sort.Strings(paths)
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
			if text.Len() > textSize && len(texts[language]) < textsEach {
				texts[language] = append(texts[language], text.String())
				text.Reset()
			}
		}
	}
	return texts
}

// messages reads the translations out of a binary catalogue of gettext.
func messages(b []byte) (out []string) {
	if len(b) < 20 || binary.LittleEndian.Uint32(b) != 0x950412de {
		return nil
	}
	count, table := binary.LittleEndian.Uint32(b[8:]), binary.LittleEndian.Uint32(b[16:])
	for i := uint32(1); i < count; i++ { // the first is the catalogue's header
		entry := b[table+8*i:]
		n, at := binary.LittleEndian.Uint32(entry), binary.LittleEndian.Uint32(entry[4:])
		message, _, _ := strings.Cut(string(b[at:at+n]), "\x00")
		out = append(out, message)
	}
	return out
}

// TestShortTexts has lines as people write them into small files. Nothing may
// be claimed of one (generic); what is claimed must be right.
func TestShortTexts(t *testing.T) {
	for _, c := range []struct {
		text, charsets string
		want           verdict
	}{
		{"Grüße aus Köln", "windows-1252 iso-8859-1", right},
		{"El niño comió en el jardín.", "windows-1252 iso-8859-1", right},
		{"São Paulo não é a capital", "windows-1252 iso-8859-1", right},
		{"Blåbærgrød med fløde", "windows-1252 iso-8859-1", right},
		{"Hyvää päivää", "windows-1252 iso-8859-1", right},
		{"Þetta er íslenska, æði góð", "windows-1252 iso-8859-1", right},
		{"Le prix : 10 € — c’est cher", "windows-1252", right},
		{"It’s “quoted” text – really", "windows-1252", right},
		{"Température : 20°C", "windows-1252 iso-8859-1", right},
		{"café", "windows-1252", generic},
		{"£100", "windows-1252", generic},
		{"Zażółć gęślą jaźń", "iso-8859-2 windows-1250", right},
		{"Příliš žluťoučký kůň úpěl ďábelské ódy", "iso-8859-2 windows-1250", generic},
		{"Árvíztűrő tükörfúrógép", "iso-8859-2 windows-1250", right},
		{"Ąžuolas žydi gražiai, ėjo per miškų takus", "iso-8859-13 windows-1257", right},
		{"İstanbul'da yağmur yağıyor, şemsiye aç", "iso-8859-9 windows-1254", right},
		{"Привет, как дела?", "windows-1251 koi8-r ibm866 iso-8859-5", right},
		{"Добрий день, їжак з'їв яблуко", "windows-1251 koi8-u", generic},
		{"Καλημέρα κόσμε", "iso-8859-7 windows-1253", right},
		{"שלום עולם", "iso-8859-8 windows-1255", right},
		{"مرحبا بالعالم", "iso-8859-6 windows-1256", right},
		{"สวัสดีชาวโลก", "tis-620", right},
		{"こんにちは、世界。", "shift_jis euc-jp iso-2022-jp", right},
		{"バックアップは正常に終了しました。", "shift_jis euc-jp iso-2022-jp", right},
		{"안녕하세요 세계", "euc-kr", right},
		{"你好，世界。备份已成功完成。", "gb18030", right},
		{"你好，世界。備份已成功完成。", "big5", right},
	} {
		for _, charset := range strings.Fields(c.charsets) {
			octets, err := encodingOf(charset).NewEncoder().Bytes([]byte(c.text + "\n"))
			if err != nil {
				t.Fatal(charset, err)
			}
			got := Charset(octets)
			if v := judgeCharset(octets, charset, got); v != c.want {
				t.Errorf("%s in %s: %q", c.text, charset, got)
			}
		}
	}
}

// TestDeclared: a document that names its charset is believed where the octets
// prove no other.
func TestDeclared(t *testing.T) {
	for _, c := range []struct{ content, want string }{
		{"<?xml version='1.0' encoding='ISO-8859-5'?><a>\xB0 \xB1</a>", "iso-8859-5"},
		{"<html><head><meta http-equiv=Content-Type content='text/html; charset=x-sjis'>\x83\x65", "shift_jis"},
		{"<html><meta charset=\"gb2312\">\xC4\xE3\xBA\xC3", "gb18030"},
		{"<html><meta charset=iso-8859-1>\x93quoted\x94", "windows-1252"},
		{"<html><meta charset=iso-8859-1>\xC3\xA9t\xC3\xA9", "utf-8"},
		{"<html><meta charset=utf-8>Gr\xFC\xDFe aus K\xF6ln", "iso-8859-1"},
		{"<html><meta charset=x-unknown>Gr\xFC\xDFe aus K\xF6ln", "iso-8859-1"},
	} {
		if r := Bytes("x.html", []byte(c.content)); r.Charset != c.want {
			t.Errorf("%q: %+v, want %s", c.content, r, c.want)
		}
	}
	if r := Bytes("x.txt", []byte("<meta charset=koi8-r>Gr\xFC\xDFe aus K\xF6ln")); r.Charset != "iso-8859-1" {
		t.Errorf("in a text: %+v", r)
	}
}

// A text in UTF-8 with a few damaged characters is UTF-8 under every name.
func TestDamagedUTF8(t *testing.T) {
	german := strings.Repeat("Grüße aus Köln, wo es heute regnet und morgen schön wird\n", 2)
	for _, c := range []struct{ name, content, want string }{
		{"cut.log", german + "wieder f\xC3", "text/plain"}, // by head -c
		{"tail.log", "\xBC" + german, "text/plain"},        // by tail -c
		{"stray.log", german + "caf\xE9\n", "text/plain"},
		{"", german + "caf\xE9\n", "text/plain"},
		{"stray.csv", "Größe;Höhe;Länge;Stärke;Gefäß\n1;2;3;4;\xB5m\n", "text/csv"},
		{"menu.md", "# 中文菜单\n宫保鸡丁 \xA312\n", "text/markdown"},
		{"russian.txt", "Резервное копирование \xABзавершено\xBB успешно.\n", "text/plain"},
		{"emoji.txt", "😀😃😄😁😆 and \xF0\x9F\x98\n", "text/plain"},
		{"page.html", "<!DOCTYPE html><p>Žluťoučký kůň úpěl ďábelské ódy\x85</p>", "text/html"},
		{"data.xml", "<?xml version='1.0'?><a>áéíóöőúüű \xE1</a>", "application/xml"},
		{"cards.vcf", "BEGIN:VCARD\r\nFN:Jürgen Müller\r\nADR:Königstraße, Köln, M\xFCnchen\r\nEND:VCARD\r\n", "text/vcard"},
		{"folded.vcf", "BEGIN:VCARD\r\nNOTE:Grüße, schöne Größe, die Höhe für alle\r\n spät\xC3\r\n \xBCber Köln für dich, größere Städte\r\nEND:VCARD\r\n", "text/vcard"},
		{"cut.vcf", "BEGIN:VCARD\r\nFN:Zoë Gró\xC3", "text/vcard"},
		{"folded.ics", "BEGIN:VCALENDAR\r\nSUMMARY:会議の議題と資料についての打ち合\xE3\x82\r\n \x8Fせ\r\nEND:VCALENDAR\r\n", "text/calendar"},
	} {
		want := c.want + "; charset=utf-8"
		if got := fileOf(t, c.name, c.content).String(); got != want {
			t.Errorf("File of %s: %s, want %s", c.name, got, want)
		}
		if got := Bytes(c.name, []byte(c.content)).String(); got != want {
			t.Errorf("Bytes of %s: %s, want %s", c.name, got, want)
		}
	}
}

// TestEncodedByOthers reads the texts that Python tests its codecs with.
func TestEncodedByOthers(t *testing.T) {
	names := map[string]string{
		"big5": "big5", "gb18030": "gb18030", "gb2312": "gb18030", "gbk": "gb18030", "euc_jp": "euc-jp", "euc_kr": "euc-kr",
		"shift_jis": "shift_jis", "iso2022_jp": "iso-2022-jp", "iso2022_kr": "iso-2022-kr", "big5-utf8": "utf-8",
	}
	for name, want := range names {
		b, err := os.ReadFile(filepath.Join(corpusFolder, "libpython3.11-testsuite/usr/lib/python3.11/test/cjkencodings", name+".txt"))
		if err != nil {
			needCorpus(t, "texts")
		}
		if got := Charset(b); got != want {
			t.Errorf("%s: %q", name, got)
		}
	}
}

// TestProofs are charsets that the octets prove.
func TestProofs(t *testing.T) {
	for _, c := range []struct{ octets, want string }{
		{"ascii\n", "us-ascii"},
		{"caf\xC3\xA9\n", "utf-8"},
		{"\xEF\xBB\xBFascii\n", "utf-8"},
		{"\xFF\xFEa\x00\n\x00", "utf-16"},
		{"\xFE\xFF\x00a\x00\n", "utf-16"},
		{"\xFF\xFE\x00\x00a\x00\x00\x00", "utf-32"},
		{"\x00\x00\xFE\xFF\x00\x00\x00a", "utf-32"},
		{utf16Of(binary.LittleEndian, false, "Ж и т\n"), "utf-16le"},
		{utf16Of(binary.BigEndian, false, "Ж и т\n"), "utf-16be"},
		{utf16Of(binary.LittleEndian, false, "中文，日本語\r\n😀 x\n"), "utf-16le"},
		{"a\x00\x00\x00\n\x00\x00\x00", "utf-32le"},
		{"\x00\x00\x00a\x00\x00\x00\n", "utf-32be"},
		{"\x1b$B$3$s\x1b(B\n", "iso-2022-jp"},
		{"\x1b$)C\x0e0!\x0f\n", "iso-2022-kr"},
		{"\x1b[1mbold\n", "us-ascii"},
		{"a\x00b", ""},
		{"\xFF\xFEa\x00\x01\x00", ""}, // a control character
		{"\xFF\xFE\x00\xD8a\x00", ""}, // half of a pair
		{"", "us-ascii"},
	} {
		if got := Charset([]byte(c.octets)); got != c.want {
			t.Errorf("%q: %q, want %q", c.octets, got, c.want)
		}
	}
}
