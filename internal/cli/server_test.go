package cli

import (
	"bufio"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"io"
	"math/big"
	"net"
	"os"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"mailpipe/wire"
)

// script runs `script VARIABLE|unix:PATH FILE`. It starts a server and sets the
// variable to its address. The lines of FILE say what the server does for each
// connection:
//
//	S: text    sends the text
//	S: close   closes the connection
//	C: text    reads up to a line that begins with the text
//	T:         starts TLS
//	K: TERM    sends the signal to the process whose number is in the file pid
func script(ts *testscript.TestScript, neg bool, args []string) {
	l := listen(ts, args[0])
	lines := strings.Split(strings.TrimSpace(ts.ReadFile(args[1])), "\n")
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			conn.SetDeadline(time.Now().Add(time.Minute))
			act(conn, lines, ts.MkAbs("pid"))
			conn.Close()
		}
	}()
}

// act does what the lines of a script say.
func act(conn net.Conn, lines []string, pid string) {
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
		case "K":
			kill(pid, signalNames[text])
		case "C":
			for got := ""; !strings.HasPrefix(got, text); {
				var err error
				if got, err = in.ReadString('\n'); err != nil {
					return
				}
			}
		}
	}
	io.Copy(io.Discard, in)
}

var signalNames = map[string]syscall.Signal{
	"TERM": syscall.SIGTERM, "HUP": syscall.SIGHUP, "INT": syscall.SIGINT,
}

// certificate returns a self-signed certificate for 127.0.0.1.
var certificate = sync.OnceValue(func() tls.Certificate {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		panic(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1),
		Subject:      pkix.Name{CommonName: "script"},
		NotBefore:    time.Now().Add(-time.Hour),
		NotAfter:     time.Now().Add(time.Hour),
		IPAddresses:  []net.IP{net.IPv4(127, 0, 0, 1)},
		IsCA:         true,

		BasicConstraintsValid: true,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		panic(err)
	}
	leaf, err := x509.ParseCertificate(der)
	if err != nil {
		panic(err)
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key, Leaf: leaf}
})

// trust writes the certificate to cert.pem and its key to key.pem. It sets
// FINGERPRINT to its fingerprint.
func trust(ts *testscript.TestScript, neg bool, args []string) {
	cert := certificate()
	key, err := x509.MarshalPKCS8PrivateKey(cert.PrivateKey)
	ts.Check(err)
	for file, block := range map[string]*pem.Block{
		"cert.pem": {Type: "CERTIFICATE", Bytes: cert.Certificate[0]},
		"key.pem":  {Type: "PRIVATE KEY", Bytes: key},
	} {
		ts.Check(os.WriteFile(ts.MkAbs(file), pem.EncodeToMemory(block), 0o600))
	}
	ts.Setenv("FINGERPRINT", wire.Fingerprint(cert.Leaf))
}

// kill sends a signal to the process whose number is in a file.
func kill(file string, sig syscall.Signal) {
	text, err := os.ReadFile(file)
	if err != nil {
		return
	}
	if pid, err := strconv.Atoi(strings.TrimSpace(string(text))); err == nil {
		syscall.Kill(pid, sig)
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
