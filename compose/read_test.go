package compose

import (
	"bytes"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/emersion/go-message"
	_ "github.com/emersion/go-message/charset"
	"github.com/jhillyerd/enmime/v2"

	"mailpipe/internal/mimetest"
)

// A leaf is a part that is not a multipart, as a reader finds it.
type leaf struct {
	path, mediaType, encoding, disposition, name, cid string
	params                                            map[string]string
	body                                              string
}

// readBack returns the header and the parts that go-message finds in a message.
// It asserts what must be true of every message: enmime finds no defect, no line
// is too long, and nothing follows the end.
func readBack(t *testing.T, msg string) (message.Header, []leaf) {
	t.Helper()
	header, _, _ := strings.Cut(strings.ReplaceAll(msg, "\r\n", "\n"), "\n\n")
	if n := mimetest.LongestLine(msg); n > 998 {
		t.Errorf("a line of %d octets", n)
	}
	isEnded := strings.HasSuffix(msg, "--\n") || strings.HasSuffix(msg, "--\r\n")
	if strings.Contains(msg, "multipart/") && !isEnded {
		t.Errorf("something follows the end: %q", msg[max(0, len(msg)-40):])
	}
	if strings.Contains(header, "\n\n") || strings.Contains(header, "\r") {
		t.Errorf("the header is %q", header)
	}
	e, err := message.Read(strings.NewReader(msg))
	if err != nil {
		t.Fatal(err)
	}
	env, err := enmime.ReadEnvelope(strings.NewReader(msg))
	if err != nil {
		t.Fatal(err)
	}
	for _, problem := range env.Errors {
		if problem.Name != enmime.ErrorPlainTextFromHTML { // not a defect: an image has no words
			t.Errorf("enmime: %v", problem)
		}
	}
	var leaves []leaf
	walk(t, e, "", &leaves)
	return e.Header, leaves
}

func walk(t *testing.T, e *message.Entity, path string, leaves *[]leaf) {
	t.Helper()
	l := leaf{path: path}
	var err error
	if l.mediaType, l.params, err = e.Header.ContentType(); err != nil {
		t.Fatal(err)
	}
	if mr := e.MultipartReader(); mr != nil {
		for i := 1; ; i++ {
			part, err := mr.NextPart()
			if err == io.EOF {
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			walk(t, part, path+"/"+strings.TrimPrefix(l.mediaType, "multipart/"), leaves)
		}
	}
	l.encoding = e.Header.Get("Content-Transfer-Encoding")
	disposition, params, _ := e.Header.ContentDisposition()
	l.disposition, l.name = disposition, params["filename"]
	if l.params["name"] != l.name {
		t.Errorf("the name is %q, and the filename is %q", l.params["name"], l.name)
	}
	l.cid = strings.Trim(e.Header.Get("Content-Id"), "<>")
	body, err := io.ReadAll(e.Body)
	if err != nil {
		t.Fatal(err)
	}
	l.body = string(body)
	*leaves = append(*leaves, l)
}

// summary returns the structure of a message, one line per part.
func summary(leaves []leaf) string {
	var b strings.Builder
	for _, l := range leaves {
		fmt.Fprintf(&b, "%s %s %s", l.path, l.mediaType, l.encoding)
		if l.disposition != "" {
			fmt.Fprintf(&b, " %s %s", l.disposition, l.name)
		}
		b.WriteString("\n")
	}
	return b.String()
}

// byName is a Detector for tests. It knows types by file names, and charsets by a
// few octets.
func byName(name string, head []byte, at io.ReaderAt, size int64) (mediaType, charset string, err error) {
	switch {
	case bytes.Contains(head, []byte{0xF2, 0xE5, 0xF1, 0xF2}): // тест
		charset = "windows-1251"
	case bytes.HasPrefix(head, []byte("h\x00i\x00")):
		charset = "utf-16le"
	case bytes.Contains(head, []byte("\x1B$B")):
		charset = "iso-2022-jp"
	case len(head) > 0 && bytes.IndexByte(head, 0) < 0:
		charset = "utf-8"
	}
	switch name[strings.LastIndexByte(name, '.')+1:] {
	case "png":
		return "image/png", "", nil
	case "eml":
		return "message/rfc822", "", nil
	case "csv":
		return "text/csv", charset, nil
	case "ics":
		return "text/calendar", charset, nil
	case "txt", "":
		return "text/plain", charset, nil
	case "multi":
		return "multipart/mixed; boundary=x", "", nil
	case "mail":
		return "message/rfc822", "", nil
	}
	return "application/octet-stream", "", nil
}
