package docs

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var target = regexp.MustCompile(`(!?)\[[^]]*\]\(([^)\s]+)\)`)

// Each file that the README links to is in the repository, and an image is not large.
func TestREADMELinks(t *testing.T) {
	images := 0
	for _, m := range target.FindAllStringSubmatch(fences.ReplaceAllString(readme(t), ""), -1) {
		if strings.Contains(m[2], "://") {
			continue
		}
		info, err := os.Stat(filepath.Join(root, m[2]))
		if err != nil {
			t.Error(err)
			continue
		}
		if m[1] == "!" {
			images++
			if info.Size() > 150<<10 {
				t.Errorf("%s has %d octets", m[2], info.Size())
			}
		}
	}
	if images < 2 {
		t.Errorf("%d images", images)
	}
}

// The README begins with the reasons and the images, and its sections are in the order
// in which a new user needs them.
func TestREADMEOrder(t *testing.T) {
	text := readme(t)
	for _, begin := range []string{
		"\n| What it does | mailpipe | ", "](internal/chart/testdata/delivery.svg)", "](testdata/thunderbird.png)",
		"\n## Installation\n", "\n### The first mail\n", "\n## Examples\n", "\n## Cron\n", "\n## As a Go library\n",
		"\n## Platforms\n", "\n## How it is built\n",
	} {
		_, after, ok := strings.Cut(text, begin)
		if !ok {
			t.Fatalf("%q is missing, or not in order", begin)
		}
		text = "\n" + after
	}
	if strings.Contains(text, "\n## ") {
		t.Error("a section follows the last one")
	}
}
