//go:build !purego

package octets

// rows copies n of them, at least one. Of eol, eolSize octets are written.
//
//go:noescape
func rows(dst, src *byte, n, stride, eolSize int, eol uint16)

func vectorRows(dst, src []byte, n, stride int, eol string) bool {
	if !avx2 {
		return false
	}
	end := uint16('\n')
	if eol == "\r\n" {
		end = '\r' | '\n'<<8
	}
	rows(&dst[0], &src[0], n, stride, len(eol), end)
	return true
}
