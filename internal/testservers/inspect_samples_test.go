//go:build linux

package testservers

import (
	"strings"
	"testing"
)

// inspect finds nothing in the mails that compose writes, except a Bcc, which deliver
// removes.
func TestInspectSamples(t *testing.T) {
	t.Parallel()
	for _, s := range samples() {
		t.Run(s.name, func(t *testing.T) {
			w := newWorkspace(t)
			r := w.mailpipe(strings.NewReader(s.compose(w)), "inspect", "--check")
			r.want(t, 0)
			for line := range strings.Lines(r.out) {
				if !strings.Contains(line, "\tbcc\t") {
					t.Error(line)
				}
			}
		})
	}
}
