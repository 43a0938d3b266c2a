package detect

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"math/rand/v2"
	"strings"
	"testing"
)

// kinds are contents that tell their type without a name.
var kinds = []struct{ content, want string }{
	{"plain words\n", "text/plain; charset=us-ascii"},
	{"Grüße\n", "text/plain; charset=utf-8"},
	{"\xEF\xBB\xBFplain\n", "text/plain; charset=utf-8"},
	{"words, and the end of DOS\r\n\x1A", "text/plain; charset=us-ascii"},
	{"\x1b[31mred\x1b[0m\a\b\n", "text/plain; charset=us-ascii"},
	{"one\x00zero", "application/octet-stream"},
	{"\x00one", "application/octet-stream"}, // as UTF-16 a letter and a sign of Chinese
	{"\x00x", "application/octet-stream"},
	{"ends \x1A early\n", "application/octet-stream"},
	{"\x81\x82\x83\x84", "application/octet-stream"}, // no blank, not UTF-8

	{"{\"a\": [1, -2.5e3, true, null, \"\\\"\"]}\n", "application/json"},
	{"{\"a\":1}\n{\"a\":2}\n", "application/x-ndjson"},
	{"{\"a\":1,}\n", "text/plain; charset=us-ascii"},
	{"{} and more\n", "text/plain; charset=us-ascii"},

	{"<?xml version='1.0'?><a/>", "application/xml; charset=us-ascii"},
	{"<a><b/></a>\n", "text/plain; charset=us-ascii"}, // HTML's a
	{"<list><b/></list>\n", "application/xml; charset=us-ascii"},
	{"<list xmlns='urn:x'>\n", "application/xml; charset=us-ascii"},
	{"<!DOCTYPE html><p>", "text/html; charset=us-ascii"},
	{"<!-- a comment --> <HTML>", "text/html; charset=us-ascii"},
	{"<!DOCTYPE svg [<!ENTITY a '>'>]><svg xmlns='x'/>", "image/svg+xml; charset=us-ascii"},
	{"<?xml version='1.0'?><!-- x --><s:svg xmlns:s='x'/>", "image/svg+xml; charset=us-ascii"},
	{"<?xml version='1.0'?><rss/>", "application/rss+xml; charset=us-ascii"},
	{"<?xml version='1.0'?><feed/>", "application/atom+xml; charset=us-ascii"},
	{"<?xml version='1.0'?><gpx/>", "application/gpx+xml; charset=us-ascii"},
	{"<?xml version='1.0'?><kml/>", "application/vnd.google-earth.kml+xml; charset=us-ascii"},
	{"<?xml version='1.0'?><never ended", "application/xml; charset=us-ascii"},
	{"<?xml version='1.0'?><!-- never ended", "application/xml; charset=us-ascii"},

	{"{\\rtf1 hello}", "application/rtf"},
	{"%PDF-1.4\n\x00", "application/pdf"},
	{"%PDF-1.4\nall in ASCII\n", "application/pdf"},
	{"%!PS-Adobe-3.0\n\x00", "application/postscript"},
	{"%!PS-AdobeFont-1.0: X\n", "application/x-font-type1"},
	{"SplineFontDB: 3.2\n", "application/vnd.font-fontforge-sfd"},
	{"\xC5\xD0\xD3\xC6\x1E\x00\x00\x00", "application/postscript"},
	{"begin:vcard\r\n", "text/vcard; charset=us-ascii"},
	{"BEGIN:VCALENDAR\r\n", "text/calendar; charset=us-ascii"},
	{"-----BEGIN PGP SIGNATURE-----\n", "application/pgp-signature"},
	{"-----BEGIN PGP MESSAGE-----\n", "application/pgp-encrypted"},
	{"-----BEGIN CERTIFICATE-----\n", "application/pem-certificate-chain"},
	{"-----BEGIN RSA PRIVATE KEY-----\n", "application/x-pem-file"},
	{"-----BEGIN a story-----\n", "text/plain; charset=us-ascii"},
	{"#!/usr/bin/env -S FOO=1 python3.11 -u\n", "text/x-python; charset=us-ascii"},
	{"#!/bin/sh -e\n", "text/x-shellscript; charset=us-ascii"},
	{"#! /usr/bin/perl -w\n", "text/x-perl; charset=us-ascii"},
	{"diff --git a/x b/x\n", "text/x-diff; charset=us-ascii"},

	{pngHead, "image/png"},
	{pngHead + "\x1F\x15\xC4\x89\x00\x00\x00\x08acTL\x00\x00\x00\x02", "image/png"},
	{"\x00\x00\x00\x14ftypM4A \x00\x00\x00\x00isom", "audio/mp4"},
	{"\x00\x00\x00\x14ftypqt  \x00\x00\x00\x00qt  ", "video/quicktime"},
	{"\x00\x00\x00\x14ftypavis\x00\x00\x00\x00avif", "image/avif"},
	{"OggS\x00\x02" + strings.Repeat("\x00", 20) + "\x01\x08OpusHead", "audio/ogg"},
	{"OggS\x00\x02" + strings.Repeat("\x00", 20) + "\x01\x06fishea", "application/ogg"},
	{"OggS\x00\x02" + strings.Repeat("\x00", 20) + "\x01\x07\x01vorbisOggS\x00\x02" + strings.Repeat("\x00", 20) + "\x01\x07\x80theora", "video/ogg"},
	{"\x00\x01\x00\x00\x00\x0A\x00\x80\x00\x03\x00\x20OS/2" + strings.Repeat("\x00", 12), "font/ttf"},
	{"\x1F\x9D\x90\x00", "application/x-compress"},
	{"true\x00\x0A\x00\x80\x00\x03\x00\x20cvt " + strings.Repeat("\x00", 12), "font/ttf"},

	// CMS: detached, with content, certificates only, enveloped, of a length not told.
	{"\x30\x30\x06\x09\x2A\x86\x48\x86\xF7\x0D\x01\x07\x02\xA0\x23\x30\x21\x02\x01\x01\x31\x02\x30\x00\x30\x0B\x06\x09\x2A\x86\x48\x86\xF7\x0D\x01\x07\x01", "application/pkcs7-signature"},
	{"\x30\x30\x06\x09\x2A\x86\x48\x86\xF7\x0D\x01\x07\x02\xA0\x23\x30\x21\x02\x01\x01\x31\x02\x30\x00\x30\x0F\x06\x09\x2A\x86\x48\x86\xF7\x0D\x01\x07\x01\xA0\x02\x04\x00", "application/pkcs7-mime"},
	{"\x30\x30\x06\x09\x2A\x86\x48\x86\xF7\x0D\x01\x07\x02\xA0\x23\x30\x21\x02\x01\x01\x31\x00\x30\x0B\x06\x09\x2A\x86\x48\x86\xF7\x0D\x01\x07\x01", "application/pkcs7-mime"},
	{"\x30\x30\x06\x09\x2A\x86\x48\x86\xF7\x0D\x01\x07\x03\xA0\x00", "application/pkcs7-mime"},
	{"\x30\x80\x06\x09\x2A\x86\x48\x86\xF7\x0D\x01\x07\x02\xA0\x80\x30\x80\x02\x01\x01\x31\x02\x30\x00\x30\x0B\x06\x09\x2A\x86\x48\x86\xF7\x0D\x01\x07\x01", "application/pkcs7-signature"},
	{"\x30\x30\x06\x09\x2A\x86\x48\x86\xF7\x0D\x01\x01\x01\x00", "application/octet-stream"},
	{"\x00\x01\x02 unknown", "application/octet-stream"},
}

