package progress

import (
	"bytes"
	"io"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"mailpipe/internal/termtext"
)

// A fakeScreen is a terminal of so many columns. It keeps what is written.
type fakeScreen struct {
	line *Line

	mu      sync.Mutex
	written strings.Builder
	columns int
	isOurs  bool
}

// newScreen returns a terminal of 80 columns with a Line that was started.
func newScreen(opt Options) *fakeScreen {
	f := &fakeScreen{columns: 80, isOurs: true}
	f.line = &Line{out: f, screen: func() (int, bool) {
		f.mu.Lock()
		defer f.mu.Unlock()
		return f.columns, f.isOurs
	}}
	f.line.Start(opt)
	return f
}

func (f *fakeScreen) Write(p []byte) (int, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.written.Write(p)
}

func (f *fakeScreen) set(columns int, isOurs bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.columns, f.isOurs = columns, isOurs
}

// take returns what was written since the last call.
func (f *fakeScreen) take() string {
	f.mu.Lock()
	defer f.mu.Unlock()
	defer f.written.Reset()
	return f.written.String()
}

// after lets time pass and returns what was written in it.
func (f *fakeScreen) after(d time.Duration) string {
	f.take()
	time.Sleep(d)
	synctest.Wait()
	return f.take()
}

// last returns the line that is on the screen after some text.
func last(text string) string {
	return strings.TrimRight(text[strings.LastIndexByte(text, '\r')+1:], " ")
}

func TestFirstSecond(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newScreen(Options{})
		time.Sleep(time.Minute + interval/2) // without a Stage, and between two updates
		f.line.Begin("connecting", 0)
		if got := f.after(delay); got != "" {
			t.Errorf("%q within the first second", got)
		}
		if got := f.after(interval); got != "\rconnecting: 1 s" {
			t.Errorf("%q after a second", got)
		}
		f.line.Begin("waiting", 0) // the work goes on
		if got := last(f.after(interval)); got != "waiting: 0 s" {
			t.Errorf("the next stage is %q", got)
		}
		f.line.End()
		if got := f.after(time.Minute); got != "\r            \r" {
			t.Errorf("%q at the end", got)
		}
	})
}

// At most 5 updates a second, and the words, the seconds and the spaces of each.
func TestUpdates(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newScreen(Options{})
		f.line.Begin("waiting", 0)
		f.after(delay + interval)
		if n := strings.Count(f.after(10*time.Second), "\r"); n != 50 {
			t.Errorf("%d updates in 10 s", n)
		}
		f.line.Begin("x", 0)
		if got := f.after(interval); got != "\rx: 0 s       " {
			t.Errorf("%q does not cover what was longer", got)
		}
	})
}

// The rate is that of the last 10 seconds, and the time left follows from it.
func TestRate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newScreen(Options{})
		s := f.line.Begin("sending", 100<<20)
		time.Sleep(interval / 2) // between two updates
		feed := func(seconds, perSecond int) string {
			for range seconds {
				s.Write(make([]byte, perSecond))
				time.Sleep(time.Second)
			}
			return last(f.take())
		}
		for _, tt := range []struct {
			seconds, perSecond int
			want               string
		}{
			{5, 1 << 20, "sending: 5.0 MiB of 100 MiB, 5 %, 1.0 MiB/s, 1:35 left"},
			{15, 2 << 20, "sending: 35 MiB of 100 MiB, 35 %, 2.0 MiB/s, 0:33 left"},
			{20, 0, "sending: 35 MiB of 100 MiB, 35 %, 0 octets/s"},
			{1, 70 << 20, "sending: 105 MiB of 100 MiB, 100 %, 7.0 MiB/s, 0:00 left"},
		} {
			if got := feed(tt.seconds, tt.perSecond); got != tt.want {
				t.Errorf("after %d s with %d octets each:\n got %s\nwant %s", tt.seconds, tt.perSecond, got, tt.want)
			}
		}
	})
}

func TestUnknownSize(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newScreen(Options{})
		s := f.line.Begin("reading", -1)
		f.after(1800 * time.Millisecond)
		io.WriteString(s, strings.Repeat("x", 2000))
		if got := last(f.after(interval)); got != "reading: 2.0 KiB, 1000 octets/s" {
			t.Errorf("%q", got)
		}
	})
}

func TestClock(t *testing.T) {
	for seconds, want := range map[float64]string{
		0: "0:00", 0.5: "0:01", 59.4: "0:59", 59.6: "1:00", 61: "1:01", 3599: "59:59", 3600: "1:00:00", 363599: "100:59:59",
	} {
		if got := clock(seconds); got != want {
			t.Errorf("%v seconds are %q, want %q", seconds, got, want)
		}
	}
}

