//go:build !purego

#include "textflag.h"

// Three registers of 32 octets hold a row, the third begins within the second.
// The eol is written first, as two octets: if it has but one, the row covers
// the other. What is written lies in the cache of another processor as a rule,
// so it is asked for half a page ahead; an address beyond the end does no harm.

// func rows(dst, src *byte, n, stride, eolSize int, eol uint16)
TEXT ·rows(SB), NOSPLIT, $0-42
	MOVQ dst+0(FP), DI
	MOVQ src+8(FP), SI
	MOVQ n+16(FP), CX
	MOVQ stride+24(FP), DX
	MOVQ eolSize+32(FP), BX
	MOVW eol+40(FP), AX

row:
	// PREFETCHW 2048(DI), which the assembler does not know
	BYTE $0x0f; BYTE $0x0d; BYTE $0x8f; LONG $2048
	VMOVDQU (SI), Y0
	VMOVDQU 32(SI), Y1
	VMOVDQU 44(SI), Y2
	MOVW AX, (DI)
	ADDQ BX, DI
	VMOVDQU Y0, (DI)
	VMOVDQU Y1, 32(DI)
	VMOVDQU Y2, 44(DI)
	ADDQ $76, DI
	ADDQ DX, SI
	DECQ CX
	JNZ row
	VZEROUPPER
	RET
