package mailpage

import (
	"encoding/base64"
	"fmt"
	"hash/maphash"
	"io"
	"regexp"
	"sync"

	"mailpipe/internal/buffer"
	"mailpipe/internal/inspect"
)

// Limits of the images in a page, in octets.
const (
	imageMax = 8 << 20  // of an image
	embedMax = 64 << 20 // of all images in the HTML of a mail, each as often as it is used
)

// images keeps the images of a mail, decoded.
type images struct {
	store buffer.Store
	all   []image
	part  map[int]int    // index in all, by the place of the part in the mail
	id    map[uint64]int // index in all, by a hash of the Content-ID
	seed  maphash.Seed
	buf   []byte // for copying
}

// An image is part of a store.
type image struct {
	mediaType  string
	from, size int64
	isTooLarge bool
}

func newImages() *images {
	return &images{part: map[int]int{}, id: map[uint64]int{}, seed: maphash.MakeSeed(), buf: make([]byte, 12<<10)}
}

// imageType matches the types that may be in a data: URL.
var imageType = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^image/[a-z0-9][a-z0-9.+-]{0,60}$`)
})

func isImage(p *inspect.Part) bool { return imageType().MatchString(p.MediaType()) }

// begin returns where the content of a part goes, or nil if it is not an image. HTML may
// refer to an image without its type.
func (s *images) begin(p *inspect.Part, place int) io.Writer {
	i := image{mediaType: p.MediaType(), from: s.store.Size()}
	if !isImage(p) {
		if p.ContentID == "" || p.IsText() {
			return nil
		}
		i.mediaType = "application/octet-stream"
	}
	s.part[place] = len(s.all)
	if id := maphash.String(s.seed, p.ContentID); p.ContentID != "" {
		if _, isKnown := s.id[id]; !isKnown {
			s.id[id] = len(s.all)
		}
	}
	s.all = append(s.all, i)
	return imageWriter{s}
}

// An imageWriter writes the last image.
type imageWriter struct{ *images }

func (w imageWriter) Write(p []byte) (int, error) {
	i := &w.all[len(w.all)-1]
	i.isTooLarge = i.isTooLarge || i.size+int64(len(p)) > imageMax
	if i.isTooLarge {
		return len(p), nil
	}
	i.size += int64(len(p))
	return w.store.Write(p)
}

// byID returns the index of the image with a Content-ID.
func (s *images) byID(id string) (index int, ok bool) {
	index, ok = s.id[maphash.String(s.seed, id)]
	return index, ok && !s.all[index].isTooLarge
}

// write writes an image as a data: URL (RFC 2397).
func (s *images) write(w io.Writer, index int) error {
	i := s.all[index]
	if _, err := fmt.Fprintf(w, "data:%s;base64,", i.mediaType); err != nil {
		return err
	}
	encoder := base64.NewEncoder(base64.StdEncoding, w)
	if _, err := io.CopyBuffer(encoder, io.NewSectionReader(&s.store, i.from, i.size), s.buf); err != nil {
		return err
	}
	return encoder.Close()
}