// The width is that of the terminal at each update. No line fills the last column.
func TestWidth(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newScreen(Options{})
		f.line.Begin("connecting to 日本語.example", 0)
		f.after(delay)
		for _, tt := range []struct {
			columns int
			want    string
		}{
			{80, "connecting to 日本語.example: 1 s"},
			{18, "connecting to 日"}, // the next character would fill column 18
			{17, "connecting to 日"},
			{16, "connecting to"},
			{2, "c"},
			{1, ""},
			{20, "connecting to 日本"},
		} {
			f.set(tt.columns, true)
			text := f.after(interval)
			if got := last(text); got != tt.want {
				t.Errorf("%d columns: %q, want %q", tt.columns, got, tt.want)
			}
			if n := termtext.Columns(strings.Trim(text, "\r")); n > max(tt.columns-1, 0) {
				t.Errorf("%d columns: %q takes %d", tt.columns, text, n)
			}
		}
		f.set(5, true)
		f.take()
		f.line.Stop()
		if got := f.take(); got != "\r    \r" {
			t.Errorf("5 columns: erased by %q", got)
		}
	})
}

// A message is written in place of the line, which is shown again below it.
func TestMessage(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newScreen(Options{})
		f.line.Begin("waiting", 0)
		f.after(delay + interval)
		io.WriteString(f.line, "note\n")
		io.WriteString(f.line, "another\n")
		if got := f.take(); got != "\r            \rnote\nanother\n" {
			t.Errorf("%q", got)
		}
		if got := f.after(delay + interval); got != "\rwaiting: 2 s" {
			t.Errorf("%q after a message", got)
		}
		var stdout bytes.Buffer
		f.take()
		io.WriteString(f.line.Before(&stdout), "text\n")
		if got := f.take(); got != "\r            \r" || stdout.String() != "text\n" {
			t.Errorf("%q and %q", got, stdout.String())
		}
	})
}

func TestPause(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newScreen(Options{})
		f.line.Begin("waiting", 0)
		f.after(2 * delay)
		f.take()
		resume := f.line.Pause()
		if got := f.take() + f.after(time.Minute); got != "\r            \r" {
			t.Errorf("%q in a pause", got)
		}
		f.line.Begin("checking", 0)
		resume()
		if got := f.after(delay); got != "" {
			t.Errorf("%q within a second after a pause", got)
		}
		if got := f.after(interval); got != "\rchecking: 1 s" {
			t.Errorf("%q after a pause", got)
		}
	})
}

// Nothing is written to a terminal that another process group has, also not to erase.
func TestBackground(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newScreen(Options{})
		f.line.Begin("waiting", 0)
		f.after(2 * delay)
		f.set(80, false)
		f.take()
		io.WriteString(f.line, "note\n")
		if got := f.take() + f.after(time.Minute); got != "note\n" {
			t.Errorf("%q in the background", got)
		}
		f.set(80, true)
		if got := f.after(interval); got != "\rwaiting: 62 s" {
			t.Errorf("%q in the foreground again", got)
		}
	})
}

// Lines that remain are printed every 5 seconds: at a dumb terminal, and on request
// without one.
func TestLines(t *testing.T) {
	for name, tt := range map[string]struct {
		opt    Options
		isOurs bool
		want   string
	}{
		"dumb":          {Options{Title: "x", Dumb: true}, true, "x: waiting: 5 s\nx: waiting: 10 s\n"},
		"forced":        {Options{Title: "x", Force: true}, false, "x: waiting: 5 s\nx: waiting: 10 s\n"},
		"forced, dumb":  {Options{Title: "x", Force: true, Dumb: true}, true, "x: waiting: 5 s\nx: waiting: 10 s\n"},
		"not forced":    {Options{Title: "x"}, false, ""},
		"dumb, no more": {Options{Title: "x", Dumb: true}, false, ""},
	} {
		synctest.Test(t, func(t *testing.T) {
			f := newScreen(tt.opt)
			f.set(80, tt.isOurs)
			f.line.Begin("waiting", 0)
			if got := f.after(14 * time.Second); got != tt.want {
				t.Errorf("%s: %q, want %q", name, got, tt.want)
			}
		})
	}
}

// A terminal that was stopped with Ctrl-S does not stop the work.
func TestStoppedTerminal(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, w := io.Pipe() // a write waits for a reader
		defer r.Close()
		l := &Line{out: w, screen: func() (int, bool) { return 80, true }}
		l.Start(Options{})
		l.Begin("one", 0)
		time.Sleep(time.Minute) // the update waits
		s := l.Begin("two", 0)
		s.Write([]byte("x"))
		l.End()
		if n := s.octets.Load(); n != 1 {
			t.Errorf("%d octets", n)
		}
	})
}

// An error of the terminal changes nothing.
func TestTerminalIsGone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, w := io.Pipe()
		r.Close()
		l := &Line{out: w, screen: func() (int, bool) { return 80, true }}
		l.Start(Options{})
		s := l.Begin("one", 0)
		time.Sleep(time.Minute)
		s.Write([]byte("x"))
		l.Stop()
	})
}
