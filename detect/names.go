package detect

import (
	"cmp"
	"strings"
	"sync"
)

// A line of these tables is a media type and its file name extensions. The type
// is the one that IANA has registered, or else the most common one.

// plainNames are the types of texts that only the file name shows.
var plainNames = table(`
text/plain                  txt text log conf cfg ini list lst nfo
text/csv                    csv
text/tab-separated-values   tsv tab
text/markdown               md markdown mkd mdown
application/yaml            yaml yml
application/toml            toml
application/sql             sql
text/css                    css
text/x-scss                 scss
text/x-less                 less
text/javascript             js mjs cjs
text/x-typescript           ts tsx
text/x-jsx                  jsx
text/x-python               py pyw pyi
text/x-c                    c h
text/x-c++                  cc cpp cxx c++ hh hpp hxx
text/x-csharp               cs
text/x-go                   go
text/x-rust                 rs
text/x-java                 java
text/x-kotlin               kt kts
text/x-scala                scala
text/x-swift                swift
text/x-ruby                 rb
text/x-perl                 pl pm
text/x-php                  php
text/x-lua                  lua
text/x-tcl                  tcl
text/x-r                    r
text/x-haskell              hs
text/x-ocaml                ml mli
text/x-erlang               erl hrl
text/x-emacs-lisp           el
text/x-scheme               scm
text/x-common-lisp          lisp
text/x-fortran              f f90 f95
text/x-pascal               pas
text/x-ada                  adb ads
text/x-vala                 vala vapi
text/x-asm                  s asm
text/x-awk                  awk
text/x-shellscript          sh bash zsh ksh
text/x-msdos-batch          bat cmd
text/x-powershell           ps1 psm1
text/x-makefile             mk mak
text/x-cmake                cmake
text/x-meson                meson
text/x-m4                   m4
text/x-tex                  tex sty ltx
text/x-bibtex               bib
text/x-rst                  rst
text/x-asciidoc             adoc asciidoc
text/x-texinfo              texi texinfo
text/x-gettext-translation  po
text/x-gettext-translation-template  pot
text/vtt                    vtt
application/x-subrip        srt
application/xml-dtd         dtd
text/x-vhdl                 vhd vhdl
text/x-diff                 diff patch
application/x-desktop       desktop
application/vnd.apple.mpegurl  m3u8
audio/x-mpegurl             m3u
audio/x-scpls               pls
image/x-xpixmap             xpm
image/x-xbitmap             xbm
application/x-font-bdf      bdf
text/x-lilypond             ly
text/vnd.graphviz           gv dot
text/x-properties           properties
`)

// fileNames are whole file names of such texts, in lower case.
var fileNames = table(`
text/x-makefile  makefile gnumakefile
text/x-cmake     cmakelists.txt
text/x-meson     meson.build
`)

// provenNames are the types of texts whose content must agree with the name.
var provenNames = table(`
text/html                  html htm
application/xhtml+xml      xhtml xht
application/xml            xml xsd
image/svg+xml              svg
application/rss+xml        rss
application/atom+xml       atom
application/gpx+xml        gpx
application/vnd.google-earth.kml+xml  kml
application/json           json
application/geo+json       geojson
application/ld+json        jsonld
application/x-ipynb+json   ipynb
application/x-ndjson       ndjson jsonl
text/calendar              ics ifb
text/vcard                 vcf vcard
message/rfc822             eml
application/mbox           mbox
application/rtf            rtf
application/postscript     ps eps
application/x-pem-file     pem crt cer key csr
`)

