//go:build linux

package pgtest

import (
	"strings"
	"testing"

	"mailpipe/internal/testservers"
)

// A PgBouncer is a connection pooler in front of a server, in transaction mode: a client
// has a connection to the server only for the time of a transaction.
type PgBouncer struct {
	client
	*daemon
}

// StartPgBouncer starts a PgBouncer for all databases and roles of a server. A setting is
// as in pgbouncer.ini: default_pool_size=1.
func StartPgBouncer(t testing.TB, server *Server, settings ...string) *PgBouncer {
	t.Helper()
	pgbouncer, port := testservers.Path(t, "pgbouncer"), testservers.FreePort(t)
	b := &PgBouncer{client{"127.0.0.1:" + port}, newDaemon(t)}
	conf := []string{
		"[databases]",
		"* = host=127.0.0.1 port=" + server.port,
		"[pgbouncer]",
		"listen_addr = 127.0.0.1",
		"listen_port = " + port,
		"unix_socket_dir =",
		"auth_type = scram-sha-256",
		"auth_file = " + b.write("users", `"`+User+`" "`+Password+`"`+"\n"),
		"auth_user = " + User, // who reads the other roles of the server
		"admin_users = " + User,
		"pool_mode = transaction",
		"default_pool_size = 5",
		"max_client_conn = 1000",
	}
	conf = append(conf, settings...)
	b.start(port, pgbouncer, b.write("pgbouncer.ini", strings.Join(conf, "\n")+"\n"))
	return b
}
