package queue

import (
	"cmp"
	"context"
	"os"
	"time"

	"mailpipe/internal/attempt"
)

// The times of Run.
const (
	pollTime = 500 * time.Millisecond // from one look at the directory to the next
	scanTime = time.Minute            // a scan comes at least so often, also if the clock went back
	restTime = time.Minute            // for a lane whose spool or configuration failed
	busyTime = 2 * time.Second        // for a lane that another process is sending
)

// Run sends what is due until ctx ends, and returns its cause. It takes up a new
// message within a second. Any other error means that the spool cannot be used.
func (q *Queue) Run(ctx context.Context, o Options) error {
	r := &runner{
		pass: newPass(q, o), active: make(map[string]bool), rests: make(map[string]time.Time), done: make(chan *lane),
	}
	err := r.run(ctx)
	for range r.active {
		<-r.done
	}
	return cmp.Or(err, context.Cause(ctx))
}

// A runner is a pass that looks for messages again and again.
type runner struct {
	*pass
	active map[string]bool      // keys of the lanes that are being sent
	rests  map[string]time.Time // keys of the lanes that must wait, and until when
	done   chan *lane

	scanned time.Time // when the last scan began
	changed time.Time // when the directory had been changed before that
	next    time.Time // when something is due; zero means never
}

func (r *runner) run(ctx context.Context) error {
	tick := time.NewTicker(pollTime)
	defer tick.Stop()
	err := r.look(ctx)
	for err == nil {
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
			err = r.look(ctx)
		case l := <-r.done:
			delete(r.active, l.key)
			r.rests[l.key] = l.next
			r.next = r.now()
		}
	}
	return err
}

// look starts what is due, if something can have become due.
func (r *runner) look(ctx context.Context) error {
	info, err := os.Stat(r.Spool.Dir())
	if err != nil {
		return err
	}
	now := r.now()
	isOld := time.Since(r.scanned) >= scanTime
	isDue := !r.next.IsZero() && !now.Before(r.next)
	if !isOld && !isDue && info.ModTime().Equal(r.changed) {
		return nil
	}
	if isOld {
		if err := r.begin(); err != nil {
			return err
		}
	}
	r.scanned, r.changed = time.Now(), info.ModTime()
	if r.scanned.Sub(r.changed) < pollTime { // a later change may have the same time
		r.changed = time.Time{}
	}
	lanes, next, err := r.scan()
	if err != nil {
		return err
	}
	r.next = next
	for _, l := range lanes {
		r.start(ctx, l, now)
	}
	return nil
}

// start sends a lane, unless it is being sent or must wait.
func (r *runner) start(ctx context.Context, l *lane, now time.Time) {
	if !l.hasDue() || r.active[l.key] {
		return
	}
	rests := r.rests[l.key]
	if rests.Sub(now) > restTime { // the clock went back
		rests = now
	}
	for _, wait := range []time.Time{rests, r.downUntil(l.groups[0].route)} {
		if now.Before(wait) {
			r.next = earlier(r.next, wait)
			return
		}
	}
	r.active[l.key] = true
	go func() {
		r.send(ctx, l)
		r.done <- l
	}()
}

// downUntil returns when the first server of the route may be tried. The time is
// zero if one may be tried now.
func (r *runner) downUntil(route attempt.Route) (next time.Time) {
	for _, key := range route.Keys {
		record, err := r.Spool.Server(key)
		if err != nil || !record.Down(r.now()) {
			return time.Time{}
		}
		next = earlier(next, record.Next)
	}
	return next
}
