package detect

import (
	"bytes"
	"compress/flate"
	"encoding/binary"
	"io"
	"regexp"
	"strings"
	"sync"
)

// zipKinds are the types that only the name tells from any other zip.
const zipKinds = " cbz kmz apk xpi "

// maxMember is how much of a member is unpacked.
const maxMember = 256 << 10

// localSize is the length of a local header before the name (APPNOTE 4.3.7).
const localSize = 30

// byZip reads the members of a zip: from its directory where that can be
// reached, else from the local headers in the head.
func byZip(s *sample) (mediaType, why string) {
	if !bytes.HasPrefix(s.content, []byte("PK\x03\x04")) && !bytes.HasPrefix(s.content, []byte("PK\x05\x06")) {
		return "", ""
	}
	members, found := zipDirectory(s)
	if !found {
		members = localHeaders(s.content)
	}
	named := binaryNames()[s.ext]
	isJar, isBook := false, false
	for _, m := range members {
		switch m.name {
		case "mimetype":
			if t := string(m.read(s)); zipType().MatchString(t) {
				return t, "its member mimetype says so"
			}
		case "[Content_Types].xml":
			if t := mainPart(m.read(s)); t != "" {
				return t, "the main part in its [Content_Types].xml"
			}
		case "META-INF/MANIFEST.MF":
			isJar = true
		case "META-INF/container.xml":
			isBook = true
		}
	}
	switch {
	case strings.Contains(zipKinds, " "+s.ext+" "):
		return named, "it is a zip, by its name"
	case isBook:
		return "application/epub+zip", "it has a container of EPUB"
	case isJar:
		return "application/java-archive", "it has a manifest"
	case !found && isZipType(named):
		return named, "it is a zip that cannot be read to its end, by its name"
	}
	return "application/zip", "it is a zip"
}

// isZipType reports whether files of a type are zips.
func isZipType(mediaType string) bool {
	return strings.Contains(mediaType, "officedocument") || strings.Contains(mediaType, "opendocument") ||
		strings.HasSuffix(mediaType, "macroEnabled.12") || strings.HasSuffix(mediaType, "+zip") || mediaType == "application/java-archive"
}

// A member is a file in a zip.
type member struct {
	name   string
	method uint16
	header int64 // offset of its local header
	size   int64 // compressed; 0 when a descriptor follows the data
}

// zipDirectory reads the directory at the end of a zip (APPNOTE 4.3.12, 4.3.16).
func zipDirectory(s *sample) (members []member, found bool) {
	const endSize, entrySize, usual, maxComment = 22, 46, 1 << 10, 1<<16 - 1
	if s.at == nil && !s.whole {
		return nil, false
	}
	size := int64(len(s.content))
	if s.at != nil && s.size > 0 {
		size = s.size
	}
	tail := s.read(max(0, size-usual), usual)
	i := bytes.LastIndex(tail, []byte("PK\x05\x06"))
	if i < 0 { // a long comment is rare
		tail = s.read(max(0, size-endSize-maxComment), endSize+maxComment)
		i = bytes.LastIndex(tail, []byte("PK\x05\x06"))
	}
	if i < 0 || len(tail)-i < endSize {
		return nil, false
	}
	end := tail[i:]
	length, off := int64(binary.LittleEndian.Uint32(end[12:])), int64(binary.LittleEndian.Uint32(end[16:]))
	b := s.read(off, length)
	for len(b) >= entrySize && bytes.HasPrefix(b, []byte("PK\x01\x02")) {
		n := int(binary.LittleEndian.Uint16(b[28:]))
		skip := entrySize + n + int(binary.LittleEndian.Uint16(b[30:])) + int(binary.LittleEndian.Uint16(b[32:]))
		if len(b) < entrySize+n {
			break
		}
		members = append(members, member{
			name:   string(b[entrySize : entrySize+n]),
			method: binary.LittleEndian.Uint16(b[10:]),
			size:   int64(binary.LittleEndian.Uint32(b[20:])),
			header: int64(binary.LittleEndian.Uint32(b[42:])),
		})
		b = b[min(skip, len(b)):]
	}
	return members, len(members) > 0
}

// localHeaders reads the members that begin in the head. Where a size stands
// behind the data the next header is looked for.
func localHeaders(head []byte) (members []member) {
	for off := 0; ; {
		b := head[off:]
		if len(b) < localSize || !bytes.HasPrefix(b, []byte("PK\x03\x04")) {
			return members
		}
		n := int(binary.LittleEndian.Uint16(b[26:]))
		data := localSize + n + int(binary.LittleEndian.Uint16(b[28:]))
		if len(b) < data {
			return members
		}
		m := member{
			name:   string(b[localSize : localSize+n]),
			method: binary.LittleEndian.Uint16(b[8:]),
			size:   int64(binary.LittleEndian.Uint32(b[18:])),
			header: int64(off),
		}
		members = append(members, m)
		if m.size > int64(len(b)-data) {
			return members
		}
		next := data + int(m.size)
		i := bytes.Index(b[next:], []byte("PK\x03\x04"))
		if i < 0 {
			return members
		}
		off += next + i
	}
}

// read returns the beginning of a member's content.
func (m member) read(s *sample) []byte {
	h := s.read(m.header, localSize)
	if len(h) < localSize || !bytes.HasPrefix(h, []byte("PK\x03\x04")) {
		return nil
	}
	off := m.header + localSize + int64(binary.LittleEndian.Uint16(h[26:])) + int64(binary.LittleEndian.Uint16(h[28:]))
	n := m.size
	if n == 0 || n > maxMember {
		n = maxMember
	}
	data := s.read(off, n)
	switch m.method {
	case 0:
		if m.size == 0 { // it stands behind the data
			data, _, _ = bytes.Cut(data, []byte("PK"))
		}
		return data
	case 8:
		content, _ := io.ReadAll(io.LimitReader(flate.NewReader(bytes.NewReader(data)), maxMember))
		return content
	}
	return nil
}

var zipType = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^(application/(vnd\.|x-)[a-z0-9.+-]+|application/epub\+zip|image/openraster)$`)
})

var mainParts = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`ContentType\s*=\s*["'](application/vnd\.[A-Za-z0-9.-]+)\.main(?:\+xml)?["']`)
})

// mainPart names an office file by its main part: the type of the part
// without ".main+xml" is that of the file.
func mainPart(contentTypes []byte) string {
	for _, match := range mainParts().FindAllSubmatch(contentTypes, -1) {
		t := string(match[1])
		switch {
		case strings.HasSuffix(t, ".macroEnabled"):
			return t + ".12"
		case strings.Contains(t, "officedocument") || strings.Contains(t, "visio"):
			return t
		}
	}
	return ""
}