// fileOf calls File for content that can be read.
func fileOf[T string | []byte](t testing.TB, name string, content T) Result {
	t.Helper()
	r, err := File(name, bytes.NewReader([]byte(content)), int64(len(content)))
	if err != nil {
		t.Errorf("%s: %v", name, err)
	}
	return r
}

func TestKinds(t *testing.T) {
	for _, k := range kinds {
		if got := Bytes("", []byte(k.content)).String(); got != k.want {
			t.Errorf("Bytes %.60q: %s, want %s", k.content, got, k.want)
		}
		if got := fileOf(t, "", k.content).String(); got != k.want {
			t.Errorf("File %.60q: %s, want %s", k.content, got, k.want)
		}
	}
}

// TestNames has text whose name decides, and kinds that the name makes finer.
func TestNames(t *testing.T) {
	for _, c := range []struct{ name, content, want string }{
		{"A.CSV", "a,b\n", "text/csv"},
		{"dir.zip/b.tsv", "a\tb\n", "text/tab-separated-values"},
		{`C:\files\c.md`, "# c\n", "text/markdown"},
		{"Makefile", "all:\n", "text/x-makefile"},
		{"CMakeLists.txt", "project(x)\n", "text/x-cmake"},
		{"README", "read\n", "text/plain"},
		{".bashrc", "ls\n", "text/plain"},
		{"x.ts", "let a = 1\n", "text/x-typescript"},
		{"qt.ts", "<?xml version='1.0'?><!DOCTYPE TS><TS/>", "application/xml"},
		{"x.json", "42\n", "application/json"},
		{"x.json", "{}\n{}\n", "application/x-ndjson"},
		{"x.jsonl", "{}\n", "application/x-ndjson"},
		{"x.geojson", "{}\n", "application/geo+json"},
		{"x.html", "<p>Hi\n", "text/html"},
		{"x.txt", "<p>Hi\n", "text/plain"},
		{"x.xhtml", "<html xmlns='x'/>\n", "application/xhtml+xml"},
		{"x.xml", "<a/>\n", "application/xml"},
		{"x.eml", mailText, "message/rfc822"},
		{"x.eml", mailText + "\x00", "message/rfc822"},
		{"x.eml", "From - Mon\n" + mailText, "message/rfc822"},
		{"x.mbox", mailbox, "application/mbox"},
		{"x.m4a", "\x00\x00\x00\x14ftypisom\x00\x00\x00\x00isom", "audio/mp4"},
		{"x.ca.pem", "A certificate\n\n-----BEGIN CERTIFICATE-----\n", "application/pem-certificate-chain"},
		{"x.ps", "%!\n72 72 moveto\n", "application/postscript"},
		{"x.eps", "%!ps\n", "application/postscript"},
		{"x", "%!\n72 72 moveto\n", textType},
		{"x.ps", "72 72 moveto\n", textType},
		{"x.jxl", "\xFF\x0A\x00\x01", "image/jxl"},
		{"x.exe", "MZ\x90\x00\x03\x00", "application/x-dosexec"},
		// Nothing in them.
		{"x.csv", "", "text/csv"},
		{"x.txt", "", "text/plain"},
		{"x.html", "", "text/html"},
		{"x.png", "", "application/octet-stream"},
		{"", "", "application/octet-stream"},
	} {
		if got := Bytes(c.name, []byte(c.content)); got.Type != c.want {
			t.Errorf("%s %.40q: %s (%s), want %s", c.name, c.content, got.Type, got.Why, c.want)
		}
	}
}

