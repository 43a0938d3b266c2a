package htmlref

import "strings"

// srcset rewrites a list of images and their sizes. As in browsers, a
// comma ends a URL only if whitespace follows: "a,b.png 1x" is one image, and so
// is "data:image/png;base64,xx== 2x".
func srcset(value string, link Link) (string, error) {
	var out strings.Builder
	for {
		rest := strings.TrimLeft(value, Space+",")
		out.WriteString(value[:len(value)-len(rest)])
		if rest == "" {
			return out.String(), nil
		}
		end := strings.IndexAny(rest, Space)
		if end < 0 {
			end = len(rest)
		}
		reference := strings.TrimRight(rest[:end], ",")
		linked, err := link(reference)
		if err != nil {
			return "", err
		}
		out.WriteString(linked)
		value = rest[len(reference):]
		if len(reference) < end {
			continue // a comma ended it: there is no size
		}
		size, _, _ := strings.Cut(value, ",")
		out.WriteString(size)
		value = value[len(size):]
	}
}
