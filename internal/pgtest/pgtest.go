//go:build linux

// Package pgtest starts PostgreSQL servers and PgBouncer for tests. Without these
// programs, a test is skipped or fails, see testservers.Need. A test uses it like this:
//
//	server := pgtest.Start(t, "max_connections=20")
//	db := server.CreateDatabase(t)
//	cmd := exec.Command("mailpipe", "queue", "init", "--spool", server.URL(db))
//	cmd.Env = append(os.Environ(), server.Env()...)
//	rows := server.SQL(t, db, "SELECT count(*) FROM entry")
//
// A server ends with the test that started it. The subtests of this test can share it.
package pgtest

import (
	"bytes"
	"crypto/x509"
	"os"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"mailpipe/internal/testservers"
)

// User is the superuser of all servers, and Password its password.
const User, Password = "postgres", "Sesame-5432"

// A Server is a PostgreSQL server on loopback. It has no Unix socket.
type Server struct {
	client
	*daemon
	CA   string // the file with the authority of StartTLS
	port string
}

// Start starts a server, which is killed when the test ends. A setting is as in
// postgresql.conf, but without quotes: fsync=off.
func Start(t testing.TB, settings ...string) *Server {
	t.Helper()
	s := newServer(t, "127.0.0.1")
	s.initialize()
	s.configure(settings)
	s.start()
	return s
}

// StartTLS starts a server that offers TLS, and whose URL has the host localhost. Its
// certificate is for the name, such as localhost, and no address.
func StartTLS(t testing.TB, name string, settings ...string) *Server {
	t.Helper()
	s := newServer(t, "localhost")
	s.initialize()
	authority := testservers.Issue(nil, testservers.Authority)
	ca, _ := testservers.PEM(authority)
	cert, key := testservers.PEM(testservers.Issue(&authority, func(c *x509.Certificate) {
		c.Subject.CommonName, c.DNSNames, c.IPAddresses = name, []string{name}, nil
	}))
	s.CA = s.path("ca.pem")
	if err := os.WriteFile(s.CA, ca, 0o644); err != nil {
		t.Fatal(err)
	}
	certFile, keyFile := s.write("server.pem", string(cert)), s.write("server.key", string(key))
	s.configure([]string{"ssl=on", "ssl_cert_file=" + certFile, "ssl_key_file=" + keyFile})
	s.configure(settings)
	s.start()
	return s
}

// newServer returns a server whose directory is empty.
func newServer(t testing.TB, host string) *Server {
	t.Helper()
	testservers.Need(t, "postgres") // whose package has the other programs
	port := testservers.FreePort(t)
	s := &Server{client: client{host + ":" + port}, daemon: newDaemon(t), port: port}
	t.Cleanup(s.freeMemory)
	return s
}

// initialized is a tar archive of what initdb makes, which takes seconds.
var initialized struct {
	sync.Mutex
	archive []byte
}

// initialize makes the data directory.
func (s *Server) initialize() {
	s.t.Helper()
	initialized.Lock()
	defer initialized.Unlock()
	if initialized.archive != nil {
		s.run(bytes.NewReader(initialized.archive), nil, "tar", "-x")
		return
	}
	s.run(nil, nil, Tool(s.t, "initdb"), "--no-sync", "--username", User, "--pwfile", s.write("password", Password),
		"--auth", "scram-sha-256", "--encoding", "UTF8", "--locale", "C", s.data())
	initialized.archive = s.run(nil, nil, "tar", "-c", "data")
}

func (s *Server) data() string { return s.path("data") }

// configure appends settings to postgresql.conf. The last one of a name counts.
func (s *Server) configure(settings []string) {
	s.t.Helper()
	name := "data/postgresql.conf"
	conf, err := os.ReadFile(s.path(name))
	if err != nil {
		s.t.Fatal(err)
	}
	for _, setting := range settings {
		key, value, _ := strings.Cut(setting, "=")
		conf = append(conf, key+" = '"+strings.ReplaceAll(value, "'", "''")+"'\n"...)
	}
	s.write(name, string(conf))
}

// start starts the server with its directory and port. No memory outside of the
// directory is left when it is killed, except what freeMemory frees.
func (s *Server) start() {
	s.t.Helper()
	s.daemon.start(s.port, Tool(s.t, "postgres"), "-D", s.data(), "-p", s.port, "-c", "listen_addresses=127.0.0.1",
		"-c", "unix_socket_directories=", "-c", "dynamic_shared_memory_type=mmap")
}

// freeMemory frees the shared memory that a killed server has left.
func (s *Server) freeMemory() {
	if id := s.memory(); id != "" {
		s.run(nil, nil, "ipcrm", "-m", id)
	}
}

// memory returns the ID of the shared memory: the last word of line 7 of postmaster.pid.
// The server removes this file when it is stopped.
func (s *Server) memory() string {
	lines, _ := os.ReadFile(s.path("data/postmaster.pid"))
	if line := strings.Split(string(lines), "\n"); len(line) > 6 {
		return line[6][strings.LastIndexByte(line[6], ' ')+1:]
	}
	return ""
}

// How Stop ends a server, as in pg_ctl(1).
const (
	Smart     = syscall.SIGTERM // when the last client has gone
	Fast      = syscall.SIGINT  // clients are disconnected
	Immediate = syscall.SIGQUIT // without a checkpoint
)

// Stop ends the server and waits until it has ended.
func (s *Server) Stop(mode syscall.Signal) {
	s.t.Helper()
	if err := s.cmd.Process.Signal(mode); err != nil {
		s.t.Fatal(err)
	}
	select {
	case <-s.ended:
	case <-time.After(limit):
		s.t.Fatalf("the server did not stop within %v", limit)
	}
}

// Restart starts the server again, with the same port. If it is running, it is stopped
// first.
func (s *Server) Restart() {
	s.t.Helper()
	if s.running() {
		s.Stop(Fast)
	}
	s.start()
}
