package directory

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"mailpipe/internal/spool"
	"mailpipe/internal/statedir"
)

// A history is what a scenario knows: what it was told, and what it did to the
// outside world. check compares it with what a later process finds.
type history struct {
	committed []string            // paths of the entries for which Commit returned without an error
	begun     []string            // IDs for which Commit was called
	sent      map[string][]string // by ID: the recipients of transactions whose final dot was sent since then
	attempts  map[string]int      // by ID: the attempts when Save returned last
	sending   map[string]bool     // IDs for which Dot was called since then
	removing  map[string]bool     // IDs for which Remove was called
	moved     map[string]bool     // IDs that may be in two spools
}

func newHistory() *history {
	return &history{sent: map[string][]string{}, attempts: map[string]int{},
		sending: map[string]bool{}, removing: map[string]bool{},
		moved: map[string]bool{}}
}

// A scenario uses the spools a and b. Its steps fail only by a fault.
type scenario struct {
	name string
	run  func(a, b *spool.Spool, h *history) error
}

var scenarios = []scenario{
	{"commit", func(a, _ *spool.Spool, h *history) error {
		e, err := h.add(a, spool.NewID(time.Now()), "one")
		return closing(e, err)
	}},
	{"commit, send, save", func(a, _ *spool.Spool, h *history) error {
		e, err := h.add(a, spool.NewID(time.Now()), "one")
		if err != nil {
			return err
		}
		defer e.Close()
		if err := h.send(e, "bob@example.org", "carol@example.org"); err != nil {
			return err
		}
		e.Recipients[0].Outcome, e.Recipients[1].Outcome = "accepted", "deferred"
		return h.save(e)
	}},
	{"send in two transactions", func(a, _ *spool.Spool, h *history) error {
		e, err := h.add(a, spool.NewID(time.Now()), "one")
		if err != nil {
			return err
		}
		defer e.Close()
		for _, to := range []string{"bob@example.org", "carol@example.org"} {
			if err := h.send(e, to); err != nil {
				return err
			}
		}
		e.Recipients[0].Outcome, e.Recipients[1].Outcome = "accepted", "refused"
		e.State = spool.Failed
		return h.save(e)
	}},
	{"send two messages", func(a, _ *spool.Spool, h *history) error {
		now := time.Now()
		var last *spool.Entry
		for i, text := range []string{"one", "two"} {
			e, err := h.add(a, spool.NewID(now.Add(time.Duration(i)*time.Second)), text)
			if err != nil {
				return err
			}
			defer e.Close()
			if last != nil {
				if err := h.remove(last); err != nil {
					return err
				}
			}
			if err := h.send(e, "bob@example.org", "carol@example.org"); err != nil {
				return err
			}
			last = e
		}
		if err := h.remove(last); err != nil {
			return err
		}
		return a.Close()
	}},
	{"drop", func(a, _ *spool.Spool, h *history) error {
		e, err := h.add(a, spool.NewID(time.Now()), "one")
		if err != nil {
			return err
		}
		defer e.Close()
		if err := h.remove(e); err != nil {
			return err
		}
		return a.Close()
	}},
	{"bounce", func(a, _ *spool.Spool, h *history) error {
		now := time.Now()
		e, err := h.add(a, spool.NewID(now), "one")
		if err != nil {
			return err
		}
		defer e.Close()
		if err := h.send(e, "bob@example.org", "carol@example.org"); err != nil {
			return err
		}
		e.Recipients[0].Outcome, e.Recipients[1].Outcome = "refused", "refused"
		e.State, e.Bounce = spool.Failed, spool.NewID(now.Add(time.Second))
		if err := h.save(e); err != nil {
			return err
		}
		child, err := h.add(a, e.Bounce, "bounce")
		if err != nil {
			return err
		}
		defer child.Close()
		e.Bounced = true
		return h.save(e)
	}},
	{"move", func(a, b *spool.Spool, h *history) error {
		e, err := h.add(a, spool.NewID(time.Now()), "one")
		if err != nil {
			return err
		}
		defer e.Close()
		h.moved[e.ID] = true
		there, err := h.addAs(b, e.ID, "one", spool.Held)
		if err != nil {
			return err
		}
		defer there.Close()
		if err := errors.Join(e.Remove(), a.Close()); err != nil {
			return err
		}
		there.State = spool.Queued
		return there.Save()
	}},
	{"six messages in random steps", func(a, _ *spool.Spool, h *history) error {
		random, now := rand.New(rand.NewPCG(1, 2)), time.Now()
		var waiting []*spool.Entry
		for i := 0; i < 6 || len(waiting) > 0; {
			if i < 6 && random.IntN(3) == 0 {
				e, err := h.add(a, spool.NewID(now.Add(time.Duration(i)*time.Second)), fmt.Sprint("message ", i))
				if err != nil {
					return err
				}
				defer e.Close()
				waiting = append(waiting, e)
				i++
			}
			if len(waiting) == 0 {
				continue
			}
			n := random.IntN(len(waiting))
			e, step := waiting[n], random.IntN(4)
			if step > 0 {
				if err := h.send(e, e.Pending()...); err != nil {
					return err
				}
			}
			if step < 3 {
				waiting = slices.Delete(waiting, n, n+1)
				if err := h.remove(e); err != nil {
					return err
				}
				continue
			}
			e.Recipients[random.IntN(2)].Outcome = "deferred"
			if err := h.save(e); err != nil {
				return err
			}
		}
		return a.Close()
	}},
}

