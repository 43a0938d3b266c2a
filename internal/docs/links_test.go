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
