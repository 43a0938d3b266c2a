package octets

// RowColumns is the length of a full line of base64, its end not counted (RFC 2045 §6.8).
const RowColumns = 76

// CopyRows copies n rows of RowColumns, which begin every stride octets of src,
// to dst, each behind an eol of its own: "\n" or "\r\n".
func CopyRows(dst, src []byte, n, stride int, eol string) {
	if n <= 0 {
		return
	}
	_, _ = dst[n*(len(eol)+RowColumns)-1], src[(n-1)*stride+RowColumns-1]
	if !vectorRows(dst, src, n, stride, eol) {
		copyRows(dst, src, n, stride, eol)
	}
}

func copyRows(dst, src []byte, n, stride int, eol string) {
	for {
		copyRow((*[RowColumns]byte)(dst[copy(dst, eol):]), (*[RowColumns]byte)(src))
		if n--; n == 0 {
			return
		}
		dst, src = dst[len(eol)+RowColumns:], src[stride:]
	}
}

// copyRow copies in pieces of a register's size, the last of them over the end
// of the one before. As one assignment it would be a call of memmove.
func copyRow(dst, src *[RowColumns]byte) {
	*(*[16]byte)(dst[0:]) = *(*[16]byte)(src[0:])
	*(*[16]byte)(dst[16:]) = *(*[16]byte)(src[16:])
	*(*[16]byte)(dst[32:]) = *(*[16]byte)(src[32:])
	*(*[16]byte)(dst[48:]) = *(*[16]byte)(src[48:])
	*(*[16]byte)(dst[60:]) = *(*[16]byte)(src[60:])
}
