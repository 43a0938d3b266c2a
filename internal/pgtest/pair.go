//go:build linux

package pgtest

import "testing"

// A Pair is a primary with a synchronous standby: a commit is acknowledged when it is on
// the disks of both.
type Pair struct {
	client  // of both
	Primary *Server
	Standby *Server // which can be read
}

// StartPair starts a pair, with the same settings for both servers.
func StartPair(t testing.TB, settings ...string) *Pair {
	t.Helper()
	primary := Start(t, append([]string{"synchronous_standby_names=*"}, settings...)...)
	standby := newServer(t, "127.0.0.1")
	standby.run(nil, primary.Env(), Tool(t, "pg_basebackup"), "--write-recovery-conf", "--create-slot",
		"--slot=standby", "--checkpoint=fast", "--no-sync", "-D", standby.data(), "-d", primary.URL("postgres"))
	// After the promotion it has no standby for which a commit could wait.
	standby.configure([]string{"synchronous_standby_names="})
	standby.start()
	wait(t, "the standby is synchronous", func() bool {
		return primary.SQL(t, "postgres", "SELECT sync_state FROM pg_stat_replication") == "sync"
	})
	return &Pair{client{primary.hosts + "," + standby.hosts}, primary, standby}
}

// Promote makes the standby a primary, and waits until it is one. The other server must
// not be running.
func (p *Pair) Promote() {
	p.Standby.t.Helper()
	if p.Standby.SQL(p.Standby.t, "postgres", "SELECT pg_promote()") != "t" {
		p.Standby.t.Fatal("the standby was not promoted")
	}
}
