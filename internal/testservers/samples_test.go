//go:build linux

package testservers

import (
	"bytes"
	"image"
	"image/png"
	"slices"
	"strings"
)

// A sample is a mail that compose writes, and what each reader must see in it.
type sample struct {
	name  string
	args  []string // of compose, in addition to -f, -t, -c and -s
	bare  bool     // only args: no -f, -t, -c and -s
	stdin string
	made  []namedFile // files that are made before; attached unless args name one of them

	from    string      // default: alice@example.org
	to, cc  []string    // as typed; default of to: bob@example.org
	subject string      // default: Reference; "-" means none
	text    string      // default: stdin; "*" means any
	html    string      // "*" means any
	files   []namedFile // what is attached, in order; default: made
	inner   string      // the Subject of the only file, a message/rfc822, whose octets readers change
}

// A namedFile is the name and the content of a file.
type namedFile struct{ name, data string }

func samples() []sample {
	return slices.Concat(textSamples(), subjectSamples(), addressSamples(), fileNameSamples(), fileSamples(),
		htmlSamples(), headerSamples())
}

func one(name, data string) []namedFile { return []namedFile{{name, data}} }

// image8 returns a PNG of 8 by 8 pixels.
func image8() string {
	var b bytes.Buffer
	_ = png.Encode(&b, image.NewGray(image.Rect(0, 0, 8, 8)))
	return b.String()
}

// compose returns the mail, and fills in the defaults.
func (s *sample) compose(w workspace) string {
	w.t.Helper()
	for _, f := range s.made {
		w.write(f.name, f.data)
	}
	if s.from == "" {
		s.from = "alice@example.org"
	}
	if s.to == nil {
		s.to = []string{bob}
	}
	if s.subject == "" {
		s.subject = "Reference"
	}
	if s.text == "" {
		s.text = s.stdin
	}
	if s.files == nil {
		s.files = s.made
	}
	args := []string{"compose"}
	if !s.bare {
		args = append(args, "-f", s.from, "-s", s.subject)
		for _, a := range s.to {
			args = append(args, "-t", a)
		}
		for _, a := range s.cc {
			args = append(args, "-c", a)
		}
	}
	args = append(args, s.args...)
	if !s.namesFiles() {
		for _, f := range s.made {
			args = append(args, "-a", f.name)
		}
	}
	r := w.mailpipe(strings.NewReader(s.stdin), args...)
	r.want(w.t, 0)
	return r.out
}

// namesFiles reports whether args name one of the files.
func (s *sample) namesFiles() bool {
	for _, f := range s.made {
		for _, arg := range s.args {
			if strings.Contains(arg, f.name) {
				return true
			}
		}
	}
	return false
}

// wantSubject returns the Subject that readers must see.
func (s sample) wantSubject() string {
	if s.subject == "-" {
		return ""
	}
	return s.subject
}
