// Package subprocess runs other programs: one whose output is a text, and one
// that speaks SMTP on its standard input and output.
package subprocess

import (
	"errors"
	"io"
	"net"
	"os"
	"os/exec"
	"sync"
	"time"
)

// grace is how long a child may take to end after its pipes were closed.
const grace = 5 * time.Second

// Pipe runs `sh -c line` and returns the connection to its standard input and
// output. Its standard error goes to stderr. Close ends the child.
func Pipe(line string, stderr io.Writer) (net.Conn, error) {
	childIn, toChild, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	defer childIn.Close()
	fromChild, childOut, err := os.Pipe()
	if err != nil {
		toChild.Close()
		return nil, err
	}
	defer childOut.Close()
	child := exec.Command("sh", "-c", line)
	child.Stdin, child.Stdout, child.Stderr = childIn, childOut, stderr
	if err := child.Start(); err != nil {
		toChild.Close()
		fromChild.Close()
		return nil, err
	}
	return &pipe{from: fromChild, to: toChild, child: child, addr: addr(line)}, nil
}

// A pipe is a connection to a child.
type pipe struct {
	from, to *os.File
	child    *exec.Cmd
	addr     addr
	once     sync.Once
	err      error // of Close
}

// An addr is the command line of the child.
type addr string

func (addr) Network() string  { return "pipe" }
func (a addr) String() string { return string(a) }

func (p *pipe) LocalAddr() net.Addr  { return p.addr }
func (p *pipe) RemoteAddr() net.Addr { return p.addr }

func (p *pipe) Read(b []byte) (int, error)         { return p.from.Read(b) }
func (p *pipe) Write(b []byte) (int, error)        { return p.to.Write(b) }
func (p *pipe) SetReadDeadline(t time.Time) error  { return p.from.SetReadDeadline(t) }
func (p *pipe) SetWriteDeadline(t time.Time) error { return p.to.SetWriteDeadline(t) }

func (p *pipe) SetDeadline(t time.Time) error {
	return errors.Join(p.SetReadDeadline(t), p.SetWriteDeadline(t))
}

// Close closes the pipes and waits for the child. It kills a child that does
// not end within the grace period.
func (p *pipe) Close() error {
	p.once.Do(func() {
		p.err = errors.Join(p.to.Close(), p.from.Close())
		killer := time.AfterFunc(grace, func() { p.child.Process.Kill() })
		p.child.Wait() // the replies, not the exit status, say what became of the mail
		killer.Stop()
	})
	return p.err
}
