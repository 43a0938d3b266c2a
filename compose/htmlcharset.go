package compose

import "regexp"

// metaPattern is compiled where it is needed: few mails have HTML of another charset.
const metaPattern = `(?i)<meta\s[^>]*charset\s*=\s*["']?\s*([a-z0-9_.:-]+)`

// metaCharset returns the charset that HTML names in its head, or "".
func metaCharset(raw []byte) string {
	m := regexp.MustCompile(metaPattern).FindSubmatch(raw[:min(len(raw), 4096)])
	if m == nil {
		return ""
	}
	return string(m[1])
}
