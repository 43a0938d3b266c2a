package octets

import (
	"bytes"
	"strings"
	"testing"
)

func TestHigh(t *testing.T) {
	for n := range 100 {
		p := bytes.Repeat([]byte{0x7F}, n)
		if High(p) {
			t.Fatalf("%d octets: none is over 127", n)
		}
		for i := range p {
			p[i] = 0x80
			if !High(p) {
				t.Fatalf("%d octets: number %d is over 127", n, i)
			}
			p[i] = 0x7F
		}
	}
}

func TestRunUnseen(t *testing.T) {
	for _, c := range []struct {
		p    string
		want int
	}{
		{"abc\n", 1},
		{"abc\nabc\nabc\n", 3},
		{"abc\nabc\nab\n", 2},
		{"abc\nabc\nabcd\n", 2},
		{"abc\nabc\nabc", 2},
		{"abc\r\nabc\r\n", 2},
		{"abc\r\nabcd\nabc\r\n", 1},
		{"abcd\nabc\r\n", 1},
		{"\n\n\n", 3},
		{"\r\n\r\n", 2},
		{"abc\n-bc\nabc\n", 1},
		{"abc\nFbc\nabc\n", 1},
		{"-bc\nabc\n", 1},
		{"abcd\nab\nc\nabcd\n", 3}, // it says "may"
	} {
		if got, _ := Run([]byte(c.p), strings.Index(c.p, "\n")+1, [2]byte{'-', 'F'}, 0); got != c.want {
			t.Errorf("%q: %d, want %d", c.p, got, c.want)
		}
	}
}

func TestRun(t *testing.T) {
	among := "abcd\nab\nc\nabcd\n" // 15 octets, as three lines of 5
	for _, c := range []struct {
		p                   string
		sure, lines, uneven int
	}{
		{"abc\nabc\nabc\n", 100, 3, 0},
		{"abc\nabc\nabc\n", 1, 3, 0},
		{"abc\n-bc\n", 100, 1, 0},
		{among, 100, 1, 15},
		{among, 16, 1, 15},
		{among, 15, 3, 0},
	} {
		if lines, uneven := Run([]byte(c.p), strings.Index(c.p, "\n")+1, [2]byte{'-', 'F'}, c.sure); lines != c.lines || uneven != c.uneven {
			t.Errorf("%q, sure from %d: %d, %d; want %d, %d", c.p, c.sure, lines, uneven, c.lines, c.uneven)
		}
	}
}
