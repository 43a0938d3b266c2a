package detect

import (
	"encoding/binary"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"mailpipe/internal/testservers"
)

// Short lines, as people write them into small files. For some of them no charset
// is likely enough; a charset that is found must be right.
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
			v := judgeCharset(octets, charset, got)
			if v == wrong || v == generic && c.want == right {
				t.Errorf("%s in %s: %q", c.text, charset, got)
			}
		}
	}
}

// A document that declares its charset is believed, unless the octets prove another.
func TestDeclared(t *testing.T) {
	for _, c := range []struct{ content, want string }{
		{"<?xml version='1.0' encoding='ISO-8859-5'?><a>\xB0 \xB1</a>", "iso-8859-5"},
		{"<html><head><meta http-equiv=Content-Type content='text/html; charset=x-sjis'>\x83\x65", "shift_jis"},
		{"<html><meta charset=\"gb2312\">\xC4\xE3\xBA\xC3", "gb18030"},
		{"<html><meta charset=iso-8859-1>\x93quoted\x94", "windows-1252"},
		{"<html><meta charset=iso-8859-1>\xC3\xA9t\xC3\xA9", "utf-8"},
		{"<html><meta charset=utf-8>Gr\xFC\xDFe aus K\xF6ln", "iso-8859-1"},
		{"<html><meta charset=x-unknown>Gr\xFC\xDFe aus K\xF6ln", "iso-8859-1"},
		{"<html><meta charset=us-ascii>Gr\xFC\xDFe aus K\xF6ln", "iso-8859-1"},
		{"<html><meta charset=utf-16>Gr\xFC\xDFe aus K\xF6ln", "iso-8859-1"},
		{"<html><meta charset=x-user-defined>Gr\xFC\xDFe aus K\xF6ln", "iso-8859-1"},
		{"<html><meta charset=KOI8-U>\xC1\xC2", "koi8-u"},
		{"<html><meta charset=latin2>\xB1 \xB6", "iso-8859-2"},

		// What only looks like a declaration.
		{"<html><!-- <meta charset=koi8-r> --><meta charset=latin2>\xB1 \xB6", "iso-8859-2"},
		{"<html><script>'<meta charset=koi8-r>'</script><meta charset=latin2>\xB1 \xB6", "iso-8859-2"},
		{"<html><title><meta charset=koi8-r></title><meta charset=latin2>\xB1 \xB6", "iso-8859-2"},
		{"<html><meta name=description content='charset=koi8-r'><meta charset=latin2>\xB1 \xB6", "iso-8859-2"},
		{"<html><meta data-charset=koi8-r charset=latin2>\xB1 \xB6", "iso-8859-2"},
		{"<html><meta data-charset=koi8-r><meta charset=latin2>\xB1 \xB6", "iso-8859-2"},
		{"<html><p title='<meta charset=koi8-r>'><meta charset=latin2>\xB1 \xB6", "iso-8859-2"},
		{"<html><noscript><meta charset=latin2></noscript>\xB1 \xB6", "iso-8859-2"},
	} {
		if r := Bytes("x.html", []byte(c.content)); r.Charset != c.want {
			t.Errorf("%q: %s, want %s", c.content, r, c.want)
		}
	}
	if r := Bytes("x.txt", []byte("<meta charset=koi8-r>Gr\xFC\xDFe aus K\xF6ln")); r.Charset != "iso-8859-1" {
		t.Errorf("in a text: %s, want iso-8859-1", r)
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
		{"russian.txt", "Копирование \xABзавершено\xBB успешно.\n", "text/plain"},
		{"emoji.txt", "😀😃😄😁😆 and \xF0\x9F\x98\n", "text/plain"},
		{"page.html", "<!DOCTYPE html><p>Žluťoučký kůň úpěl ďábelské ódy\x85</p>", "text/html"},
		{"data.xml", "<?xml version='1.0'?><a>áéíóöőúüű \xE1</a>", "application/xml"},
		{"cards.vcf", "BEGIN:VCARD\r\nFN:Jürgen Müller\r\nADR:Königstraße, Köln, M\xFCnchen\r\n", "text/vcard"},
		{"folded.vcf", "BEGIN:VCARD\r\nNOTE:Grüße, schöne Größe, die Höhe für alle\r\n spät\xC3\r\n" +
			" \xBCber Köln für dich, größere Städte\r\nEND:VCARD\r\n", "text/vcard"},
		{"cut.vcf", "BEGIN:VCARD\r\nFN:Zoë Gró\xC3", "text/vcard"},
		{"folded.ics", "BEGIN:VCALENDAR\r\nSUMMARY:会議の議題と資料についての打ち合\xE3\x82\r\n" +
			" \x8Fせ\r\nEND:VCALENDAR\r\n", "text/calendar"},
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

// These are the texts with which Python tests its codecs.
func TestEncodedByOthers(t *testing.T) {
	dir := filepath.Join(corpusDir, "libpython3.11-testsuite/usr/lib/python3.11/test/cjkencodings")
	testservers.NeedFiles(t, dir, ".ci/corpus")
	for name, want := range map[string]string{
		"big5":       "big5",
		"big5-utf8":  "utf-8",
		"euc_jp":     "euc-jp",
		"euc_kr":     "euc-kr",
		"gb18030":    "gb18030",
		"gb2312":     "gb18030",
		"gbk":        "gb18030",
		"iso2022_jp": "iso-2022-jp",
		"iso2022_kr": "iso-2022-kr",
		"shift_jis":  "shift_jis",
	} {
		b, err := os.ReadFile(filepath.Join(dir, name+".txt"))
		if err != nil {
			t.Fatal(err)
		}
		if got := Charset(b); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
}

// The octets prove these charsets.
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
