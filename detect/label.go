package detect

import (
	"bytes"
	"strings"
)

// byPage tells page descriptions and rich text, which may hold octets of any
// kind, by how they begin.
func byPage(s *sample, t text) (mediaType, why string) {
	for _, p := range [...]struct{ prefix, mediaType string }{
		{`{\rtf`, "application/rtf"},
		{"%PDF-", "application/pdf"},
		{"%!PS-AdobeFont", "application/x-font-type1"},
		{"%!FontType1", "application/x-font-type1"},
		{"SplineFontDB:", "application/vnd.font-fontforge-sfd"},
		{"%!PS", "application/postscript"},
		{"\x04%!PS", "application/postscript"},
	} {
		if bytes.HasPrefix(t.body, []byte(p.prefix)) {
			return p.mediaType, "it begins " + strings.TrimLeft(p.prefix, "\x04")
		}
	}
	// PostScript need not say which rules it follows; then its name does.
	if (s.ext == "ps" || s.ext == "eps") && bytes.HasPrefix(t.body, []byte("%!")) {
		return "application/postscript", "it begins %!"
	}
	return "", ""
}

// labels are the first lines of kinds that say what they are. They are matched
// from the first line that is not blank.
var labels = [...]struct{ label, mediaType string }{
	{"BEGIN:VCARD", "text/vcard"},
	{"BEGIN:VCALENDAR", "text/calendar"},
	{"-----BEGIN PGP PUBLIC KEY BLOCK-----", "application/pgp-keys"},
	{"-----BEGIN PGP PRIVATE KEY BLOCK-----", "application/pgp-keys"},
	{"-----BEGIN PGP SIGNATURE-----", "application/pgp-signature"},
	{"-----BEGIN PGP MESSAGE-----", "application/pgp-encrypted"},
	{"WEBVTT", "text/vtt"},
}

// byLabel reads vCard, iCalendar, PGP armor and PEM.
func byLabel(s *sample, t text) (mediaType, why string) {
	first := firstLine(t.body)
	for _, l := range labels {
		if strings.EqualFold(first, l.label) {
			return l.mediaType, "its first line is " + l.label
		}
	}
	// PEM may have words above it, under its own names (RFC 7468 §2).
	switch s.ext {
	case "pem", "crt", "cer", "key", "csr":
		if i := bytes.Index(t.body, []byte("\n-----BEGIN ")); i >= 0 && !strings.HasPrefix(first, "-----BEGIN ") {
			first = firstLine(t.body[i+1:])
		}
	}
	if label, ok := strings.CutPrefix(first, "-----BEGIN "); ok && strings.HasSuffix(label, "-----") {
		switch label = strings.TrimSuffix(label, "-----"); {
		case strings.HasPrefix(label, "PGP "): // a clear-signed text is text
			return "", ""
		case label == "CERTIFICATE":
			return "application/pem-certificate-chain", "PEM, " + label
		case label != "" && strings.Trim(label, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 ") == "":
			return "application/x-pem-file", "PEM, " + label
		}
	}
	return "", ""
}

// firstLine returns the first line that is not blank, without blanks around it.
func firstLine(b []byte) string {
	b = bytes.TrimLeft(b, " \t\r\n")
	if i := bytes.IndexByte(b[:min(len(b), 1024)], '\n'); i >= 0 {
		b = b[:i]
	}
	return string(bytes.TrimSpace(b[:min(len(b), 1024)]))
}

// interpreters stand behind #!, here without version and folder.
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

// byInterpreter reads a script's first line.
func byInterpreter(_ *sample, t text) (mediaType, why string) {
	if !bytes.HasPrefix(t.body, []byte("#!")) {
		return "", ""
	}
	for _, word := range strings.Fields(firstLine(t.body[2:])) {
		program := strings.ToLower(word[strings.LastIndexByte(word, '/')+1:])
		if program == "env" || strings.HasPrefix(word, "-") || strings.Contains(word, "=") {
			continue
		}
		program = strings.TrimRight(program, "0123456789.")
		if mediaType = interpreters()[program]; mediaType != "" {
			return mediaType, "it is a script for " + program
		}
		break
	}
	return "", ""
}
