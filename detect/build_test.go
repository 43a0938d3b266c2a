package detect

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"encoding/binary"
	"strings"
	"unicode/utf16"
)

// zipOf returns a zip archive of names and contents in turn.
func zipOf(members ...string) string {
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for i := 0; i < len(members); i += 2 {
		method := zip.Deflate
		if members[i] == "mimetype" {
			method = zip.Store
		}
		m, err := w.CreateHeader(&zip.FileHeader{Name: members[i], Method: method})
		if err == nil {
			_, err = m.Write([]byte(members[i+1]))
		}
		if err != nil {
			panic(err)
		}
	}
	if err := w.Close(); err != nil {
		panic(err)
	}
	return b.String()
}

// tarOf returns a tar archive with one member.
func tarOf(name, content string) string {
	var b bytes.Buffer
	w := tar.NewWriter(&b)
	err := w.WriteHeader(&tar.Header{Name: name, Size: int64(len(content)), Mode: 0o644})
	if err == nil {
		_, err = w.Write([]byte(content))
	}
	if err == nil {
		err = w.Close()
	}
	if err != nil {
		panic(err)
	}
	return b.String()
}

// officeOf returns an office file with a main part of that type.
func officeOf(mainPart string) string {
	list := `<?xml version="1.0"?><Types><Default Extension="png" ContentType="image/png"/>` +
		`<Override PartName="/main.xml" ContentType="` + mainPart + `"/></Types>`
	return zipOf("[Content_Types].xml", list, "_rels/.rels", "<Relationships/>", "main.xml", "<x/>")
}

// der returns an element of DER with less than 128 octets.
func der(tag byte, content string) string {
	return string([]byte{tag, byte(len(content))}) + content
}

// An oleEntry is an entry of the root of a compound file, and the names below it.
type oleEntry struct {
	name  string
	below []string
}

// oleOf returns a compound file of a header, one sector of the allocation table and
// the directory.
func oleOf(entries ...oleEntry) string {
	const none = 0xFFFFFFFF
	le := binary.LittleEndian
	type node struct {
		name        string
		kind        byte
		right, down uint32
	}
	nodes := []node{{"Root Entry", 5, none, 1}}
	for i, e := range entries {
		n := node{e.name, 2, none, none}
		if i > 0 {
			nodes[len(nodes)-1-len(entries[i-1].below)].right = uint32(len(nodes))
		}
		if len(e.below) > 0 {
			n.kind, n.down = 1, uint32(len(nodes)+1)
		}
		nodes = append(nodes, n)
		for j, name := range e.below {
			child := node{name, 2, none, none}
			if j+1 < len(e.below) {
				child.right = uint32(len(nodes) + 1)
			}
			nodes = append(nodes, child)
		}
	}
	sectors := (len(nodes) + 3) / 4
	b := make([]byte, 512*(2+sectors))
	copy(b, oleMagic)
	le.PutUint16(b[30:], 9)
	le.PutUint32(b[48:], 1) // the directory's first sector; the table is sector 0
	table := b[512:]
	le.PutUint32(table, 0xFFFFFFFD)
	for i := 1; i <= sectors; i++ {
		next := uint32(i + 1)
		if i == sectors {
			next = 0xFFFFFFFE
		}
		le.PutUint32(table[4*i:], next)
	}
	for i, n := range nodes {
		e := b[1024+128*i:]
		for j, u := range utf16.Encode([]rune(n.name)) {
			le.PutUint16(e[2*j:], u)
		}
		le.PutUint16(e[64:], uint16(2*len(n.name)+2))
		e[66] = n.kind
		le.PutUint32(e[68:], none)
		le.PutUint32(e[72:], n.right)
		le.PutUint32(e[76:], n.down)
	}
	return string(b)
}

// utf16Of returns text in UTF-16, with a byte order mark or without.
func utf16Of(order binary.AppendByteOrder, mark bool, text string) string {
	var b []byte
	if mark {
		b = order.AppendUint16(b, 0xFEFF)
	}
	for _, u := range utf16.Encode([]rune(text)) {
		b = order.AppendUint16(b, u)
	}
	return string(b)
}

// oggPage is the header of the first page of a stream of Ogg, up to the number of
// segments.
var oggPage = "OggS\x00\x02" + strings.Repeat("\x00", 20)
