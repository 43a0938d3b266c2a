package main

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"os"
	"strings"
)

// copierTo in the environment makes this program a client that copies its
// standard input to the address, with reads and writes of 256 KiB: the least
// that a program can do.
const copierTo = "MAILPIPE_BENCH_COPY_TO"

func copyToSocket(address string) error {
	conn, err := net.Dial("tcp", address)
	if err != nil {
		return err
	}
	defer conn.Close()
	r := bufio.NewReader(conn)
	for _, line := range []string{"", "EHLO copier", "MAIL FROM:<" + from + ">", "RCPT TO:<" + to + ">", "DATA"} {
		if err := ask(conn, r, line); err != nil {
			return err
		}
	}
	// Neither side may use a shortcut of the kernel.
	if _, err := io.CopyBuffer(struct{ io.Writer }{conn}, struct{ io.Reader }{os.Stdin}, make([]byte, 256<<10)); err != nil {
		return err
	}
	return ask(conn, r, ".")
}

// ask writes a line and reads a reply that is not an error.
func ask(conn net.Conn, r *bufio.Reader, line string) error {
	if line != "" {
		if _, err := io.WriteString(conn, line+"\r\n"); err != nil {
			return err
		}
	}
	for {
		reply, err := r.ReadString('\n')
		if err != nil {
			return err
		}
		if !strings.HasPrefix(reply, "2") && !strings.HasPrefix(reply, "3") {
			return fmt.Errorf("%s: %s", line, reply)
		}
		if len(reply) > 3 && reply[3] == ' ' {
			return nil
		}
	}
}