func TestWhySaysThatTheNameLies(t *testing.T) {
	r := Bytes("x.pdf", []byte(pngHead))
	if r.Type != "image/png" || !strings.Contains(r.Why, "the file name says application/pdf") {
		t.Errorf("%+v", r)
	}
	if r := Bytes("x.png", []byte(pngHead)); strings.Contains(r.Why, "name") {
		t.Errorf("%+v", r)
	}
	// What a file says of itself is not repeated to a terminal.
	for _, content := range []string{"\x00\x00\x00\x14ftyp\x1b[2J\x00\x00\x00\x00isom", "-----BEGIN \x1b[2J-----\n", zipOf("mimetype", "application/vnd.\x1b[2J")} {
		if r := Bytes("", []byte(content)); strings.Contains(r.Why+r.Type, "\x1b") {
			t.Errorf("%q: %+v", content, r)
		}
	}
}

// TestContainersBeyondTheHead reads what only the end of a file tells, and
// what is said of it when the end cannot be seen.
func TestContainersBeyondTheHead(t *testing.T) {
	noise := make([]byte, 3*HeadSize)
	random := rand.NewChaCha8([32]byte{1})
	random.Read(noise)
	late := zipOf("media/film.bin", string(noise), "[Content_Types].xml",
		`<Override ContentType="`+wordMain+`"/>`, "_rels/.rels", "<Relationships/>")
	for _, c := range []struct{ name, file, head string }{
		{"x.docx", wordType, wordType},
		{"x", wordType, "application/zip"},
	} {
		if r := fileOf(t, c.name, late); r.Type != c.file {
			t.Errorf("File %s: %+v", c.name, r)
		}
		if r := Bytes(c.name, []byte(late)); r.Type != c.head {
			t.Errorf("Bytes %s: %+v", c.name, r)
		}
	}
	early := zipOf("_rels/.rels", "<Relationships/>", "word/film.bin", string(noise), "[Content_Types].xml", `<Override ContentType="`+wordMain+`"/>`)
	if r := Bytes("x.docx", []byte(early)); r.Type != wordType {
		t.Errorf("Bytes of an office file without its list of parts: %+v", r)
	}

	// A directory of the file that is behind the head.
	b := []byte(oleOf(oleEntry{name: "WordDocument"}))
	far := append(append(append([]byte{}, b[:512]...), noise[:200*512]...), b[512:]...)
	copy(far[512:], b[512:1024]) // the table stays, the directory moves
	binary.LittleEndian.PutUint32(far[48:], 201)
	if r := fileOf(t, "x", far); r.Type != "application/msword" {
		t.Errorf("File of a compound file: %+v", r)
	}
	if r := Bytes("x", far[:HeadSize]); r.Type != "application/x-ole-storage" {
		t.Errorf("Bytes of a compound file: %+v", r)
	}
	if r := Bytes("x.doc", far[:HeadSize]); r.Type != "application/msword" {
		t.Errorf("Bytes of a compound file with a name: %+v", r)
	}
}