// binaryNames are the types of other files. The content decides what these are,
// except in a container that cannot be read to its end. Why mentions a name that
// says something else.
var binaryNames = table(`
application/pdf            pdf
application/zip            zip
application/gzip           gz tgz
application/x-bzip2        bz2 tbz2
application/x-xz           xz txz
application/zstd           zst
application/x-tar          tar
application/x-7z-compressed  7z
application/vnd.rar        rar
image/png                  png apng
image/jpeg                 jpg jpeg
image/gif                  gif
image/webp                 webp
image/heic                 heic
image/avif                 avif
image/tiff                 tif tiff
image/bmp                  bmp dib
image/vnd.microsoft.icon   ico
image/vnd.adobe.photoshop  psd
audio/mpeg                 mp3
audio/mp4                  m4a m4b
audio/ogg                  ogg oga opus spx
audio/flac                 flac
audio/wav                  wav
audio/aac                  aac
audio/matroska             mka
audio/webm                 weba
audio/x-ms-wma             wma
video/mp4                  mp4 m4v
video/quicktime            mov qt
video/matroska             mkv
video/webm                 webm
video/x-msvideo            avi
video/ogg                  ogv
application/vnd.sqlite3    sqlite sqlite3 db
application/vnd.apache.parquet  parquet
application/pkcs7-signature  p7s
application/pkcs7-mime     p7m p7c p7b
font/ttf                   ttf
font/otf                   otf
font/woff                  woff
font/woff2                 woff2
application/vnd.microsoft.portable-executable  exe dll
application/epub+zip       epub
application/java-archive   jar
application/vnd.comicbook+zip  cbz
application/vnd.google-earth.kmz  kmz
application/vnd.android.package-archive  apk
application/x-xpinstall    xpi
application/vnd.openxmlformats-officedocument.wordprocessingml.document      docx
application/vnd.openxmlformats-officedocument.wordprocessingml.template      dotx
application/vnd.openxmlformats-officedocument.spreadsheetml.sheet            xlsx
application/vnd.openxmlformats-officedocument.spreadsheetml.template         xltx
application/vnd.openxmlformats-officedocument.presentationml.presentation    pptx
application/vnd.openxmlformats-officedocument.presentationml.template        potx
application/vnd.openxmlformats-officedocument.presentationml.slideshow       ppsx
application/vnd.ms-word.document.macroEnabled.12           docm
application/vnd.ms-excel.sheet.macroEnabled.12             xlsm
application/vnd.ms-excel.sheet.binary.macroEnabled.12      xlsb
application/vnd.ms-powerpoint.presentation.macroEnabled.12 pptm
application/vnd.oasis.opendocument.text           odt
application/vnd.oasis.opendocument.spreadsheet    ods
application/vnd.oasis.opendocument.presentation   odp
application/vnd.oasis.opendocument.graphics       odg
application/vnd.oasis.opendocument.formula        odf
application/msword         doc dot
application/vnd.ms-excel   xls xlt
application/vnd.ms-powerpoint  ppt pps pot
application/vnd.ms-outlook msg
`)

// table returns a function that returns the value of each key. A line of the
// table is a value and its keys. The map is made by the first call, because most
// commands of a program need none of them.
func table(lines string) func() map[string]string {
	return sync.OnceValue(func() map[string]string {
		m := make(map[string]string)
		for line := range strings.Lines(lines) {
			if fields := strings.Fields(line); len(fields) > 0 {
				for _, key := range fields[1:] {
					m[key] = fields[0]
				}
			}
		}
		return m
	})
}

// plainName returns the type of a text that only the file name shows, or "".
func (s *sample) plainName() string {
	if t := fileNames()[s.base]; t != "" {
		return t
	}
	return plainNames()[s.ext]
}

// textName returns the type that the file name gives to a text, or "".
func (s *sample) textName() string {
	if t := s.plainName(); t != "" {
		return t
	}
	return provenNames()[s.ext]
}

// byName recognizes a text that only its file name describes.
func byName(s *sample) (mediaType, why string) {
	if s.ext == "ts" && readMarkup(s.text.body).root != "" { // Qt's translations, not TypeScript
		return "", ""
	}
	return s.plainName(), "text and file name"
}

// Named returns the media type that a file name alone says, or "".
func Named(name string) string { return newSample(name, nil, true).named() }

// named returns the type that the file name gives to a text or to another file, or "".
func (s *sample) named() string { return cmp.Or(s.textName(), binaryNames()[s.ext]) }
