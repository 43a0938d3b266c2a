package cli

import (
	"path"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"mailpipe/detect"
	"mailpipe/internal/inspect"
	"mailpipe/internal/termtext"
)

// Sizes in octets.
const (
	fileNameMax  = 255 // of most file systems
	extensionMax = 32  // a longer one is a part of the name
)

// partFileName returns the name of the file for a part: its own, made harmless, or
// part-1.2.png.
func partFileName(p *inspect.Part) string {
	mediaType := p.MediaType()
	isMessage := mediaType == "message/rfc822" || mediaType == "message/global"
	name := safeFileName(p.Name)
	if name == "" {
		name = "part-" + p.Number + typeExtension(mediaType)
	}
	if isMessage && !strings.EqualFold(path.Ext(name), ".eml") {
		name += ".eml"
	}
	stem, extension := splitExtension(name)
	return clip(stem, fileNameMax-len(extension)) + extension
}

// typeExtension returns the file name extension of a media type.
func typeExtension(mediaType string) string {
	extension := detect.Extension(mediaType)
	switch {
	case extension != "":
		return extension
	case strings.HasPrefix(mediaType, "text/"), strings.HasPrefix(mediaType, "message/"):
		return ".txt"
	}
	return ".bin"
}

// safeFileName returns the last element of a path that a stranger chose, as a name that
// is harmless on every system: no control or bidi character, not hidden, and not that of
// a device of Windows.
func safeFileName(name string) string {
	name = name[strings.LastIndexAny(name, `/\`)+1:]
	name = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || termtext.BidiOverride(r) || strings.ContainsRune(`<>:"|?*`, r) {
			return '_'
		}
		return r
	}, name)
	visible := strings.TrimLeft(name, ".")
	name = strings.Repeat("_", len(name)-len(visible)) + visible
	if stem, _, _ := strings.Cut(name, "."); isDevice(stem) {
		name = "_" + name[len(stem):]
	}
	return name
}

// isDevice reports whether Windows takes a name, with any extension, for a device.
func isDevice(name string) bool {
	name = strings.ToUpper(strings.TrimRight(name, " "))
	if n, ok := strings.CutPrefix(strings.Replace(name, "LPT", "COM", 1), "COM"); ok {
		return utf8.RuneCountInString(n) == 1 && strings.ContainsAny(n, "0123456789¹²³")
	}
	return slices.Contains([]string{"CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$"}, name)
}

// splitExtension splits a file name before its extension.
func splitExtension(name string) (stem, extension string) {
	extension = path.Ext(name)
	if len(extension) > extensionMax {
		extension = ""
	}
	return strings.TrimSuffix(name, extension), extension
}

// clip returns the beginning of s, at most max octets and no part of a character.
func clip(s string, max int) string {
	if len(s) <= max {
		return s
	}
	for max > 0 && !utf8.RuneStart(s[max]) {
		max--
	}
	return s[:max]
}
