package detect

import (
	"bytes"
	"compress/flate"
	"encoding/binary"
	"io"
	"strings"
)

var (
	// zipNames are the file name extensions of types that are like any other zip.
	zipNames = table("zip  cbz kmz apk xpi")
	// zipType matches what a member called mimetype may say: the types of
	// OpenDocument, EPUB and the like.
	zipType = lazyRegexp(`^(application/(vnd\.|x-)[a-z0-9.+-]+|application/epub\+zip|image/openraster)$`)
	// mainPart matches the type of the main part of an office file.
	mainPart = lazyRegexp(`ContentType\s*=\s*["'](application/vnd\.[A-Za-z0-9.-]+)\.main(?:\+xml)?["']`)
)

// byZip recognizes zip archives, and the types of file that are zip archives with
// certain members.
func byZip(s *sample) (mediaType, why string) {
	if !bytes.HasPrefix(s.content, []byte(zipLocal)) && !bytes.HasPrefix(s.content, []byte(zipEnd)) {
		return "", ""
	}
	members, isComplete := zipDirectory(s)
	if !isComplete {
		members = zipLocalHeaders(s.content)
	}
	named := binaryNames()[s.ext]
	declared := strings.TrimSpace(string(members.content(s, "mimetype")))
	office := officeType(members.content(s, "[content_types].xml"))
	_, isBook := members["meta-inf/container.xml"]
	_, isJava := members["meta-inf/manifest.mf"]
	switch {
	case zipType().MatchString(declared):
		return declared, "zip member mimetype"
	case office != "":
		return office, "main part in [Content_Types].xml"
	case zipNames()[s.ext] != "":
		return named, "zip and file name"
	case isBook:
		return "application/epub+zip", "zip member META-INF/container.xml"
	case isJava:
		return "application/java-archive", "zip member META-INF/MANIFEST.MF"
	case !isComplete && isZipType(named):
		return named, "zip without an end, and file name"
	}
	return "application/zip", "zip"
}

// isZipType reports whether files of a type are zip archives.
func isZipType(mediaType string) bool {
	return strings.Contains(mediaType, "officedocument") || strings.Contains(mediaType, "opendocument") ||
		strings.HasSuffix(mediaType, "macroEnabled.12") || strings.HasSuffix(mediaType, "+zip") ||
		mediaType == "application/java-archive"
}

// officeType returns the type of an office file by its list of parts: it is that
// of the main part, without ".main+xml". The list may be in UTF-16.
func officeType(contentTypes []byte) string {
	list, _ := readText(contentTypes, false)
	for _, match := range mainPart().FindAllSubmatch(list.body, -1) {
		t := string(match[1])
		switch {
		case strings.HasSuffix(t, ".macroEnabled"):
			return t + ".12"
		case strings.Contains(t, "officedocument"), strings.Contains(t, "visio"):
			return t
		}
	}
	return ""
}

// The first octets of the records of a zip archive, and the length of each up to
// its first field of variable length (APPNOTE 4.3.7, 4.3.12, 4.3.16).
const (
	zipLocal = "PK\x03\x04"
	zipEntry = "PK\x01\x02"
	zipEnd   = "PK\x05\x06"

	zipLocalSize = 30
	zipEntrySize = 46
	zipEndSize   = 22
)

// A zipMember is a file in a zip archive.
type zipMember struct {
	method uint16
	header int64 // offset of its local header
	size   int64 // octets, compressed; 0 means that the size follows the data
}

// zipMembers has the first member of each name. The names are in lower case,
// because those of office files are compared without regard to case.
type zipMembers map[string]zipMember

func (members zipMembers) add(name []byte, m zipMember) {
	key := strings.ToLower(string(name))
	if _, isThere := members[key]; !isThere {
		members[key] = m
	}
}

// zipDirectory reads the directory at the end of an archive. It reports false if
// there is none that can be read.
func zipDirectory(s *sample) (members zipMembers, ok bool) {
	const maxComment = 1<<16 - 1
	size := s.size
	if s.whole {
		size = int64(len(s.content))
	}
	tail := s.read(max(0, size-zipEndSize-maxComment), min(size, zipEndSize+maxComment))
	i := bytes.LastIndex(tail, []byte(zipEnd))
	if i < 0 || len(tail)-i < zipEndSize {
		return nil, false
	}
	le := binary.LittleEndian
	length, off := le.Uint32(tail[i+12:]), le.Uint32(tail[i+16:])
	members = make(zipMembers)
	for b := s.read(int64(off), int64(length)); len(b) >= zipEntrySize && bytes.HasPrefix(b, []byte(zipEntry)); {
		name := b[zipEntrySize:]
		nameSize := int(le.Uint16(b[28:]))
		if len(name) < nameSize {
			break
		}
		members.add(name[:nameSize], zipMember{
			method: le.Uint16(b[10:]),
			size:   int64(le.Uint32(b[20:])),
			header: int64(le.Uint32(b[42:])),
		})
		extraSize, commentSize := int(le.Uint16(b[30:])), int(le.Uint16(b[32:]))
		b = name[min(nameSize+extraSize+commentSize, len(name)):]
	}
	return members, len(members) > 0
}

// zipLocalHeaders reads the members that begin in head. If the size of one follows
// its data, the next header is searched for.
func zipLocalHeaders(head []byte) zipMembers {
	le := binary.LittleEndian
	members := make(zipMembers)
	for off := 0; ; {
		b := head[off:]
		if len(b) < zipLocalSize || !bytes.HasPrefix(b, []byte(zipLocal)) {
			return members
		}
		nameSize, extraSize := int(le.Uint16(b[26:])), int(le.Uint16(b[28:]))
		data := zipLocalSize + nameSize + extraSize
		if len(b) < data {
			return members
		}
		m := zipMember{method: le.Uint16(b[8:]), size: int64(le.Uint32(b[18:])), header: int64(off)}
		members.add(b[zipLocalSize:zipLocalSize+nameSize], m)
		if m.size > int64(len(b)-data) {
			return members
		}
		end := data + int(m.size)
		next := bytes.Index(b[end:], []byte(zipLocal))
		if next < 0 {
			return members
		}
		off += end + next
	}
}

// maxMember is the number of octets of a member that are read, compressed and
// uncompressed.
const maxMember = 256 << 10

// content returns the beginning of the content of a member, or nil.
func (members zipMembers) content(s *sample, name string) []byte {
	m, ok := members[name]
	if !ok {
		return nil
	}
	h := s.read(m.header, zipLocalSize)
	if len(h) < zipLocalSize || !bytes.HasPrefix(h, []byte(zipLocal)) {
		return nil
	}
	le := binary.LittleEndian
	off := m.header + zipLocalSize + int64(le.Uint16(h[26:])) + int64(le.Uint16(h[28:]))
	n := m.size
	if n == 0 || n > maxMember {
		n = maxMember
	}
	data := s.read(off, n)
	switch m.method {
	case 0: // stored
		if m.size == 0 {
			data, _, _ = bytes.Cut(data, []byte("PK")) // of the record that has the size
		}
		return data
	case 8: // deflated
		content, _ := io.ReadAll(io.LimitReader(flate.NewReader(bytes.NewReader(data)), maxMember))
		return content
	}
	return nil
}
