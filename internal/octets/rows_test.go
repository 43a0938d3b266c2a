package octets

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
)

// Not an octet beside those that are asked for is read or written.
func TestCopyRows(t *testing.T) {
	for name, f := range map[string]func(dst, src []byte, n, stride int, eol string){"the best": CopyRows, "portable": copyRows} {
		for _, eol := range []string{"\n", "\r\n"} {
			for _, stride := range []int{RowColumns, RowColumns + 1, RowColumns + 2} {
				for _, n := range []int{1, 2, 3, 100} {
					src := make([]byte, (n-1)*stride+RowColumns)
					for i := range src {
						src[i] = byte(i*7 + i/251)
					}
					var want []byte
					for i := range n {
						want = append(append(want, eol...), src[i*stride:][:RowColumns]...)
					}
					dst := bytes.Repeat([]byte("~"), len(want)+64)
					f(dst[32:][:len(want)], src, n, stride, eol)
					if before, got, behind := dst[:32], dst[32:][:len(want)], dst[32+len(want):]; !bytes.Equal(got, want) ||
						strings.Trim(string(before)+string(behind), "~") != "" {
						t.Errorf("%s, %d rows %d apart, eol %q: %q", name, n, stride, eol, dst)
					}
				}
			}
		}
	}
	CopyRows(nil, nil, 0, RowColumns, "\n")
}

func TestCopyRowsTooFew(t *testing.T) {
	for _, short := range []struct{ dst, src int }{{2*77 - 1, 2 * 76}, {2 * 77, 2*76 - 1}} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%+v octets were enough", short)
				}
			}()
			CopyRows(make([]byte, short.dst, 200), make([]byte, short.src, 200), 2, RowColumns, "\n")
		}()
	}
}

func BenchmarkCopyRows(b *testing.B) {
	src := make([]byte, 6000*(RowColumns+1))
	dst := make([]byte, 6000*(RowColumns+2))
	for _, stride := range []int{RowColumns, RowColumns + 1} {
		b.Run(fmt.Sprint(stride), func(b *testing.B) {
			b.SetBytes(int64(len(dst)))
			b.ReportAllocs()
			for b.Loop() {
				CopyRows(dst, src, 6000, stride, "\r\n")
			}
		})
	}
}
