package compose

import (
	"encoding/base64"
	"errors"
	"io"
	"strings"
	"testing"

	"mailpipe/internal/htmlref"
)

// sendPage sends a page without a text and returns the parts and the notes.
func sendPage(t *testing.T, page Part) (leaves []leaf, notes []string) {
	t.Helper()
	m := letter()
	m.HTML = &page
	m.Detect = byName
	m.Note = addTo(&notes)
	m.Related = func(path string) (Part, error) { return part(path, path), nil }
	_, leaves = readBack(t, write(t, m))
	return leaves, notes
}

// A page that is too long to hold is read to its end.
func TestLongHTML(t *testing.T) {
	image := strings.Repeat("\x89PNG", 30_000)
	filler := strings.Repeat("<p>Größe"+strings.Repeat(" und Gewicht", 100)+"</p>\n", 1000)
	page := "<p><img src=a.png>" + filler + "<img src=b.png>" +
		"<img src=data:image/png;base64," + base64.StdEncoding.EncodeToString([]byte(image)) + ">"
	for name, p := range map[string]Part{"file": part("", page), "pipe": pipe("", page)} {
		leaves, notes := sendPage(t, p)
		if len(leaves) != 5 || leaves[2].body != "a.png" || leaves[3].body != "b.png" || leaves[4].body != image {
			t.Fatalf("%s: %s", name, summary(leaves))
		}
		want := "<p><img src=cid:" + leaves[2].cid + ">" + filler + "<img src=cid:" + leaves[3].cid + ">" +
			"<img src=cid:" + leaves[4].cid + ">"
		if got := leaves[1].body; got != want {
			t.Errorf("%s: the page has %d octets, want %d", name, len(got), len(want))
		}
		if !strings.HasSuffix(leaves[0].body, "[The text ends here. The HTML has all of it.]\n") {
			t.Errorf("%s: the text version does not say that it ends", name)
		}
		if len(notes) != 0 {
			t.Errorf("%s: the notes are %q", name, notes)
		}
	}
}

// The tree of a page with very many tags would take too much memory. The text
// version ends before them, and the HTML is sent whole.
func TestManyTags(t *testing.T) {
	const end = "[The text ends here. The HTML has all of it.]\n"
	words := strings.Repeat("x", maxTags/2) + "\n"
	for count, want := range map[int]string{maxTags: words, maxTags + 1: words + "\n" + end} {
		page := strings.Repeat("<b>x</b>", count/2) + strings.Repeat("<wbr>", count%2)
		leaves, notes := sendPage(t, part("", page))
		if leaves[0].body != want {
			t.Errorf("%d tags: the text version has %d octets, want %d", count, len(leaves[0].body), len(want))
		}
		if leaves[1].body != page || len(notes) != 0 {
			t.Errorf("%d tags: the HTML differs, or there are notes: %q", count, notes)
		}
	}
}

// A long page is read in two parts, of which the first may end inside a character.
func TestLongHTMLOfWideCharacters(t *testing.T) {
	for _, begin := range []string{"", "x", "xx"} {
		page := begin + strings.Repeat("€", maxHold/3+1000)
		leaves, notes := sendPage(t, part("", page))
		if leaves[1].body != page {
			t.Errorf("after %q the page is not what was given", begin)
		}
		if len(notes) != 0 {
			t.Errorf("after %q the notes are %q", begin, notes)
		}
	}
}

// A page that has no end of a tag is sent as it is from there on.
func TestHTMLWithALongToken(t *testing.T) {
	page := "<img src=a.png><script>" + strings.Repeat("x", htmlref.MaxToken) + "</script><img src=b.png><p title='"
	leaves, notes := sendPage(t, pipe("", page))
	if len(leaves) != 3 {
		t.Fatalf("%s", summary(leaves))
	}
	got := leaves[1].body
	want := strings.Replace(page, "a.png", "cid:"+leaves[2].cid, 1)
	if got != want {
		t.Errorf("the page has %d octets, want %d", len(got), len(want))
	}
	if want := (Note{Kind: NoteLongHTML, Count: htmlref.MaxToken}).String(); len(notes) != 1 || notes[0] != want {
		t.Errorf("the notes are %q, want %q", notes, want)
	}
}

// Late in a long page, octets of another charset are converted and noted.
func TestLongHTMLWithInvalidOctets(t *testing.T) {
	filler := strings.Repeat("<p>Größe"+strings.Repeat(" und Gewicht", 100)+"</p>\n", 1000)
	leaves, notes := sendPage(t, pipe("", filler+"\xE9\xE2\x82"))
	if want := filler + "éâ‚"; leaves[1].body != want {
		t.Errorf("the page ends with %q", leaves[1].body[len(filler)-10:])
	}
	if want := (Note{Kind: NoteWindows1252, Part: "the HTML", Count: 3}).String(); len(notes) != 1 || notes[0] != want {
		t.Errorf("the notes are %q, want %q", notes, want)
	}
}

// An error at the end of a long page is one of Plan.
func TestLongHTMLWithAnError(t *testing.T) {
	m := letter()
	m.HTML = &Part{Open: func() (io.ReadCloser, error) {
		page := strings.NewReader(strings.Repeat("<p>a</p>\n", 150_000))
		return io.NopCloser(io.MultiReader(page, errorReader{})), nil
	}}
	if _, err := m.Plan(); !errors.Is(err, errDisk) {
		t.Errorf("Plan: %v, want %v", err, errDisk)
	}
}

type errorReader struct{}

func (errorReader) Read([]byte) (int, error) { return 0, errDisk }
