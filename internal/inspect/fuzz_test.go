package inspect

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"

	"github.com/emersion/go-message"
)

// Any input is read without a panic, and the tree of a mail without an error is that of
// go-message, if that finds no error either.
func FuzzRead(f *testing.F) {
	for _, s := range samples {
		if len(s.good) < 4<<10 {
			f.Add(s.good)
			f.Add(s.bad)
		}
	}
	for _, mail := range constants(f, moduleDir(f, "github.com/emersion/go-message")) {
		f.Add(mail)
	}
	f.Fuzz(func(t *testing.T, mail string) { compareTrees(t, mail) })
}

// The mails of others have the trees that go-message finds.
func TestTrees(t *testing.T) {
	compared := 0
	for _, mail := range filesBelow(t, moduleDir(t, "github.com/jhillyerd/enmime/v2"), "testdata", ".raw") {
		if compareTrees(t, strings.ReplaceAll(mail, "\r\n", "\n")) {
			compared++
		}
	}
	if compared < 40 {
		t.Errorf("%d mails compared, want at least 40", compared)
	}
}

// compareTrees compares the tree of a mail with that of go-message, unless one of the two
// finds an error, and reports whether it did.
func compareTrees(t *testing.T, mail string) bool {
	t.Helper()
	got, findings := tree(t, mail)
	for _, found := range findings.List {
		isHeader := slices.Contains([]string{"date-missing", "from-missing", "mime-version"}, found.ID)
		if found.Severity == Error && !isHeader {
			return false
		}
	}
	want, ok := otherTree(mail)
	if ok && got != want {
		t.Errorf("%q: got\n%swant\n%s", mail, got, want)
	}
	return ok
}

// tree returns the parts of a mail and what they contain. A message in it is not opened.
func tree(t *testing.T, mail string) (string, *Findings) {
	t.Helper()
	type open struct {
		part    *Part
		content strings.Builder
	}
	var out strings.Builder
	var stack []*open
	inMessage := func() bool {
		return slices.ContainsFunc(stack, func(o *open) bool { return o.part.HasParts && !o.part.isMultipart() })
	}
	findings, err := Read(strings.NewReader(mail), Visitor{
		Begin: func(p *Part) (c Content, err error) {
			o := &open{part: p}
			if !inMessage() && p.HasParts && p.isMultipart() {
				fmt.Fprintf(&out, "%d %s\n", len(stack), p.MediaType())
			} else if !inMessage() {
				c.Decoded = &o.content
			}
			stack = append(stack, o)
			return c, nil
		},
		End: func(p *Part) error {
			o := stack[len(stack)-1]
			stack = stack[:len(stack)-1]
			if !inMessage() && !(p.HasParts && p.isMultipart()) {
				fmt.Fprintf(&out, "%d %s %q\n", len(stack), p.MediaType(), o.content.String())
			}
			return nil
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	return out.String(), findings
}

// otherTree returns what go-message makes of a mail. ok is false if it finds an error. It
// decodes no charset except UTF-8.
func otherTree(mail string) (tree string, ok bool) {
	e, err := message.Read(strings.NewReader(mail))
	if err != nil {
		return "", false
	}
	var out strings.Builder
	err = walkOther(&out, e, 0, "text/plain")
	return out.String(), err == nil
}

func walkOther(out *strings.Builder, e *message.Entity, depth int, defaultType string) error {
	mediaType := defaultType
	if e.Header.Has("Content-Type") {
		var err error
		mediaType, _, err = e.Header.ContentType()
		if err != nil {
			return err
		}
	}
	parts := e.MultipartReader()
	if parts == nil {
		content, err := io.ReadAll(e.Body)
		fmt.Fprintf(out, "%d %s %q\n", depth, mediaType, content)
		return err
	}
	fmt.Fprintf(out, "%d %s\n", depth, mediaType)
	partType := "text/plain"
	if mediaType == "multipart/digest" {
		partType = "message/rfc822"
	}
	for {
		part, err := parts.NextPart()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		if err := walkOther(out, part, depth+1, partType); err != nil {
			return err
		}
	}
}
