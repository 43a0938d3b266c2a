// Package pages makes memory for content that passes by in large blocks.
package pages

import "unsafe"

// Size is that of a page in octets.
const Size = 2 << 20

// Make returns n pages, zero, that are collected as other memory is: huge ones
// where the system gives those on request. The first use of each small page
// costs a fault of its own, which takes longer than to fill it does.
func Make(n int) []byte {
	p := make([]byte, (n+1)*Size) // what is not aligned is never touched
	at := -uintptr(unsafe.Pointer(&p[0])) % Size
	p = p[at:][: n*Size : n*Size]
	advise(p)
	return p
}
