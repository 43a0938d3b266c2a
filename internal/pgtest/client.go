//go:build linux

package pgtest

import (
	"bytes"
	"fmt"
	"os/exec"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// A client connects to a server. Its hosts are of the form host:port, and separated by
// commas.
type client struct{ hosts string }

// URL returns the URL of a database, without a user or a password.
func (c client) URL(db string) string { return "postgres://" + c.hosts + "/" + db }

// Env returns the environment variables with the superuser and its password.
func (c client) Env() []string { return []string{"PGUSER=" + User, "PGPASSWORD=" + Password} }

// SQL runs statements in a database, such as postgres, which each server has. It returns
// the rows, one per line. Columns are separated by |. The last line ending is removed.
func (c client) SQL(t testing.TB, db, statements string) string {
	t.Helper()
	cmd := exec.Command(Tool(t, "psql"), "-XAtq", "-v", "ON_ERROR_STOP=1", c.URL(db))
	cmd.Env = append([]string{"LC_ALL=C", "PGCONNECT_TIMEOUT=60"}, c.Env()...)
	cmd.Stdin = strings.NewReader(statements)
	out, err := output(cmd)
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSuffix(string(out), "\n")
}

// databases is the number of those that CreateDatabase made.
var databases atomic.Int32

// CreateDatabase returns the name of a new database.
func (c client) CreateDatabase(t testing.TB) string {
	t.Helper()
	name := fmt.Sprintf("test%d", databases.Add(1))
	c.SQL(t, "postgres", "CREATE DATABASE "+name)
	return name
}

// output runs a command, for a limited time, and returns its standard output. An error
// has what the command printed on standard error.
func output(cmd *exec.Cmd) ([]byte, error) {
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr, cmd.WaitDelay = &out, &errs, time.Second
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	timer := time.AfterFunc(limit, func() { _ = cmd.Process.Kill() })
	defer timer.Stop()
	if err := cmd.Wait(); err != nil {
		return nil, fmt.Errorf("%s: %w: %s", cmd.Path, err, bytes.TrimSpace(errs.Bytes()))
	}
	return out.Bytes(), nil
}
