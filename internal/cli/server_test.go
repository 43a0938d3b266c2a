package cli

import (
	"bufio"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"io"
	"net"
	"os"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"mailpipe/internal/testservers"
	"mailpipe/wire"
)

// script runs `script VARIABLE|unix:PATH FILE`. It starts a server and sets the
// variable to its address. The lines of FILE say what the server does for each
// connection:
//
//	S: text    sends the text
//	S: close   closes the connection
//	C: text    reads up to a line that begins with the text
//	B: N       reads up to N chunks of BDAT, and accepts all except the last one
//	T:         starts TLS
//	K: TERM    sends the signal to the process whose number is in the file pid
//	N:         the next connection begins here; the last part is repeated
func script(ts *testscript.TestScript, neg bool, args []string) {
	l := listen(ts, args[0])
	parts := strings.Split(strings.TrimSpace(ts.ReadFile(args[1])), "\nN:\n")
	go func() {
		for i := 0; ; i++ {
			lines := strings.Split(parts[min(i, len(parts)-1)], "\n")
			conn, err := l.Accept()
			if err != nil {
				return
			}
			conn.SetDeadline(time.Now().Add(time.Minute))
			act(conn, lines, func(mark, text string) {
				if mark == "K" {
					kill(ts.MkAbs("pid"), signalNames[text])
				}
			})
			conn.Close()
		}
	}()
}

// act does what the lines of a script say. It calls other for a line with another mark.
func act(conn net.Conn, lines []string, other func(mark, text string)) {
	in := bufio.NewReader(conn)
	for _, line := range lines {
		mark, text, _ := strings.Cut(line, ": ")
		switch mark {
		case "S":
			if text == "close" {
				return
			}
			io.WriteString(conn, text+"\r\n")
		case "T":
			conn = tls.Server(conn, &tls.Config{Certificates: []tls.Certificate{certificate()}})
			in = bufio.NewReader(conn)
		case "C":
			for got := ""; !strings.HasPrefix(got, text); {
				var err error
				if got, err = in.ReadString('\n'); err != nil {
					return
				}
			}
		case "B":
			readChunks(conn, in, text)
		default:
			other(mark, text)
		}
	}
	io.Copy(io.Discard, in)
}

// readChunks reads up to n chunks of BDAT, and accepts all except the last one.
func readChunks(conn net.Conn, in *bufio.Reader, n string) {
	count, _ := strconv.Atoi(n)
	for range count {
		line, err := in.ReadString('\n')
		if err != nil {
			return
		}
		var size int64
		fmt.Sscanf(line, "BDAT %d", &size)
		io.CopyN(io.Discard, in, size)
		if strings.Contains(line, "LAST") {
			return
		}
		io.WriteString(conn, "250 yes\r\n")
	}
}

var signalNames = map[string]syscall.Signal{
	"TERM": syscall.SIGTERM, "HUP": syscall.SIGHUP, "INT": syscall.SIGINT,
}

// certificate returns a self-signed certificate that is also an authority.
var certificate = sync.OnceValue(func() tls.Certificate {
	return testservers.Issue(nil, func(c *x509.Certificate) { c.IsCA, c.BasicConstraintsValid = true, true })
})

// trust writes the certificate to cert.pem and its key to key.pem. It sets
// FINGERPRINT to its fingerprint.
func trust(ts *testscript.TestScript, neg bool, args []string) {
	cert, key := testservers.PEM(certificate())
	ts.Check(os.WriteFile(ts.MkAbs("cert.pem"), cert, 0o600))
	ts.Check(os.WriteFile(ts.MkAbs("key.pem"), key, 0o600))
	ts.Setenv("FINGERPRINT", wire.Fingerprint(certificate().Leaf))
}

// kill sends a signal to the process whose number is in a file.
func kill(file string, sig syscall.Signal) {
	text, err := os.ReadFile(file)
	if err != nil {
		return
	}
	if pid, err := strconv.Atoi(strings.TrimSpace(string(text))); err == nil {
		if process, err := os.FindProcess(pid); err == nil {
			process.Signal(sig)
		}
	}
}

// listen listens on loopback and sets the variable to the address, or listens
// on the socket unix:PATH.
func listen(ts *testscript.TestScript, variable string) net.Listener {
	network, addr := "tcp", "127.0.0.1:0"
	path, unix := strings.CutPrefix(variable, "unix:")
	if unix {
		network, addr = "unix", ts.MkAbs(path)
	}
	l, err := net.Listen(network, addr)
	ts.Check(err)
	ts.Defer(func() { l.Close() })
	if !unix {
		ts.Setenv(variable, l.Addr().String())
	}
	return l
}
