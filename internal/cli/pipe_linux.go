package cli

import (
	"errors"
	"io"
	"os"

	"golang.org/x/sys/unix"
)

// pipeSize is what a pipe may hold without privileges (pipe(7)).
const pipeSize = 1 << 20

// enlarge lets a pipe hold more, so that both its ends wait less. That it
// cannot be done, or is no pipe, does not matter.
func enlarge(f *os.File) {
	conn, err := f.SyscallConn() // Fd would make it blocking
	if err != nil {
		return
	}
	conn.Control(func(fd uintptr) { unix.FcntlInt(fd, unix.F_SETPIPE_SZ, pipeSize) })
}

const (
	giftSize = 2 << 20   // a huge page, so that making one is cheap
	giftMin  = 64 << 10  // less is copied as fast
	loanSize = 512 << 10 // what is filled while the pipe is emptied
)

// gifts writes to a pipe without the kernel's copy: what is large goes as pages
// that the pipe keeps (vmsplice(2)). No octet of them is written a second time,
// since the pipe, or whoever takes them from it, may look at them later. The
// last ones go with the program.
type gifts struct {
	f      *os.File
	region []byte // the pages; nil: none yet
	free   []byte // the end of them, not given yet
}

// toPipe is f, or gifts where f is the end of a pipe that is written. (From the
// other end vmsplice would read.)
func toPipe(f *os.File) io.Writer {
	if info, err := f.Stat(); err != nil || info.Mode().Type() != os.ModeNamedPipe {
		return f
	}
	conn, err := f.SyscallConn()
	if err != nil {
		return f
	}
	mode := unix.O_RDONLY
	conn.Control(func(fd uintptr) { mode, err = unix.FcntlInt(fd, unix.F_GETFL, 0) })
	if err != nil || mode&unix.O_ACCMODE == unix.O_RDONLY {
		return f
	}
	return &gifts{f: f}
}

func (g *gifts) Write(p []byte) (n int, err error) {
	for n < len(p) && len(p)-n >= giftMin && g.renew() {
		k := min(len(g.free), len(p)-n)
		if &p[n] != &g.free[0] { // it is not a loan
			copy(g.free, p[n:])
		}
		given, err := g.give(g.free[:k])
		g.free = g.free[k:]
		n += given
		if given < k || err != nil {
			break // an ordinary write says what is wrong
		}
	}
	for n < len(p) && err == nil {
		var k int
		if k, err = g.f.Write(p[n:]); err != nil && errors.Is(err, unix.EAGAIN) {
			err = await(g.f, unix.POLLOUT)
		}
		n += k
	}
	return n, err
}

// AvailableBuffer lends the next pages: what is appended to it and written next
// is given without a copy.
func (g *gifts) AvailableBuffer() []byte {
	if len(g.free) < giftMin {
		g.free = nil
	}
	if !g.renew() {
		return nil
	}
	return g.free[:0:min(loanSize, len(g.free))]
}

// renew makes new pages when all are given away.
func (g *gifts) renew() bool {
	if len(g.free) > 0 {
		return true
	}
	if g.region != nil {
		unix.Munmap(g.region)
	}
	region, err := unix.Mmap(-1, 0, giftSize, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_PRIVATE|unix.MAP_ANONYMOUS)
	if err != nil {
		region = nil
	}
	unix.Madvise(region, unix.MADV_HUGEPAGE)
	g.region, g.free = region, region
	return err == nil
}

func (g *gifts) give(p []byte) (n int, err error) {
	conn, err := g.f.SyscallConn()
	if err != nil {
		return 0, err
	}
	waited := conn.Write(func(fd uintptr) bool {
		for n < len(p) {
			vec := unix.Iovec{Base: &p[n]}
			vec.SetLen(len(p) - n)
			var k int
			k, err = unix.Vmsplice(int(fd), []unix.Iovec{vec}, 0)
			n += max(k, 0)
			if err != nil && err != unix.EINTR {
				break
			}
		}
		return err != unix.EAGAIN
	})
	return n, errors.Join(err, waited)
}
