//go:build linux

package sharedspool

import (
	"context"
	"fmt"
	"io"
	"net"
	"regexp"
	"strings"
	"sync"
	"testing"

	"mailpipe/internal/sink"
	"mailpipe/internal/submit"
)

// A tally counts what happened to messages. Each has a recipient of its own, by which
// it is known.
type tally struct {
	mu      sync.Mutex
	address map[string]string // by the last letters of the ID, which mailpipe prints
	kept    map[string]bool   // the message was acknowledged
	arrived map[string]int    // how often the message did
	unknown map[string]int    // by the last letters of the ID: reports that it may have been delivered
	tried   map[string]int    // by the last letters of the ID: attempts when it was last listed
}

func newTally() *tally {
	return &tally{
		address: make(map[string]string), kept: make(map[string]bool),
		arrived: make(map[string]int), unknown: make(map[string]int), tried: make(map[string]int),
	}
}

// startSink starts a mail server that notes what arrives, until the test ends. It
// returns its URL. If read is not nil, it is called before a message is accepted.
func (y *tally) startSink(t testing.TB, read func(to string, mail io.Reader)) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error)
	go func() {
		ended <- sink.Serve(ctx, l, sink.Options{Judge: func(_ string, to []string, mail io.Reader) submit.Reply {
			y.arrive(to[0])
			if read != nil {
				read(to[0], mail)
			}
			return submit.Reply{}
		}})
	}()
	t.Cleanup(func() {
		stop()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
	return "smtp://" + l.Addr().String()
}

func (y *tally) arrive(to string) {
	y.mu.Lock()
	defer y.mu.Unlock()
	y.arrived[to]++
}

var (
	keptWords    = regexp.MustCompile(`: kept as ([a-z2-7]{6})`)
	unknownWords = regexp.MustCompile(`(?m)^mailpipe: [a-z ]+: ([a-z2-7]{6}): may have been delivered: `)
)

// produced notes that a producer ended, and what it printed: the last letters of the ID.
func (y *tally) produced(to string, r result) (id string) {
	y.mu.Lock()
	defer y.mu.Unlock()
	if r.code == 0 {
		y.kept[to] = true
	}
	m := keptWords.FindStringSubmatch(r.err)
	if m == nil {
		return ""
	}
	y.address[m[1]] = to
	return m[1]
}

// worked notes what workers printed on standard error, and what is listed after that.
// A worker may have been killed before it could print that the outcome is unknown.
// Then the list has it. So the messages of a round must not be sent by another worker
// before they are listed.
func (y *tally) worked(said string, list []listed) {
	y.mu.Lock()
	defer y.mu.Unlock()
	printed := make(map[string]bool)
	for _, m := range unknownWords.FindAllStringSubmatch(said, -1) {
		y.unknown[m[1]]++
		printed[m[1]] = true
	}
	for _, l := range list {
		id := l.ID[len(l.ID)-6:]
		y.address[id] = l.To[0]
		if !printed[id] && l.Attempts > y.tried[id] && strings.Contains(l.Reason, "outcome unknown") {
			y.unknown[id]++
		}
		y.tried[id] = l.Attempts
	}
}

// check fails the test if a message is lost, or arrived more often than it may have.
// It returns a summary.
func (y *tally) check(t testing.TB) string {
	t.Helper()
	y.mu.Lock()
	defer y.mu.Unlock()
	reports, allowed := 0, make(map[string]int)
	for id, n := range y.unknown {
		reports += n
		if y.address[id] == "" {
			t.Errorf("%s may have been delivered, but it is not a message", id)
		}
		allowed[y.address[id]] += n
	}
	for to := range y.kept {
		if y.arrived[to] == 0 {
			t.Errorf("the message to %s is lost", to)
		}
	}
	twice := 0
	for to, n := range y.arrived {
		twice += n - 1
		if n-1 > allowed[to] {
			t.Errorf("the message to %s arrived %d times, but %d reports say that it may", to, n, allowed[to])
		}
	}
	return fmt.Sprintf("acknowledged: %d; arrived: %d; may have been delivered: %d, of which arrived twice: %d",
		len(y.kept), len(y.arrived), reports, twice)
}