func closing(e *spool.Entry, err error) error {
	if err != nil {
		return err
	}
	return e.Close()
}

// add commits a message, in two writes.
func (h *history) add(s *spool.Spool, id, text string) (*spool.Entry, error) {
	return h.addAs(s, id, text, spool.Queued)
}

func (h *history) addAs(s *spool.Spool, id, text string, state spool.State) (*spool.Entry, error) {
	d, err := s.CreateAs(id)
	if err != nil {
		return nil, err
	}
	defer d.Close()
	for _, p := range []string{"Subject: " + text + "\r\n\r\n", strings.Repeat(text+"\r\n", 3)} {
		if _, err := d.Write([]byte(p)); err != nil {
			return nil, err
		}
	}
	h.begun = append(h.begun, id)
	e, err := d.Commit(spool.Envelope{
		Created: time.Now(), State: state, From: "alice@example.org",
		Recipients: []spool.Recipient{{Address: "bob@example.org"}, {Address: "carol@example.org"}},
	})
	if err == nil {
		h.committed = append(h.committed, filepath.Join(s.Name(), id))
	}
	return e, err
}

// send sends the final dot, after Dot has allowed it.
func (h *history) send(e *spool.Entry, to ...string) error {
	h.sending[e.ID] = true
	if err := e.Dot(to); err != nil {
		return err
	}
	h.sent[e.ID] = append(h.sent[e.ID], to...)
	return nil
}

func (h *history) save(e *spool.Entry) error {
	e.Attempts++
	err := e.Save()
	if err == nil {
		h.attempts[e.ID] = e.Attempts
		delete(h.sent, e.ID)
		delete(h.sending, e.ID)
	}
	return err
}

func (h *history) remove(e *spool.Entry) error {
	h.removing[e.ID] = true
	return e.Remove()
}

// check returns what is wrong with the spools that a later process finds: a message
// that was lost, that would be sent twice without a report, or that is not whole.
func (h *history) check(a, b *spool.Spool) error {
	queued := map[string]int{}
	found := map[string]bool{}
	for _, s := range []*spool.Spool{a, b} {
		ids, err := s.IDs()
		if err != nil {
			return err
		}
		for _, id := range ids {
			e, err := s.Take(id)
			if err != nil {
				if !slices.Contains(h.committed, filepath.Join(s.Name(), id)) && is[*spool.DamageError](err) {
					continue // its Commit has not returned, and it is not sent
				}
				return fmt.Errorf("Take: %w", err)
			}
			if e.State == spool.Queued {
				queued[id]++
			}
			found[filepath.Join(s.Name(), id)] = true
			err = h.checkEntry(e)
			e.Close()
			if err != nil {
				return fmt.Errorf("%s: %w", id, err)
			}
		}
	}
	for _, path := range h.committed {
		id := filepath.Base(path)
		isElsewhere := h.moved[id] && (found[filepath.Join(a.Name(), id)] || found[filepath.Join(b.Name(), id)])
		if !found[path] && !h.removing[id] && !isElsewhere {
			return fmt.Errorf("%s was committed and is lost", path)
		}
	}
	for id, n := range queued {
		if n > 1 {
			return fmt.Errorf("%s is queued twice", id)
		}
	}
	return nil
}

// is reports whether err is or wraps an error of type E.
func is[E error](err error) bool {
	_, ok := errors.AsType[E](err)
	return ok
}

