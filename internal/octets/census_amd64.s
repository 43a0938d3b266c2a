//go:build !purego

#include "textflag.h"

// Two registers of 32 octets in each turn. What equals a line feed or a
// carriage return is counted in 32 columns of one octet each, which are added
// up before they can overflow. The least octet of a column tells of a NUL, the
// bits of all tell of an octet over 127.

// func count(p *byte, blocks int) (lf, cr int, nul, high bool)
TEXT ·count(SB), NOSPLIT, $0-34
	MOVQ p+0(FP), SI
	MOVQ blocks+8(FP), CX
	MOVQ $0x0a0a0a0a0a0a0a0a, AX
	MOVQ AX, X1
	VPBROADCASTQ X1, Y1
	MOVQ $0x0d0d0d0d0d0d0d0d, AX
	MOVQ AX, X2
	VPBROADCASTQ X2, Y2
	VPXOR Y0, Y0, Y0    // zero
	VPXOR Y3, Y3, Y3    // LF, 4 × 64 bits
	VPXOR Y4, Y4, Y4    // CR, 4 × 64 bits
	VPCMPEQB Y5, Y5, Y5 // least octet of each column
	VPXOR Y6, Y6, Y6    // bits of each column

sum:
	MOVQ CX, DX
	CMPQ DX, $127 // a column gets at most 2 in each turn
	JLE columns
	MOVQ $127, DX

columns:
	SUBQ DX, CX
	VPXOR Y7, Y7, Y7 // LF of each column
	VPXOR Y8, Y8, Y8 // CR of each column

turn:
	VMOVDQU (SI), Y9
	VMOVDQU 32(SI), Y10
	VPCMPEQB Y9, Y1, Y11
	VPCMPEQB Y10, Y1, Y12
	VPCMPEQB Y9, Y2, Y13
	VPCMPEQB Y10, Y2, Y14
	VPMINUB Y9, Y10, Y15
	VPOR Y9, Y10, Y9
	VPADDB Y11, Y12, Y11
	VPADDB Y13, Y14, Y13
	VPMINUB Y15, Y5, Y5
	VPOR Y9, Y6, Y6
	VPSUBB Y11, Y7, Y7 // equal is -1
	VPSUBB Y13, Y8, Y8
	ADDQ $64, SI
	DECQ DX
	JNZ turn

	VPSADBW Y0, Y7, Y7
	VPSADBW Y0, Y8, Y8
	VPADDQ Y7, Y3, Y3
	VPADDQ Y8, Y4, Y4
	TESTQ CX, CX
	JNZ sum

	VEXTRACTI128 $1, Y3, X7
	VPADDQ X7, X3, X3
	VPSRLDQ $8, X3, X7
	VPADDQ X7, X3, X3
	VMOVQ X3, lf+16(FP)
	VEXTRACTI128 $1, Y4, X8
	VPADDQ X8, X4, X4
	VPSRLDQ $8, X4, X8
	VPADDQ X8, X4, X4
	VMOVQ X4, cr+24(FP)
	VPCMPEQB Y0, Y5, Y5
	VPMOVMSKB Y5, AX
	TESTL AX, AX
	SETNE nul+32(FP)
	VPMOVMSKB Y6, AX
	TESTL AX, AX
	SETNE high+33(FP)
	VZEROUPPER
	RET
