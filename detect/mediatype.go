package detect

import "io"

// MediaType returns the media type and the charset of a part of a message. It
// has the signature of compose.Detector.
//
// If at is not nil, MediaType reads at, which has size octets; an error is one
// of reading it. If at is nil, MediaType examines the head. The name is empty
// for the text of a message, whose charset is judged by the whole head.
func MediaType(name string, head []byte, at io.ReaderAt, size int64) (mediaType, charset string, err error) {
	var r Result
	if at != nil {
		r, err = examine(name, at, size)
	} else {
		r = Head(name, head)
	}
	if name == "" {
		r.Charset = Charset(head)
	}
	return r.Type, r.Charset, err
}