func (h *history) checkEntry(e *spool.Entry) error {
	if !slices.Contains(h.begun, e.ID) {
		return errors.New("an entry that was never committed")
	}
	var b bytes.Buffer
	if _, err := e.WriteTo(&b); err != nil {
		return err
	}
	if !strings.HasPrefix(b.String(), "Subject: ") || len(b.String()) < 20 {
		return fmt.Errorf("content %q", b.String())
	}
	isRecorded := e.Attempts > h.attempts[e.ID] // by a Save that has not returned
	for _, to := range h.sent[e.ID] {
		if !isRecorded && slices.Contains(e.Pending(), to) && !slices.Contains(e.Interrupted, to) {
			return fmt.Errorf("%s would get the message twice without a report", to)
		}
	}
	if e.Attempts < h.attempts[e.ID] {
		return errors.New("a result that was recorded is lost")
	}
	if h.attempts[e.ID] > 0 && h.sent[e.ID] == nil && !h.sending[e.ID] && e.Interrupted != nil {
		return errors.New("the outcome is known, but it is said to be unknown")
	}
	return nil
}

// checkSwept asserts that Sweep leaves nothing but entries, a day later.
func checkSwept(s *spool.Spool) error {
	if err := s.Sweep(time.Now().Add(sweepAge + time.Hour)); err != nil {
		return err
	}
	names, err := storeOf(s).dir.List()
	if err != nil {
		return err
	}
	for _, name := range names {
		id, suffix, _ := strings.Cut(name, ".")
		if !spool.IsID(id) || suffix == "json" {
			continue
		}
		if !slices.Contains(names, id+".json") {
			return fmt.Errorf("Sweep has left %s", name)
		}
	}
	return nil
}

// killed is the panic of a process that is killed.
type killed struct{}

// A killer is a file system that counts the calls of a process, and kills it
// before or after one of them.
type killer struct {
	statedir.Files
	calls int
	at    int  // the number of the call; 0 means none
	after bool // kill after the call
	open  []statedir.File
	dead  atomic.Bool
}

// call makes one call, unless the process is killed before it.
func (k *killer) call(f func()) {
	k.calls++
	if k.dead.Load() || k.calls == k.at && !k.after {
		k.dead.Store(true)
		panic(killed{})
	}
	f()
	if k.calls == k.at {
		k.dead.Store(true)
		panic(killed{})
	}
}

func (k *killer) Mkdir(name string) (err error) {
	k.call(func() { err = k.Files.Mkdir(name) })
	return err
}

func (k *killer) Create(name string) (f statedir.File, err error) {
	k.call(func() { f, err = k.keep(k.Files.Create(name)) })
	return f, err
}

func (k *killer) Open(name string) (f statedir.File, err error) {
	k.call(func() { f, err = k.keep(k.Files.Open(name)) })
	return f, err
}

// keep remembers an open file, which the end of the process closes.
func (k *killer) keep(f statedir.File, err error) (statedir.File, error) {
	if err != nil {
		return nil, err
	}
	k.open = append(k.open, f)
	return killerFile{f, k}, nil
}

func (k *killer) Rename(from, to string) (err error) {
	k.call(func() { err = k.Files.Rename(from, to) })
	return err
}

func (k *killer) Remove(name string) (err error) {
	k.call(func() { err = k.Files.Remove(name) })
	return err
}

func (k *killer) SyncDir(dir string) (err error) {
	k.call(func() { err = k.Files.SyncDir(dir) })
	return err
}

type killerFile struct {
	statedir.File
	k *killer
}

func (f killerFile) Write(p []byte) (n int, err error) {
	f.k.call(func() { n, err = f.File.Write(p) })
	return n, err
}

func (f killerFile) Sync() (err error) {
	f.k.call(func() { err = f.File.Sync() })
	return err
}

func (f killerFile) Lock() (got bool, err error) {
	f.k.call(func() { got, err = f.File.Lock() })
	return got, err
}

func (f killerFile) Close() error {
	if f.k.dead.Load() { // a deferred call: the process does not run any more
		return nil
	}
	return f.File.Close()
}

// run runs a scenario in a process that may be killed.
func (k *killer) run(t *testing.T, sc scenario, dirA, dirB string) (h *history) {
	t.Helper()
	h = newHistory()
	defer func() {
		if p := recover(); p != nil && p != (killed{}) {
			panic(p)
		}
		for _, f := range k.open {
			f.Close()
		}
	}()
	a, err := openWith(dirA, k, true)
	if err != nil {
		t.Fatal(err)
	}
	b, err := openWith(dirB, k, true)
	if err != nil {
		t.Fatal(err)
	}
	if err := sc.run(a, b, h); err != nil {
		t.Fatal(err)
	}
	return h
}
