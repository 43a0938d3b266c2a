package subprocess

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"os"
	"testing"
	"time"
)

func TestPipe(t *testing.T) {
	conn, err := Pipe(`echo "220 hello"; read line; echo "250 $line"; cat >/dev/null`, io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	conn.SetDeadline(time.Now().Add(time.Minute))
	in := bufio.NewReader(conn)
	if line, err := in.ReadString('\n'); line != "220 hello\n" {
		t.Fatalf("%q, %v", line, err)
	}
	io.WriteString(conn, "EHLO x\n")
	if line, err := in.ReadString('\n'); line != "250 EHLO x\n" {
		t.Fatalf("%q, %v", line, err)
	}
	if conn.LocalAddr().Network() != "pipe" || conn.RemoteAddr().String() == "" {
		t.Error("no address")
	}
	if err := conn.Close(); err != nil {
		t.Error(err)
	}
	conn.Close()
}

func TestPipeDeadline(t *testing.T) {
	conn, err := Pipe("cat >/dev/null", io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	conn.SetReadDeadline(time.Unix(1, 0))
	if _, err := conn.Read(make([]byte, 1)); !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("%v", err)
	}
}

func TestPipeEnds(t *testing.T) {
	var stderr bytes.Buffer
	conn, err := Pipe("echo why >&2; exit 1", &stderr)
	if err != nil {
		t.Fatal(err)
	}
	if n, err := conn.Read(make([]byte, 1)); n != 0 || err != io.EOF {
		t.Errorf("%d, %v", n, err)
	}
	conn.Close()
	if stderr.String() != "why\n" {
		t.Errorf("%q", stderr.String())
	}
}
