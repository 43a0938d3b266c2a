package cli

import (
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"
)

// What lies in a pipe stays as it was written, however late it is read and
// whatever the writer does with its memory meanwhile.
func TestGifts(t *testing.T) {
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	enlarge(w)
	out := toPipe(w)
	if _, ok := out.(*gifts); !ok {
		t.Fatalf("a pipe is written by %T", out)
	}
	var want []byte
	for i, size := range []int{10, giftMin - 1, giftMin, giftMin + 1, giftSize - 1, giftSize, 100, giftSize + giftMin, 2*giftSize + 1, giftMin, giftMin, giftSize} {
		want = append(want, bytes.Repeat([]byte{byte('a' + i)}, size)...)
	}
	done := make(chan error, 1)
	go func() {
		defer w.Close()
		buf := make([]byte, 3*giftSize)
		for p := want; len(p) > 0; {
			n := 1
			for n < len(p) && p[n] == p[0] {
				n++
			}
			copy(buf, p[:n])
			if k, err := out.Write(buf[:n]); k != n || err != nil {
				done <- errors.Join(io.ErrShortWrite, err)
				return
			}
			clear(buf[:n])
			p = p[n:]
		}
		done <- nil
	}()
	var got []byte
	for p := make([]byte, 300<<10); ; {
		time.Sleep(time.Millisecond) // the pipe is full by now
		n, err := r.Read(p)
		got = append(got, p[:n]...)
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("%d octets came that are not the %d that were written", len(got), len(want))
	}
}

// What is filled where it was lent is given without a copy, and no octet of it
// is lent again.
func TestGiftsOnLoan(t *testing.T) {
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	enlarge(w)
	out := output{toPipe(w)}
	got := make(chan []byte)
	go func() {
		time.Sleep(20 * time.Millisecond) // the pipe is full by now
		all, _ := io.ReadAll(r)
		got <- all
	}()
	var want []byte
	var last *byte
	for i, size := range []int{giftMin, loanSize, loanSize - 1, 100, loanSize, giftMin + 1, giftMin - 1, loanSize, loanSize} {
		p := out.AvailableBuffer()
		if len(p) != 0 || cap(p) < giftMin || cap(p) > loanSize {
			t.Fatalf("%d octets with room for %d", len(p), cap(p))
		}
		p = append(p, bytes.Repeat([]byte{byte('a' + i)}, min(size, cap(p)))...)
		if large := len(p) >= giftMin; large && &p[0] == last {
			t.Errorf("pages were lent again that were given")
		} else if large {
			last = &p[0]
		}
		want = append(want, p...)
		if n, err := out.Write(p); n != len(p) || err != nil {
			t.Fatal(n, err)
		}
	}
	w.Close()
	if all := <-got; !bytes.Equal(all, want) {
		t.Errorf("%d octets came that are not the %d that were written", len(all), len(want))
	}
}

// Another program may make the pipe one that does not wait.
func TestGiftsToNonblocking(t *testing.T) {
	var fds [2]int
	if err := syscall.Pipe(fds[:]); err != nil {
		t.Fatal(err)
	}
	r, w := os.NewFile(uintptr(fds[0]), "r"), os.NewFile(uintptr(fds[1]), "w")
	defer r.Close()
	defer w.Close()
	out := toPipe(w)
	if err := syscall.SetNonblock(fds[1], true); err != nil {
		t.Fatal(err)
	}
	sizes := []int{giftMin - 1, giftMin, giftMin - 1, 100, giftMin - 1}
	all := make(chan int)
	go func() {
		got := 0
		for _, size := range sizes {
			time.Sleep(10 * time.Millisecond) // the pipe is full by now
			n, _ := io.ReadFull(r, make([]byte, size))
			got += n
		}
		all <- got
	}()
	want := 0
	for _, size := range sizes {
		want += size
		if n, err := out.Write(make([]byte, size)); n != size || err != nil {
			t.Fatalf("%d of %d, %v", n, size, err)
		}
	}
	if got := <-all; got != want {
		t.Errorf("%d octets came of %d", got, want)
	}
}

func TestGiftsToNobody(t *testing.T) {
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	r.Close()
	if n, err := toPipe(w).Write(make([]byte, giftMin)); n != 0 || !errors.Is(err, syscall.EPIPE) {
		t.Errorf("%d, %v", n, err)
	}
}

// What is written to the end for reading fails, and takes nothing out of the pipe.
func TestNoGiftsToReadingEnd(t *testing.T) {
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	io.WriteString(w, "left alone")
	w.Close()
	if n, err := toPipe(r).Write(make([]byte, giftMin)); n != 0 || !errors.Is(err, syscall.EBADF) {
		t.Errorf("%d, %v", n, err)
	}
	if left, err := io.ReadAll(r); string(left) != "left alone" {
		t.Errorf("%q, %v", left, err)
	}
}

func TestNoGiftsToFiles(t *testing.T) {
	f, err := os.Create(filepath.Join(t.TempDir(), "x"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if out := toPipe(f); out != io.Writer(f) {
		t.Errorf("a file is written by %T", out)
	}
}
