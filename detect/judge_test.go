package detect

import (
	"cmp"
	"fmt"
	"strings"
)

// A verdict is how good an answer is.
type verdict int

const (
	right   verdict = iota
	generic         // not wrong, but less exact than it could be
	wrong
)

// A score has the number of answers with each verdict.
type score [3]int

func (s *score) add(v verdict) { s[v]++ }

func (s score) total() int { return s[right] + s[generic] + s[wrong] }

func (s score) share(v verdict) float64 { return float64(s[v]) / float64(max(s.total(), 1)) }

func (s score) String() string {
	return fmt.Sprintf("%5d  %5.1f %% exact  %5.1f %% generic  %5.1f %% wrong (%d)",
		s.total(), 100*s.share(right), 100*s.share(generic), 100*s.share(wrong), s[wrong])
}

// judge compares the media type that a program found with the right one.
func judge(want, got string) verdict {
	got, _, _ = strings.Cut(got, ";")
	got = cmp.Or(aliases()[got], got)
	want = cmp.Or(aliases()[want], want)
	switch {
	case got == want:
		return right
	case isGeneric(got, want):
		return generic
	}
	return wrong
}

// isGeneric reports whether got is a more general type than want.
func isGeneric(got, want string) bool {
	switch got {
	case "", binaryType, "inode/x-empty":
		return true
	case textType:
		return !isBinaryType(want)
	case "application/zip":
		return isZipType(want)
	case "application/xml":
		return strings.HasSuffix(want, "+xml") || want == "text/html"
	case "application/x-ole-storage":
		return strings.HasPrefix(want, "application/vnd.ms-") || want == "application/msword"
	case "application/ogg":
		return strings.HasSuffix(want, "/ogg")
	}
	return false
}

// isBinaryType reports whether files of a type are not text.
func isBinaryType(mediaType string) bool {
	class, _, _ := strings.Cut(mediaType, "/")
	switch class {
	case "audio", "video", "font":
		return true
	case "image":
		return mediaType != "image/svg+xml" && mediaType != "image/x-xpixmap"
	}
	return isZipType(mediaType)
}

// aliases are the names that other programs have for the same types. They count as
// right.
var aliases = table(`
application/rtf            text/rtf
application/xml            text/xml
application/gzip           application/x-gzip application/x-compressed-tar image/svg+xml-compressed
application/x-bzip2        application/x-bzip
application/postscript     image/x-eps
application/zip            application/x-wheel+zip
application/vnd.ms-cab-compressed  application/x-cab
application/vnd.microsoft.portable-executable  application/x-dosexec application/x-msdownload
application/vnd.microsoft.portable-executable  application/x-msdos-program application/x-sharedlib-pe
application/x-sharedlib    application/x-pie-executable application/x-executable
application/java-archive   application/x-java-archive
application/vnd.debian.binary-package  application/x-debian-package application/x-deb
application/vnd.sqlite3    application/x-sqlite3
application/vnd.apache.parquet  application/x-parquet
application/x-dbf          application/dbf application/x-dbase application/vnd.dbf
application/pkcs12         application/x-pkcs12
application/pkix-cert      application/x-x509-ca-cert application/x-x509-cert
application/pem-certificate-chain  application/x-pem-file application/x-x509-ca-cert application/x-pem-key
application/x-gettext-translation  application/x-gettext-translation-binary text/x-gettext-translation text/x-po
application/yaml           text/yaml text/x-yaml application/x-yaml
application/toml           text/x-toml
application/sql            text/x-sql
application/x-font-type1   font/x-type1
application/x-cpio         application/x-sv4cpio
image/bmp                  image/x-ms-bmp
image/vnd.microsoft.icon   image/x-icon
image/vnd.adobe.photoshop  image/x-psd
image/x-xpixmap            image/x-xpm image/xpm
image/x-icns               image/icns
font/ttf                   font/sfnt application/x-font-ttf
font/otf                   application/vnd.ms-opentype application/x-font-otf
font/woff                  application/font-woff
audio/wav                  audio/x-wav audio/vnd.wave
audio/flac                 audio/x-flac
audio/aiff                 audio/x-aiff audio/x-aifc
audio/ogg                  audio/x-vorbis+ogg audio/x-opus+ogg audio/opus
audio/mp4                  audio/x-m4a
video/ogg                  video/x-theora+ogg
video/matroska             video/x-matroska
text/x-c                   text/x-csrc text/x-chdr text/x-c++src text/x-c++hdr text/x-c++
text/x-python              text/x-script.python text/x-python3
text/x-perl                application/x-perl
text/x-php                 application/x-php application/x-httpd-php
text/x-ruby                application/x-ruby
text/x-shellscript         application/x-sh application/x-shellscript text/x-sh
text/x-diff                text/x-patch
text/javascript            application/javascript application/x-javascript
text/x-rst                 text/prs.fallenstein.rst
text/plain                 text/x-log
`)

// nameless are the types that only a file name shows. Without it, text/plain is
// right.
var nameless = table(`
text/plain  text/csv text/tab-separated-values text/markdown text/css text/javascript
text/plain  application/yaml application/toml application/sql text/x-c text/x-go text/x-lua
text/plain  text/x-perl text/x-php text/x-python text/x-ruby text/x-shellscript
text/plain  text/x-gettext-translation text/x-rst image/x-xpixmap message/rfc822 text/x-diff application/mbox
`)
