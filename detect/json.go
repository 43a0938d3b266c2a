package detect

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"strings"
)

// byJSON recognizes JSON (RFC 8259) and sequences of JSON values. A text of mere
// numbers, strings or literals is JSON only if the file name says so.
func byJSON(s *sample) (mediaType, why string) {
	body := s.text.body
	d := json.NewDecoder(bytes.NewReader(body))
	values, containers := 0, 0
	for {
		rest := bytes.TrimLeft(body[d.InputOffset():], " \t\r\n")
		if len(rest) == 0 {
			break
		}
		values++
		if rest[0] == '{' || rest[0] == '[' {
			containers++
		}
		var value json.RawMessage
		err := d.Decode(&value)
		if !s.whole && errors.Is(err, io.ErrUnexpectedEOF) {
			break
		}
		if err != nil {
			return "", ""
		}
	}
	named := provenNames()[s.ext]
	isNamed := strings.HasSuffix(named, "json") // also application/geo+json and the like
	switch {
	case values == 0, !isNamed && containers < values:
		return "", ""
	case values > 1, named == "application/x-ndjson":
		return "application/x-ndjson", "sequence of JSON values"
	case isNamed:
		return named, "JSON and file name"
	}
	return "application/json", "JSON"
}
