package spool

import (
	"testing"
	"time"
)

func TestIsID(t *testing.T) {
	for range 100 {
		if id := NewID(time.Now()); !IsID(id) {
			t.Errorf("%q is not an ID", id)
		}
	}
	for _, name := range []string{
		"", "-", "20261129T030001Z", "20261129T030001Z-", "20261129T030001Z-x7kq3", "20261129T030001Z-x7kq3fg",
		"20261129T030001Z-x7kq3F", "20261129T030001Z-x7kq31", "20261129T030001Z-x7k-3f", "20261129T030001Z-../../",
		"20261329T030001Z-x7kq3f", "2026112 T030001Z-x7kq3f", "20261129T03000.1Z-7kq3f", "20261129T030001.5Z-kq3f",
		"20261129t030001z-x7kq3f", "20261129T030001Z_x7kq3f",
	} {
		if IsID(name) {
			t.Errorf("%q is an ID", name)
		}
	}
}
