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

// grace is how long a child may take to end once nobody listens to it.
const grace = 5 * time.Second

// Pipe starts `sh -c line` and returns the connection to its standard input
// and output. Its standard error goes to stderr. Close ends the child.
func Pipe(line string, stderr io.Writer) (net.Conn, error) {
	child := exec.Command("sh", "-c", line)
	child.Stderr = stderr
	theirIn, toChild, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	fromChild, theirOut, err := os.Pipe()
	if err != nil {
		theirIn.Close()
		toChild.Close()
		return nil, err
	}
	child.Stdin, child.Stdout = theirIn, theirOut
	err = child.Start()
	theirIn.Close()
	theirOut.Close()
	if err != nil {
		toChild.Close()
		fromChild.Close()
		return nil, err
	}
	return &pipe{from: fromChild, to: toChild, child: child, addr: addr(line)}, nil
}

type pipe struct {
	from, to *os.File
	child    *exec.Cmd
	addr     addr
	once     sync.Once
	err      error
}

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

// Close hangs up. A child that does not end by itself then is killed.
func (p *pipe) Close() error {
	p.once.Do(func() {
		p.err = errors.Join(p.to.Close(), p.from.Close())
		killer := time.AfterFunc(grace, func() { p.child.Process.Kill() })
		p.child.Wait() // its exit status says nothing about the mail: the replies did
		killer.Stop()
	})
	return p.err
}
