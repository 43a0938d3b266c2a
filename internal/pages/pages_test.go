package pages

import (
	"os"
	"strings"
	"syscall"
	"testing"
	"unsafe"
)

func TestMake(t *testing.T) {
	for n := range 3 {
		n++
		p := Make(n)
		if len(p) != n*Size || cap(p) != n*Size || uintptr(unsafe.Pointer(&p[0]))%Size != 0 {
			t.Fatalf("%d octets of %d at %p", len(p), cap(p), &p[0])
		}
		for i := range p {
			if p[i] != 0 {
				t.Fatalf("%d is %#x", i, p[i])
			}
			p[i] = 1
		}
	}
}

// One fault, not 512, makes it usable. (The kernel may not have huge pages to
// give to those who ask.)
func TestFaults(t *testing.T) {
	enabled, err := os.ReadFile("/sys/kernel/mm/transparent_hugepage/enabled")
	if err != nil || strings.Contains(string(enabled), "[never]") || os.Getpagesize() != 4096 {
		t.Logf("no huge pages of that size here: %s%v", enabled, err)
		return
	}
	faults := func() int64 {
		var u syscall.Rusage
		if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
			t.Fatal(err)
		}
		return int64(u.Minflt)
	}
	least := int64(1 << 20)
	for range 5 { // what else goes on here faults too
		p := Make(1)
		before := faults()
		for i := 0; i < len(p); i += 4096 {
			p[i] = 1
		}
		least = min(least, faults()-before)
	}
	if least > 64 {
		t.Errorf("%d faults", least)
	}
}
