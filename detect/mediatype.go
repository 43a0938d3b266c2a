package detect

import "io"

// Part returns what a part of a message is. If at is not nil, Part reads at,
// which has size octets, and an error is one of reading it. If at is nil, Part
// examines the head. The name is empty for the text of a message, whose charset
// is judged by all of the head, not only by its first HeadSize octets.
func Part(name string, head []byte, at io.ReaderAt, size int64) (Result, error) {
	if at != nil {
		return File(name, at, size)
	}
	r := Bytes(name, head)
	if name == "" {
		r.Charset = Charset(head)
	}
	return r, nil
}

// MediaType returns the Type and the Charset of the Result of Part. It can be
// used as a compose.Detector.
func MediaType(name string, head []byte, at io.ReaderAt, size int64) (mediaType, charset string, err error) {
	r, err := Part(name, head, at, size)
	return r.Type, r.Charset, err
}
