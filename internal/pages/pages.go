// Package pages makes memory for content that passes by in large blocks.
package pages

import "unsafe"

// Size is how much Make makes.
const Size = 2 << 20

// Make returns Size octets, zero, that are collected as others are: one huge
// page where the system gives those on request. The first use of each small
// page costs a fault of its own, which takes longer than to fill it does.
func Make() []byte {
	p := make([]byte, 2*Size) // of which one half, aligned, is ever touched
	at := -uintptr(unsafe.Pointer(&p[0])) % Size
	p = p[at : at+Size : at+Size]
	advise(p)
	return p
}
