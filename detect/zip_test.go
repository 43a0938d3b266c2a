package detect

import (
	"encoding/binary"
	"testing"
)

// Other programs than Office and LibreOffice write the members of their files
// with other names, charsets and line endings.
func TestZipMembers(t *testing.T) {
	const sheetType = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
	list := `<?xml version="1.0"?><Types><Override ContentType="` + sheetType + `.main+xml"/></Types>`
	const odt = "application/vnd.oasis.opendocument.text"
	for _, c := range []struct{ what, content, want string }{
		{"lower case", zipOf("[content_types].xml", list), sheetType},
		{"upper case", zipOf("[CONTENT_TYPES].XML", list), sheetType},
		{"a byte order mark", zipOf("[Content_Types].xml", "\xEF\xBB\xBF"+list), sheetType},
		{"UTF-16LE", zipOf("[Content_Types].xml", utf16Of(binary.LittleEndian, true, list)), sheetType},
		{"UTF-16BE", zipOf("[Content_Types].xml", utf16Of(binary.BigEndian, true, list)), sheetType},
		{"UTF-16 without a mark", zipOf("[Content_Types].xml", utf16Of(binary.LittleEndian, false, list)), sheetType},
		{"LF", zipOf("mimetype", odt+"\n"), odt},
		{"CRLF", zipOf("mimetype", odt+"\r\n"), odt},
		{"EPUB and LF", zipOf("mimetype", "application/epub+zip\n", "x", "x"), "application/epub+zip"},
		{"the first member of a name", zipOf("mimetype", odt, "mimetype", "application/epub+zip"), odt},
		{"a line before", zipOf("mimetype", "x\n"+odt), "application/zip"},
		{"two lines", zipOf("mimetype", odt+"\n"+odt), "application/zip"},
	} {
		if got := fileOf(t, "x", c.content); got.Type != c.want {
			t.Errorf("%s: %s (%s), want %s", c.what, got.Type, got.Why, c.want)
		}
	}
}
