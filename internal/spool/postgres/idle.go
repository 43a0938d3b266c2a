package postgres

import (
	"sync"
	"time"
)

// idleTime is how long a connection stays open that is not used. Hosts that only add
// messages need one for a moment, and the server has not enough of them for all hosts.
const idleTime = 2 * time.Second

// idle is the connections that are open and not used.
type idle struct {
	mu    sync.Mutex
	conns []*conn // the one that was used last is the last one
	timer *time.Timer
}

// take returns a connection, or nil if there is none.
func (i *idle) take() *conn {
	i.mu.Lock()
	defer i.mu.Unlock()
	n := len(i.conns) - 1
	if n < 0 {
		return nil
	}
	c := i.conns[n]
	i.conns = i.conns[:n]
	return c
}

// put keeps a connection for the next user, unless it is of no use.
func (i *idle) put(c *conn) {
	if c.PgConn == nil || c.IsClosed() || c.TxStatus() != 'I' {
		c.close()
		return
	}
	i.mu.Lock()
	defer i.mu.Unlock()
	i.conns = append(i.conns, c)
	if i.timer == nil {
		i.timer = time.AfterFunc(idleTime, i.expire)
	}
}

// expire ends the connections that were not used for idleTime.
func (i *idle) expire() {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.timer = nil
	for len(i.conns) > 0 && time.Since(i.conns[0].began) >= idleTime {
		i.conns[0].close()
		i.conns = i.conns[1:]
	}
	if len(i.conns) > 0 {
		i.timer = time.AfterFunc(idleTime, i.expire)
	}
}

// close ends all connections.
func (i *idle) close() {
	for c := i.take(); c != nil; c = i.take() {
		c.close()
	}
}
