package queue

import (
	"cmp"
	"context"
	"time"

	"mailpipe/internal/spool"
)

// The times of Run.
const (
	pollTime = 500 * time.Millisecond // from one look at the spool to the next
	scanTime = time.Minute            // a scan comes at least so often, also if the clock went back

	scanShare = 5 // a scan of many entries takes at most this part of the time
)

// Run sends what is due until ctx ends, and returns its cause. It takes up a new
// message within a second. Any other error means that the spool cannot be used. If a
// database cannot be reached any more, Run waits for it.
func (q *Queue) Run(ctx context.Context, o Options) error {
	r := &runner{pass: newPass(q, o), active: make(map[string]bool), done: make(chan string)}
	tick := time.Tick(pollTime)
	err := r.look(ctx)
	for err == nil && ctx.Err() == nil {
		select {
		case <-ctx.Done():
		case <-tick:
			err = r.lookAgain(ctx)
		case key := <-r.done:
			delete(r.active, key)
			r.next = r.now()
		}
	}
	for range r.active {
		<-r.done
	}
	return cmp.Or(err, context.Cause(ctx))
}

// A runner is a pass that looks for messages again and again.
type runner struct {
	*pass
	active map[string]bool // keys of the lanes that are being sent, or rest
	done   chan string     // the keys of those that no longer are

	scanned time.Time     // when the last scan began
	took    time.Duration // the last scan
	changed time.Time     // when the spool had been changed before that
	next    time.Time     // when something is due; zero means never
	outage  bool          // the spool could not be reached, which was reported
}

// lookAgain is look, but waits for a spool that cannot be reached.
func (r *runner) lookAgain(ctx context.Context) error {
	if time.Since(r.scanned) < scanShare*r.took {
		return nil
	}
	err := r.look(ctx)
	isOutage := spool.IsUnreachable(err)
	if isOutage && !r.outage {
		r.check(nil, err)
	}
	r.outage = isOutage
	if isOutage {
		return nil
	}
	return err
}

// look starts what is due, if something can have become due.
func (r *runner) look(ctx context.Context) error {
	changed, err := r.Spool.Changed()
	if err != nil {
		return err
	}
	isOld := time.Since(r.scanned) >= scanTime
	isDue := !r.next.IsZero() && !r.now().Before(r.next)
	if !isOld && !isDue && changed.Equal(r.changed) {
		return nil
	}
	if isOld {
		if err := r.begin(); err != nil {
			return err
		}
	}
	r.scanned, r.changed = time.Now(), changed
	if r.Spool.Now().Sub(r.changed) < pollTime { // a later change may have the same time
		r.changed = time.Time{}
	}
	lanes, next, err := r.scan()
	r.next, r.took = next, time.Since(r.scanned)
	for key, groups := range lanes {
		if r.active[key] {
			continue
		}
		if down := groups[0].route.Down(r.Spool, r.now()); down.Failures > 0 {
			r.next = earlier(r.next, down.Next)
			continue
		}
		r.start(ctx, key, groups)
	}
	return err
}

// start sends a lane, and then lets it rest.
func (r *runner) start(ctx context.Context, key string, groups []*group) {
	r.active[key] = true
	go func() {
		select {
		case <-ctx.Done():
		case <-time.After(r.send(ctx, groups)):
		}
		r.done <- key
	}()
}
