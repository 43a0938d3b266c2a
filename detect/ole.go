package detect

import (
	"bytes"
	"encoding/binary"
	"unicode/utf16"
)

// oleMagic begins a compound file of Microsoft's ([MS-CFB] 2.2).
const oleMagic = "\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1"

// oleStreams are the entries of the root that tell what a compound file is.
// A document embedded in another is an entry of a storage below, not of the root.
var oleStreams = [...]struct{ entry, mediaType string }{
	{"EncryptedPackage", ""}, // office, with a password
	{"WordDocument", "application/msword"},
	{"Workbook", "application/vnd.ms-excel"},
	{"Book", "application/vnd.ms-excel"},
	{"PowerPoint Document", "application/vnd.ms-powerpoint"},
	{"__properties_version1.0", "application/vnd.ms-outlook"},
	{"VisioDocument", "application/vnd.visio"},
	{"Quill", "application/x-mspublisher"},
	{"FileHeader", "application/x-hwp"},
}

// installerClass is the class of the root of a Windows installer package.
const installerClass = "\x84\x10\x0C\x00\x00\x00\x00\x00\xC0\x00\x00\x00\x00\x00\x00\x46"

// byOLE names a compound file by the entries of its root.
func byOLE(s *sample, _ text) (mediaType, why string) {
	if !bytes.HasPrefix(s.head, []byte(oleMagic)) {
		return "", ""
	}
	named := binaryNames()[s.ext]
	class, entries := oleRoot(s)
	for _, stream := range oleStreams {
		if !entries[stream.entry] {
			continue
		}
		switch {
		case stream.mediaType != "":
			return stream.mediaType, "its root has " + stream.entry
		case bytes.HasPrefix([]byte(named), []byte("application/vnd.")):
			return named, "it is encrypted office, by its name"
		}
		return "application/x-ole-storage", "it is encrypted office"
	}
	if class == installerClass {
		return "application/x-msi", "the class of its root"
	}
	switch named {
	case "application/msword", "application/vnd.ms-excel", "application/vnd.ms-powerpoint", "application/vnd.ms-outlook":
		if len(entries) == 0 { // the directory is beyond what can be read
			return named, "it is a compound file, by its name"
		}
	}
	return "application/x-ole-storage", "it is a compound file"
}

// oleRoot reads the class of the root and the names of its direct entries.
func oleRoot(s *sample) (class string, entries map[string]bool) {
	const entrySize, noStream = 128, 0xFFFFFFFF
	directory := oleDirectory(s)
	entry := func(id uint32) []byte {
		if off := int64(id) * entrySize; off+entrySize <= int64(len(directory)) {
			return directory[off : off+entrySize]
		}
		return nil
	}
	root := entry(0)
	if root == nil {
		return "", nil
	}
	entries = make(map[string]bool)
	seen := make(map[uint32]bool)
	for open := []uint32{binary.LittleEndian.Uint32(root[76:])}; len(open) > 0; {
		id := open[len(open)-1]
		open = open[:len(open)-1]
		e := entry(id)
		if id == noStream || seen[id] || e == nil {
			continue
		}
		seen[id] = true
		entries[oleName(e)] = true
		open = append(open, binary.LittleEndian.Uint32(e[68:]), binary.LittleEndian.Uint32(e[72:]))
	}
	return string(root[80:96]), entries
}

// oleName is the name of a directory entry, in UTF-16 ([MS-CFB] 2.6.1).
func oleName(e []byte) string {
	n := min(int(binary.LittleEndian.Uint16(e[64:])), 64)
	units := make([]uint16, 0, 32)
	for i := 0; i+1 < n; i += 2 {
		if u := binary.LittleEndian.Uint16(e[i:]); u != 0 {
			units = append(units, u)
		}
	}
	return string(utf16.Decode(units))
}

// oleDirectory reads the sectors of the directory, at most 64 KiB: the root's
// entries are in a tree, but written near its front.
func oleDirectory(s *sample) (directory []byte) {
	const headerSize, endOfChain, maxSize = 512, 0xFFFFFFFA, 64 << 10
	h := s.head
	if len(h) < headerSize {
		return nil
	}
	shift := binary.LittleEndian.Uint16(h[30:])
	if shift < 7 || shift > 16 {
		return nil
	}
	size := int64(1) << shift
	at := func(sector uint32) int64 { return (int64(sector) + 1) * size }
	for sector := binary.LittleEndian.Uint32(h[48:]); sector < endOfChain && len(directory) < maxSize; {
		part := s.read(at(sector), size)
		directory = append(directory, part...)
		if int64(len(part)) < size {
			return directory
		}
		// The next sector stands in the allocation table, whose first 109 sectors the header names.
		slots := uint32(size / 4)
		if sector/slots >= 109 {
			return directory
		}
		table := binary.LittleEndian.Uint32(h[76+4*(sector/slots):])
		next := s.read(at(table)+4*int64(sector%slots), 4)
		if len(next) < 4 {
			return directory
		}
		sector = binary.LittleEndian.Uint32(next)
	}
	return directory
}
