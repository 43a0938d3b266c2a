package detect

import (
	"bytes"
	"encoding/binary"
	"strings"
	"unicode/utf16"
)

// oleMagic is how a compound file of Microsoft begins ([MS-CFB] 2.2).
const oleMagic = "\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1"

// oleEntries are the entries of the root directory that show the type of a
// compound file. A document that is embedded in another has entries of the same
// names, but not in the root.
var oleEntries = [...]struct{ name, mediaType string }{
	{"WordDocument", "application/msword"},
	{"Workbook", "application/vnd.ms-excel"},
	{"Book", "application/vnd.ms-excel"},
	{"PowerPoint Document", "application/vnd.ms-powerpoint"},
	{"__properties_version1.0", "application/vnd.ms-outlook"},
	{"VisioDocument", "application/vnd.visio"},
	{"Quill", "application/x-mspublisher"},
	{"FileHeader", "application/x-hwp"},
}

// installerClass is the class of the root entry of a Windows installer package.
const installerClass = "\x84\x10\x0C\x00\x00\x00\x00\x00\xC0\x00\x00\x00\x00\x00\x00\x46"

// byOLE recognizes compound files by the entries of the root directory.
func byOLE(s *sample) (mediaType, why string) {
	if !bytes.HasPrefix(s.content, []byte(oleMagic)) {
		return "", ""
	}
	named := binaryNames()[s.ext]
	class, entries := oleRoot(s)
	if entries["EncryptedPackage"] && strings.HasPrefix(named, "application/vnd.") {
		return named, "encrypted office file, and file name"
	}
	if entries["EncryptedPackage"] {
		return "application/x-ole-storage", "encrypted office file"
	}
	for _, e := range oleEntries {
		if entries[e.name] {
			return e.mediaType, "root entry " + e.name
		}
		if named == e.mediaType && len(entries) == 0 { // the directory cannot be read
			return named, "compound file and file name"
		}
	}
	if class == installerClass {
		return "application/x-msi", "class of the root entry"
	}
	return "application/x-ole-storage", "compound file"
}

// oleRoot returns the class of the root entry and the names of the entries in it.
// These form a binary tree; an entry names the roots of its two subtrees.
func oleRoot(s *sample) (class string, entries map[string]bool) {
	const entrySize = 128
	directory := oleDirectory(s)
	if len(directory) < entrySize {
		return "", nil
	}
	le := binary.LittleEndian
	entries = make(map[string]bool)
	seen := make(map[uint32]bool)
	for open := []uint32{le.Uint32(directory[76:])}; len(open) > 0; {
		id := open[len(open)-1]
		open = open[:len(open)-1]
		off := int64(id) * entrySize
		if seen[id] || off+entrySize > int64(len(directory)) {
			continue
		}
		seen[id] = true
		entry := directory[off : off+entrySize]
		entries[oleName(entry)] = true
		open = append(open, le.Uint32(entry[68:]), le.Uint32(entry[72:]))
	}
	return string(directory[80:96]), entries
}

// oleName returns the name of a directory entry ([MS-CFB] 2.6.1): UTF-16, then the
// number of its octets.
func oleName(entry []byte) string {
	n := min(int(binary.LittleEndian.Uint16(entry[64:])), 64)
	var units []uint16
	for i := 0; i+1 < n; i += 2 {
		if u := binary.LittleEndian.Uint16(entry[i:]); u != 0 {
			units = append(units, u)
		}
	}
	return string(utf16.Decode(units))
}

// maxDirectory is the number of octets of a directory that are read. The entries
// of the root are near its beginning.
const maxDirectory = 64 << 10

// oleDirectory returns the directory, or the beginning of it. The directory is a
// chain of sectors ([MS-CFB] 2.3): the allocation table has the number of the next
// sector for each sector. The header names the first 109 sectors of that table.
func oleDirectory(s *sample) (directory []byte) {
	const headerSize, tableSectors, endOfChain = 512, 109, 0xFFFFFFFA
	le := binary.LittleEndian
	header := s.read(0, headerSize)
	if len(header) < headerSize {
		return nil
	}
	shift := le.Uint16(header[30:])
	if shift < 7 || shift > 16 {
		return nil
	}
	size := int64(1) << shift
	offset := func(sector uint32) int64 { return (int64(sector) + 1) * size }
	perSector := uint32(size / 4) // entries of the allocation table
	sector := le.Uint32(header[48:])
	for sector < endOfChain && len(directory) < maxDirectory {
		part := s.read(offset(sector), size)
		directory = append(directory, part...)
		if int64(len(part)) < size || sector/perSector >= tableSectors {
			break
		}
		table := le.Uint32(header[76+4*(sector/perSector):])
		next := s.read(offset(table)+4*int64(sector%perSector), 4)
		if len(next) < 4 {
			break
		}
		sector = le.Uint32(next)
	}
	return directory
}
