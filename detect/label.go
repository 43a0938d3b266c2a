package detect

import (
	"bytes"
	"strings"
)

// pages are the beginnings of page descriptions and rich text.
var pages = [...]struct{ prefix, mediaType string }{
	{`{\rtf`, "application/rtf"},
	{"%PDF-", "application/pdf"},
	{"%!PS-AdobeFont", "application/x-font-type1"},
	{"%!FontType1", "application/x-font-type1"},
	{"SplineFontDB:", "application/vnd.font-fontforge-sfd"},
	{"%!PS", "application/postscript"},
	{"\x04%!PS", "application/postscript"},
}

// byPage recognizes page descriptions and rich text, text or not.
func byPage(s *sample) (mediaType, why string) {
	for _, p := range pages {
		if bytes.HasPrefix(s.text.body, []byte(p.prefix)) {
			return p.mediaType, "begins with " + strings.TrimLeft(p.prefix, "\x04")
		}
	}
	isNamed := s.ext == "ps" || s.ext == "eps"
	if isNamed && bytes.HasPrefix(s.text.body, []byte("%!")) { // "PS" is optional
		return "application/postscript", "begins with %!"
	}
	return "", ""
}

// labels are first lines that name the type of the file.
var labels = [...]struct{ line, mediaType string }{
	{"BEGIN:VCARD", "text/vcard"},
	{"BEGIN:VCALENDAR", "text/calendar"},
	{"-----BEGIN PGP PUBLIC KEY BLOCK-----", "application/pgp-keys"},
	{"-----BEGIN PGP PRIVATE KEY BLOCK-----", "application/pgp-keys"},
	{"-----BEGIN PGP SIGNATURE-----", "application/pgp-signature"},
	{"-----BEGIN PGP MESSAGE-----", "application/pgp-encrypted"},
	{"WEBVTT", "text/vtt"},
}

// byLabel recognizes vCard, iCalendar, WebVTT, PGP armor and PEM.
func byLabel(s *sample) (mediaType, why string) {
	first := firstLine(s.text.body)
	for _, l := range labels {
		if strings.EqualFold(first, l.line) {
			return l.mediaType, "first line " + l.line
		}
	}
	label, found := pemLabel(first)
	if !found && provenNames()[s.ext] == "application/x-pem-file" { // text may precede it (RFC 7468 §2)
		_, after, _ := bytes.Cut(s.text.body, []byte("\n-----BEGIN "))
		label, found = pemLabel("-----BEGIN " + firstLine(after))
	}
	switch {
	case !found, strings.HasPrefix(label, "PGP "): // such as a clear-signed text
		return "", ""
	case label == "CERTIFICATE":
		return "application/pem-certificate-chain", "PEM " + label
	}
	return "application/x-pem-file", "PEM " + label
}

// pemLabel returns the label of the first line of PEM: "X" of "-----BEGIN X-----".
func pemLabel(line string) (label string, ok bool) {
	label, hasBegin := strings.CutPrefix(line, "-----BEGIN ")
	label, hasEnd := strings.CutSuffix(label, "-----")
	isLabel := label != "" && strings.Trim(label, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 ") == ""
	return label, hasBegin && hasEnd && isLabel
}

// maxFirstLine is the number of octets of a first line that firstLine returns.
const maxFirstLine = 1 << 10

// firstLine returns the first line that is not empty, without the whitespace
// around it.
func firstLine(b []byte) string {
	b = bytes.TrimLeft(b, " \t\r\n")
	line, _, _ := bytes.Cut(b[:min(len(b), maxFirstLine)], []byte("\n"))
	return string(bytes.TrimSpace(line))
}

// interpreters are the programs after #!, without directory and version.
var interpreters = table(`
text/x-shellscript  sh bash dash ksh zsh csh tcsh
text/x-python       python
text/x-perl         perl
text/x-ruby         ruby
text/javascript     node nodejs
text/x-php          php
text/x-lua          lua
text/x-tcl          tclsh wish expect
text/x-awk          awk gawk mawk
text/x-makefile     make
text/x-r            rscript
`)

// byInterpreter recognizes scripts by their first line, which may be that of
// env(1) with options and variables: "#!/usr/bin/env -S LANG=C python3".
func byInterpreter(s *sample) (mediaType, why string) {
	line, ok := bytes.CutPrefix(s.text.body, []byte("#!"))
	if !ok {
		return "", ""
	}
	for _, word := range strings.Fields(firstLine(line)) {
		program := strings.ToLower(word[strings.LastIndexByte(word, '/')+1:])
		if program == "env" || strings.HasPrefix(word, "-") || strings.Contains(word, "=") {
			continue
		}
		program = strings.TrimRight(program, "0123456789.")
		return interpreters()[program], "script for " + program
	}
	return "", ""
}