// TestCutHeads: the end of the head may come anywhere.
func TestCutHeads(t *testing.T) {
	for _, c := range []struct{ unit, start, want string }{
		{"é", "a", "text/plain; charset=utf-8"},
		{"{\"key\": \"value\"},\n", "[", "application/json"},
		{"😀", "ab", "text/plain; charset=utf-8"},
		{"{\"key\": 1}\n", "", "application/x-ndjson"},
		{"ascii only, as far as one sees\n", "", "text/plain; charset=utf-8"},
	} {
		long := (c.start + strings.Repeat(c.unit, HeadSize))[:HeadSize]
		if r := Bytes("", []byte(long)); r.String() != c.want {
			t.Errorf("%q...: %+v", c.unit, r)
		}
	}
	// Nothing follows: what is cut is broken.
	for _, broken := range []string{"a\xC3", "[{\"key\": \"val"} {
		if r := Bytes("", []byte(broken)); r.String() != "text/plain; charset=us-ascii" && r.Type != binaryType {
			t.Errorf("%q: %+v", broken, r)
		}
	}
}

var errDisk = errors.New("I/O error")

// A fileAt fails to read from an offset on.
type fileAt struct {
	content string
	fails   int64
}

func (f fileAt) ReadAt(p []byte, off int64) (int, error) {
	if off >= f.fails {
		return 0, errDisk
	}
	n, err := strings.NewReader(f.content[:min(f.fails, int64(len(f.content)))]).ReadAt(p, off)
	if err == io.EOF {
		err = errDisk
	}
	return n, err
}

// A file that cannot be read is an error, wherever the read fails.
func TestReadErrors(t *testing.T) {
	zip := officeOf(wordMain)
	for fails := range int64(len(zip)) {
		r, err := File("x.docx", fileAt{zip, fails}, int64(len(zip)))
		if err != errDisk || r != (Result{}) {
			t.Fatalf("the read fails at %d: %+v, %v, want %v", fails, r, err, errDisk)
		}
	}
	for _, size := range []int64{6, 0, -1} {
		r, err := File("x.txt", fileAt{"hello\n", 0}, size)
		if err != errDisk || r != (Result{}) {
			t.Errorf("size %d: %+v, %v, want %v", size, r, err, errDisk)
		}
	}
}

// The size may be unknown or wrong.
func TestSizes(t *testing.T) {
	for _, c := range []struct {
		size           int64
		want, encoding string
	}{
		{-1, "text/plain; charset=us-ascii", "7bit"},
		{0, "text/plain; charset=us-ascii", "7bit"},
		{6, "text/plain; charset=us-ascii", "7bit"},
		{3, "text/plain; charset=us-ascii", "7bit"},            // only the first 3 octets are the file
		{100, "text/plain; charset=utf-8", "quoted-printable"}, // it may be growing
	} {
		r, err := File("x.txt", strings.NewReader("hello\n"), c.size)
		if r.String() != c.want || r.Encoding != c.encoding || err != nil {
			t.Errorf("size %d: %+v, %v", c.size, r, err)
		}
	}
}

func TestBytesAndFileAgree(t *testing.T) {
	for _, l := range lies {
		a := Bytes(l.name, []byte(l.content))
		b := fileOf(t, l.name, l.content)
		if a != b {
			t.Errorf("%s: Bytes %+v, File %+v", l.name, a, b)
		}
	}
}

func TestInputIsNotChanged(t *testing.T) {
	for _, l := range lies {
		b := []byte(l.content)
		Bytes(l.name, b)
		if string(b) != l.content {
			t.Errorf("%s was changed", l.name)
		}
	}
}
