package mailpage

import (
	"encoding/base64"
	"fmt"
	"strings"
	"testing"

	"golang.org/x/net/html/atom"
)

// encodedImage returns the part of an image with a Content-ID.
func encodedImage(id string, size int) string {
	return "--b\nContent-Type: image/gif\nContent-Transfer-Encoding: base64\nContent-ID: <" + id + ">\n\n" +
		strings.Repeat(base64.StdEncoding.EncodeToString(make([]byte, 57))+"\n", size/57) + "\n"
}

// What is too large is cut, or left out, and a note says so.
func TestLimits(t *testing.T) {
	const multipart = top + "Content-Type: multipart/related; boundary=b\n\n"
	line := strings.Repeat("y", 63) + "\n"
	for name, tt := range map[string]struct {
		mail, note string
		size       int // of the page at most
	}{
		"text": {
			top + "Content-Type: text/plain\n\n" + strings.Repeat(line, 2*textMax/len(line)),
			"The first 1.0 MiB of 2.0 MiB are shown.", textMax + sourceMax + 8<<10,
		},
		"HTML": {
			top + "Content-Type: text/html\n\n" + strings.Repeat(line, 2*htmlMax/len(line)),
			"The first 512.0 KiB of 1.0 MiB are shown.", htmlMax + sourceMax + 8<<10,
		},
		"source": {
			top + "Content-Type: application/zip\n\n" + strings.Repeat(line, 2*sourceMax/len(line)),
			"The mail goes on after the first 256.0 KiB.", sourceMax + 8<<10,
		},
		"image": {
			multipart + encodedImage("a", imageMax+100) + "--b--\n",
			"Larger than 8.0 MiB, not shown.", sourceMax + 8<<10,
		},
		"large image in HTML": {
			multipart + "--b\nContent-Type: text/html\n\n<img src=cid:a>\n" +
				encodedImage("a", imageMax+100) + "--b--\n",
			"Not in the mail and not loaded: 1 image or style sheet", sourceMax + 8<<10,
		},
		"images in HTML": {
			multipart + strings.Repeat("--b\nContent-Type: text/html\n\n<img src=cid:a><img src=cid:a>\n", 5) +
				encodedImage("a", imageMax-100) + "--b--\n",
			"Not in the mail and not loaded: 2 images or style sheets", 9*(imageMax*4/3) + sourceMax + 16<<10,
		},
	} {
		page := show(t, tt.mail)
		if !strings.Contains(page, tt.note) {
			t.Errorf("%s: there is no note", name)
		}
		if len(page) > tt.size {
			t.Errorf("%s: %d octets, want at most %d", name, len(page), tt.size)
		}
	}
}

// What has just the size of the limit is whole.
func TestAtTheLimit(t *testing.T) {
	for mediaType, n := range map[string]int{"text/plain": textMax, "text/html": htmlMax} {
		page := show(t, top+"Content-Type: "+mediaType+"\n\n"+strings.Repeat("y", n-1)+"\n")
		if strings.Contains(page, "are shown") {
			t.Error(mediaType, "is cut")
		}
	}
}

// Of many images that are not loaded, the first are named.
func TestNames(t *testing.T) {
	var b strings.Builder
	for i := range 2 * namesMax {
		fmt.Fprintf(&b, "<img src=http://192.0.2.1/%d>\n", i)
	}
	elements := parse(t, show(t, top+"Content-Type: text/html\n\n"+b.String()))
	details := all(elements, atom.Details)[0]
	if got := textOf(details); !strings.Contains(got, ": 200 images") || strings.Count(got, "http://") != namesMax {
		t.Error(got)
	}
	long := show(t, top+"Content-Type: text/html\n\n<img src='"+strings.Repeat("é", 900)+"'>\n")
	items := texts(parse(t, long), atom.Li)
	if last := items[len(items)-1]; !strings.HasSuffix(last, "é...") || len(last) > 210 {
		t.Errorf("a long name: %q", last)
	}
}
