package detect

import (
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// A misleadingFile has a name or first octets that say what it is not.
type misleadingFile struct{ name, content, want string }

const (
	pngHead  = "\x89PNG\r\n\x1A\n\x00\x00\x00\x0DIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00"
	jpegHead = "\xFF\xD8\xFF\xE0\x00\x10JFIF\x00\x01\x01\x00\x00\x01"
	elfHead  = "\x7FELF\x02\x01\x01\x00\x00\x00\x00\x00\x00\x00\x00\x00\x03\x00"
	pdfHead  = "%PDF-1.7\n%\xE2\xE3\xCF\xD3\n1 0 obj\n\x00"
	gzipHead = "\x1F\x8B\x08\x00\x00\x00\x00\x00\x00\x03K\x04"
	webmHead = "\x1A\x45\xDF\xA3\x9F\x42\x86\x81\x01\x42\xF7\x81\x01\x42\xF2\x81\x04\x42\xF3\x81\x08" +
		"\x42\x82\x84webm\x42\x87\x81\x02"
	junk = "\x07\x81\x00\xFE\x13\x9C\x02\xDD\x01\x80\x11\xEF\x00\x17\xA4\x03\x05" +
		"\x99\x10\x06\x1D\x0E\xC1\x16\x00\x08\x15\xD2\x04\x0B\x19\x8A"
	prose        = " is how this line begins, and it goes on as prose does.\nThen comes another.\n"
	wordMain     = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
	macroType    = "application/vnd.ms-word.document.macroEnabled"
	templateType = "application/vnd.openxmlformats-officedocument.wordprocessingml.template"
	wordType     = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
	htmlText     = "<!DOCTYPE html>\n<html><body><p>Hi</p></body></html>\n"
	mailText     = "From: Ann <ann@example.org>\nTo: bob@example.org\nSubject: Hi\n\nHello\n"
	gitPatch     = "From 0123456789abcdef0123456789abcdef01234567 Mon Sep 17 00:00:00 2001\n" +
		"From: Ann <ann@example.org>\nDate: Tue, 1 Oct 2024 10:00:00 +0200\nSubject: [PATCH] fix\n\n" +
		"---\n a.c | 1 +\n\ndiff --git a/a.c b/a.c\n"
	mailbox = "From ann@example.org Tue Oct  1 10:00:00 2024\nFrom: Ann <ann@example.org>\nSubject: Hi\n\nHello\n"
)

// misleading has more than a hundred files.
var misleading = append([]misleadingFile{
	// Binary content under the name of something else.
	{"photo.pdf", pngHead, "image/png"},
	{"photo.jpg", pngHead, "image/png"},
	{"photo.txt", pngHead, "image/png"},
	{"table.csv", pngHead, "image/png"},
	{"letter.docx", pngHead, "image/png"},
	{"code.py", pngHead, "image/png"},
	{"page.html", jpegHead, "image/jpeg"},
	{"photo.png", jpegHead, "image/jpeg"},
	{"photo.gif", jpegHead, "image/jpeg"},
	{"report.txt", pdfHead, "application/pdf"},
	{"report.doc", pdfHead, "application/pdf"},
	{"report.json", pdfHead, "application/pdf"},
	{"archive.tar", gzipHead, "application/gzip"},
	{"archive.zip", gzipHead, "application/gzip"},
	{"drawing.svg", gzipHead, "application/gzip"},
	{"song.mp3", oggPage + "\x01\x1E\x01vorbis\x00", "audio/ogg"},
	{"song.mp3.exe", "ID3\x04\x00\x00\x00\x00\x00\x00" + junk, "audio/mpeg"},
	{"film.mp4", webmHead, "video/webm"},
	{"film.mov", "\x00\x00\x00\x18ftypisom\x00\x00\x02\x00isommp41", "video/mp4"},
	{"photo.mp4", "\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic", "image/heic"},
	{"photo.heic", "\x00\x00\x00\x1Cftypmif1\x00\x00\x00\x00mif1avifmiaf", "image/avif"},
	{"data.bin", "SQLite format 3\x00\x10\x00\x01\x01\x00\x40\x20\x20", "application/vnd.sqlite3"},
	{
		"setup.jpg", "MZ" + strings.Repeat("\x00", 58) + "\x40\x00\x00\x00PE\x00\x00\x64\x86",
		"application/vnd.microsoft.portable-executable",
	},
	// Binary content that only its name describes.
	{"junk.png", junk, binaryType},
	{"junk.pdf", junk, binaryType},
	{"junk.docx", junk, binaryType},
	{"junk.xls", junk, binaryType},
	{"junk.mp4", junk, binaryType},
	{"junk.txt", junk, binaryType},
	{"junk.p7m", junk, binaryType},
	{"junk.zip", junk, binaryType},
	// Magic numbers so short that other files have them by chance.
	{"weak1", "MZ" + junk, binaryType},
	{"weak2", "BM" + junk, binaryType},
	{"weak3", "\x1F\x8B\x00" + junk, binaryType},
	{"weak4", "BZh9" + junk, binaryType},
	{"weak5", "\x78\x9C" + junk, binaryType},
	{"weak6", "\xFF\x0A" + junk, binaryType},
	{"weak7", "\xFF\xFB\x90\x00" + junk, binaryType},
	{"weak8", "\xFF\xF1\x50\x00" + junk, binaryType},
	{"weak9", "\x00\x00\x01\x00\x00\x00" + junk, binaryType},
	{"weak10", "\xC7\x71" + junk, binaryType},
	{"weak11", "\x00\x00\x01\xB5" + junk, binaryType},
	{"weak12", "\x30\x82\x01\x00" + junk, binaryType},
	{"weak13", "\x1F\x9D\x00" + junk, binaryType},
	{"weak14", "\x00\x01\x00\x00\x00\x00" + junk, binaryType},
	// Text under the name of a binary type.
	{"note.png", "not an image\n", textType},
	{"note.docx", "not a letter\n", textType},
	{"note.pdf", "not a report\n", textType},
	{"note.zip", "not an archive\n", textType},
	{"note.exe", "not a program\n", textType},
	{"note.xls", "a\tb\n1\t2\n", textType},
	{"page.xls", htmlText, "text/html"},
	{"page.doc", htmlText, "text/html"},
	{"letter.doc", `{\rtf1\ansi Hello}`, "application/rtf"},
	{"note.p7s", "not a signature\n", textType},
	// Text under the name of another type of text.
	{"note.json", "{not: json}\n", textType},
	{"note.ndjson", "{\"a\":1}\nnot json\n", textType},
	{"note.xml", "not markup\n", textType},
	{"note.svg", "not a drawing\n", textType},
	{"page.svg", htmlText, "text/html"},
	{"drawing.xml", "<?xml version='1.0'?>\n<svg xmlns='http://www.w3.org/2000/svg'/>\n", "image/svg+xml"},
	{"drawing.html", "<svg xmlns='http://www.w3.org/2000/svg'/>\n", "image/svg+xml"},
	{"feed.html", "<?xml version='1.0'?><!-- <html> --><rss version='2.0'></rss>", "application/rss+xml"},
	{"note.html", "x < y, and no tag anywhere\n", textType},
	{"note.eml", "Dear Bob,\nhow are you?\n", textType},
	{"note.mbox", "Dear Bob,\nhow are you?\n", textType},
	{"note.ics", "not a calendar\n", textType},
	{"note.vcf", "not a card\n", textType},
	{"note.pem", "not a key\n", textType},
	{"card.txt", "BEGIN:VCARD\r\nVERSION:4.0\r\nFN:Ann\r\nEND:VCARD\r\n", "text/vcard"},
	{"key.txt", "-----BEGIN PGP PUBLIC KEY BLOCK-----\n\nmQ==\n", "application/pgp-keys"},
	{"signed.asc", "-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA256\n\nHi\n", textType},
	// A name that decides, whatever the first line.
	{"SpamPal.sfd", "version=\"9\"\nname=\"SpamPalNo\"\n", "text/plain"}, // a filter of Thunderbird, not a font
	{"a.csv", "<?xml version='1.0'?>\n<a/>\n", "text/csv"},
	{"b.csv", "#!/bin/sh\n", "text/csv"},
	{"c.csv", "{\"a\":1}\n", "text/csv"},
	{"d.md", htmlText, "text/markdown"},
	{"e.py", "#!/bin/sh\n''':'\nexec python3 $0\n'''\n", "text/x-python"},
	{"f.js", "<!-- old browsers\nalert(1)\n//-->\n", "text/javascript"},
	{"g.txt", htmlText, textType},
	{"h.log", "{\"a\":1}\n{\"a\":2}\n", textType},
	{"i.yaml", "{\"a\": 1}\n", "application/yaml"},
	{"j.css", "<style>\n", "text/css"},
	{"k.sql", "From: a table\n", "application/sql"},
	{"l.go", "BM\npackage main\n", "text/x-go"},
	// A mail needs the name, a mailbox a From line with a date.
	{"mail.txt", mailText, textType},
	{"mail", mailText, textType},
	{"mail.eml", mailText, "message/rfc822"},
	{"saved", mailbox, "application/mbox"},
	{"0001-fix.patch", gitPatch, "text/x-diff"},
	{"0001-fix", gitPatch, "text/x-diff"},
	{"0001-fix.mbox", gitPatch, "application/mbox"},
	{"novel", "From here on, Mon Dieu, it rained.\nAnd: it never stopped.\n", textType},
	// Values and markup that are only text.
	{"number", "42\n", textType},
	{"word", "true\n", textType},
	{"string", "\"quoted\"\n", textType},
	{"note1", "[1] See the notes.\n[2] And these.\n", textType},
	{"note2", "<ann@example.org> wrote:\n> Hi\n", textType},
	{"note3", "<3 you\n", textType},
	{"note4", "#! is how scripts begin\n", textType},
	// Containers that are not what they contain, and the reverse.
	{"letters.zip", zipOf("letter.docx", officeOf(wordMain)), "application/zip"},
	{"pictures.docx", zipOf("a.png", pngHead), "application/zip"},
	{"letter.zip", officeOf(wordMain), wordType},
	{"letter.doc.zip", officeOf(templateType + ".main+xml"), templateType},
	{"macro.docx", officeOf(macroType + ".main+xml"), macroType + ".12"},
	{"evil.odt", zipOf("mimetype", "text/html"), "application/zip"},
	{"book.zip", zipOf("mimetype", "application/epub+zip", "META-INF/container.xml", "<x/>"), "application/epub+zip"},
	{"tool.zip", zipOf("META-INF/MANIFEST.MF", "Manifest-Version: 1.0\n"), "application/java-archive"},
	{"comic.cbz", zipOf("01.png", pngHead), "application/vnd.comicbook+zip"},
	{"sheet.doc", oleOf(oleEntry{name: "Workbook"}), "application/vnd.ms-excel"},
	{
		"letter.xls",
		oleOf(oleEntry{"ObjectPool", []string{"Workbook", "PowerPoint Document"}}, oleEntry{name: "WordDocument"}),
		"application/msword",
	},
	{"mail.doc", oleOf(oleEntry{name: "__properties_version1.0"}), "application/vnd.ms-outlook"},
	{"thumbs.xls", oleOf(oleEntry{name: "Catalog"}), "application/x-ole-storage"},
	{"locked.docx", oleOf(oleEntry{name: "EncryptionInfo"}, oleEntry{name: "EncryptedPackage"}), wordType},
	// Text in other charsets.
	{"wide.csv", utf16Of(binary.LittleEndian, true, "a;b\r\n1;2\r\n"), "text/csv"},
	{"wide.xml", utf16Of(binary.BigEndian, true, "<?xml version='1.0'?><a/>"), "application/xml"},
	{"wide.bin", utf16Of(binary.LittleEndian, false, "Hello, world\r\n"), textType},
	{"mark.json", "\xEF\xBB\xBF{\"a\": 1}\n", "application/json"},
}, misleadingProse()...)

// misleadingProse returns prose that begins with the magic number of something else.
func misleadingProse() (out []misleadingFile) {
	for i, magic := range []string{
		"BM", "MZ", "GIF89a", "GIF87a", "RIFF", "OggS", "ID3", "fLaC", "8BPS", "Rar!", "MThd", "FORM", "PAR1",
		"7z", "PK", "BZh9", "FWS", "CWS", "wOFF", "OTTO", "true", "From: Ann", "From Ann", "Subject: BM", "icns",
		"II*", "P5", "BEGIN:VCARDS", "%!", "diff", "\x1b[1mMZ\x1b[0m", "070701", "AC1.40", "SIMPLE  =", "MSCF",
		"LZIP", "qt", "{a}", "<a>",
	} {
		name := []string{"prose", "prose.txt", "prose.bin"}[i%3]
		out = append(out, misleadingFile{fmt.Sprintf("%02d%s", i, name), magic + prose, textType})
	}
	return out
}

// writeMisleading writes the misleading files, for programs that read files.
func writeMisleading(t *testing.T) (files []corpusFile) {
	dir := t.TempDir()
	for _, m := range misleading {
		path := filepath.Join(dir, m.name)
		if err := os.WriteFile(path, []byte(m.content), 0o600); err != nil {
			t.Fatal(err)
		}
		files = append(files, corpusFile{path, m.want})
	}
	return files
}

func TestMisleading(t *testing.T) {
	if len(misleading) < 100 {
		t.Errorf("there are only %d misleading files", len(misleading))
	}
	seen := map[string]bool{}
	for _, m := range misleading {
		if seen[m.name] {
			t.Errorf("%s is in the table twice", m.name)
		}
		seen[m.name] = true
		if r := fileOf(t, m.name, m.content); r.Type != m.want {
			t.Errorf("File %s: %s (%s), want %s", m.name, r.Type, r.Why, m.want)
		}
		if r := Bytes(m.name, []byte(m.content)); r.Type != m.want {
			t.Errorf("Bytes %s: %s (%s), want %s", m.name, r.Type, r.Why, m.want)
		}
	}
}
