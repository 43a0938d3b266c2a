package detect

import (
	"bytes"
	"strings"
	"testing"
)

// A kind is content that shows its type without a name.
type kind struct{ content, want string }

var kinds = append([]kind{
	{"plain words\n", "text/plain; charset=us-ascii"},
	{"Grüße\n", "text/plain; charset=utf-8"},
	{"\xEF\xBB\xBFplain\n", "text/plain; charset=utf-8"},
	{"words, and the end of DOS\r\n\x1A", "text/plain; charset=us-ascii"},
	{"\x1b[31mred\x1b[0m\a\b\n", "text/plain; charset=us-ascii"},
	{"one\x00zero", "application/octet-stream"},
	{"\x00one", "application/octet-stream"}, // as UTF-16, a letter and a Chinese character
	{"\x00x", "application/octet-stream"},
	{"ends \x1A early\n", "application/octet-stream"},
	{"\x81\x82\x83\x84", "application/octet-stream"}, // no space, not UTF-8

	{"{\"a\": [1, -2.5e3, true, null, \"\\\"\"]}\n", "application/json"},
	{"{\"a\":1}\n{\"a\":2}\n", "application/x-ndjson"},
	{"{\"a\":1,}\n", "text/plain; charset=us-ascii"},
	{"{} and more\n", "text/plain; charset=us-ascii"},

	{"<?xml version='1.0'?><a/>", "application/xml; charset=us-ascii"},
	{"<a><b/></a>\n", "text/plain; charset=us-ascii"}, // a is a tag of HTML
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
	{oggPage + "\x01\x08OpusHead", "audio/ogg"},
	{oggPage + "\x01\x06fishea", "application/ogg"},
	{oggPage + "\x01\x07\x01vorbis" + oggPage + "\x01\x07\x80theora", "video/ogg"},
	{"\x00\x01\x00\x00\x00\x0A\x00\x80\x00\x03\x00\x20OS/2" + strings.Repeat("\x00", 12), "font/ttf"},
	{"\x1F\x9D\x90\x00", "application/x-compress"},
	{strings.Repeat("\xFF\xFB\x90\x64"+strings.Repeat("\x00", 413), 3), "audio/mpeg"},
	{strings.Repeat("\xFF\xFB\xFF\x64"+strings.Repeat("\x00", 413), 3), "application/octet-stream"}, // no such bit rate
	{strings.Repeat("\xFF\xF1\x50\x80\x02\x1F\xFC"+strings.Repeat("\x00", 9), 2), "audio/aac"},
	{elfHead, "application/x-sharedlib"},
	{elfHead + "/lib64/ld-linux-x86-64.so.2\x00", "application/x-executable"},
	{"true\x00\x0A\x00\x80\x00\x03\x00\x20cvt " + strings.Repeat("\x00", 12), "font/ttf"},

	{"\x00\x01\x02 unknown", "application/octet-stream"},
}, cmsKinds()...)

// cmsKinds returns CMS (RFC 5652), PKCS #12 and certificates.
func cmsKinds() []kind {
	const oidData = "\x06\x09\x2A\x86\x48\x86\xF7\x0D\x01\x07\x01"
	const oidEnveloped = "\x06\x09\x2A\x86\x48\x86\xF7\x0D\x01\x07\x03"
	const oidRSA = "\x06\x09\x2A\x86\x48\x86\xF7\x0D\x01\x01\x01"
	integer := func(n string) string { return der(tagInteger, n) }
	algorithm := der(tagSequence, oidRSA)
	octets := der(tagContext0, der(0x04, "x"))
	signed := func(algorithms, encapsulated string) string {
		data := integer("\x01") + der(tagSet, algorithms) + der(tagSequence, encapsulated)
		return der(tagSequence, oidSignedData+der(tagContext0, der(tagSequence, data)))
	}
	return []kind{
		{signed(algorithm, oidData), "application/pkcs7-signature"},
		{signed(algorithm, oidData+octets), "application/pkcs7-mime"},
		{signed("", oidData), "application/pkcs7-mime"}, // only certificates
		{der(tagSequence, oidEnveloped+der(tagContext0, "")), "application/pkcs7-mime"},
		{ // indefinite lengths
			"\x30\x80" + oidSignedData + "\xA0\x80\x30\x80" + integer("\x01") +
				der(tagSet, algorithm) + der(tagSequence, oidData),
			"application/pkcs7-signature",
		},
		{der(tagSequence, integer("\x03")+der(tagSequence, oidData)), "application/pkcs12"},
		{
			der(tagSequence, der(tagSequence, der(tagContext0, integer("\x02"))+integer("\x01")+algorithm)),
			"application/pkix-cert",
		},
		{der(tagSequence, oidRSA), "application/octet-stream"},
	}
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

// The name decides for a text, and makes other types more exact.
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
		// Empty files.
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

func TestWhyHasTheTypeOfTheName(t *testing.T) {
	for name, want := range map[string]string{
		"x.pdf": "magic number; the file name says application/pdf",
		"x.png": "magic number",
		"x":     "magic number",
	} {
		if got := Bytes(name, []byte(pngHead)); got.Type != "image/png" || got.Why != want {
			t.Errorf("%s: %s (%s), want image/png (%s)", name, got.Type, got.Why, want)
		}
	}
}

// The content of a file must not get control characters into a note.
func TestWhyHasNoControlCharacters(t *testing.T) {
	for _, content := range []string{
		"\x00\x00\x00\x14ftyp\x1b[2J\x00\x00\x00\x00isom",
		"-----BEGIN \x1b[2J-----\n",
		"#!/bin/\x1b[2J\n",
		zipOf("mimetype", "application/vnd.\x1b[2J"),
	} {
		if r := Bytes("", []byte(content)); strings.Contains(r.Why+r.Type, "\x1b") {
			t.Errorf("%q: %q (%q)", content, r.Type, r.Why)
		}
	}
}

// The beginning of a file may end anywhere.
func TestCutContent(t *testing.T) {
	for _, c := range []struct{ unit, start, want string }{
		{"é", "a", "text/plain; charset=utf-8"},
		{"{\"key\": \"value\"},\n", "[", "application/json"},
		{"😀", "ab", "text/plain; charset=utf-8"},
		{"{\"key\": 1}\n", "", "application/x-ndjson"},
		{"{\"key\": 12345}\n", "", "application/x-ndjson"},
		{"ASCII as far as it is known\n", "", "text/plain; charset=utf-8"},
	} {
		long := (c.start + strings.Repeat(c.unit, HeadSize))[:HeadSize]
		if r := Bytes("", []byte(long)); r.String() != c.want {
			t.Errorf("%q...: %s (%s), want %s", c.unit, r, r.Why, c.want)
		}
	}
	for content, want := range map[string]string{ // these are whole
		"a\xC3":            binaryType,
		"[{\"key\": \"val": "text/plain; charset=us-ascii",
	} {
		if r := Bytes("", []byte(content)); r.String() != want {
			t.Errorf("%q: %s (%s), want %s", content, r, r.Why, want)
		}
	}
}

func TestBytesAndFileAgree(t *testing.T) {
	for _, m := range misleading {
		a := Bytes(m.name, []byte(m.content))
		b := fileOf(t, m.name, m.content)
		if a != b {
			t.Errorf("%s: Bytes %+v, File %+v", m.name, a, b)
		}
	}
}

func TestInputIsNotChanged(t *testing.T) {
	for _, m := range misleading {
		b := []byte(m.content)
		Bytes(m.name, b)
		if string(b) != m.content {
			t.Errorf("%s was changed", m.name)
		}
	}
}
