package repair

import (
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"mailpipe/internal/buffer"
	"mailpipe/internal/message"
)

// repeated returns a text that is longer than what is read before it is repaired.
func repeated(line string) string { return strings.Repeat(line, 2*message.Lookahead/len(line)) }

// A terminal has more to read after its end.
type terminal struct {
	io.Reader
	ended bool
}

func (r *terminal) Read(p []byte) (int, error) {
	if r.ended {
		return copy(p, "more"), nil
	}
	n, err := r.Reader.Read(p)
	r.ended = err != nil
	return n, err
}

// contentOf returns a repaired message, and closes it.
func contentOf(t *testing.T, m *Message, err error) string {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	defer m.Close()
	var b strings.Builder
	if _, err := m.WriteTo(&b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// A message that is bad at its beginning is repaired while the rest is read. The
// result is that of a message that was kept as a whole.
func TestReadRest(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	head := fixed + from
	for name, in := range map[string]string{
		"short":      "hello\n",
		"text":       head + "\na\rb\n" + repeated("A line of a text.\n"),
		"no header":  repeated("A line of a text.\n"),
		"a long one": head + "\na\rb\n" + repeated("0123456789"),
		"only mbox":  "From bob\n" + repeated("A line of a text.\n"),
		"mbox":       "From bob Mon Nov 30 12:00:00 2026\n" + head + "\na\rb\n" + repeated("A line of a text.\n"),
		"parts": head + "Content-Type: multipart/mixed; boundary=b\n\na\rb\n" +
			repeated("--b\n\n\xe9\n--b\nContent-Type: image/png\n\n\x00\xff\n") + "--b--\n",
		"no delimiter": head + "Content-Type: multipart/mixed; boundary=b\n\na\rb\n" + repeated("a text\n"),
	} {
		t.Run(name, func(t *testing.T) {
			kept, err := Convert(strings.NewReader(in), Options{})
			want := contentOf(t, kept, err)
			for _, r := range []io.Reader{
				strings.NewReader(in), iotest.DataErrReader(strings.NewReader(in)),
				iotest.HalfReader(strings.NewReader(in)), &terminal{Reader: strings.NewReader(in)},
			} {
				m, err := Read(r, Options{})
				got := contentOf(t, m, err)
				if strings.HasPrefix(in, fixed) && got != want || len(got) != len(want) {
					t.Errorf("%T: %d octets, want %d", r, len(got), len(want))
				}
			}
		})
	}
}

// An error of the rest is returned, and not one of the message that it cuts off.
func TestReadRestFails(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	broken := errors.New("broken")
	signed := from + "Content-Type: multipart/signed; boundary=b\n\n--b\n\na\rb\n"
	for _, begin := range []string{from + "\na\rb\n", signed, "From bob\n" + from + "\na\rb\n"} {
		r := io.MultiReader(strings.NewReader(begin+repeated("a text\n")), iotest.ErrReader(broken))
		if m, err := Read(r, Options{}); err != broken {
			t.Errorf("%q: %v, %v", begin, m, err)
		}
	}
}

func TestSecondMessageInRest(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	const mbox = "From bob Mon Nov 30 12:00:00 2026\n" + from + "\n"
	in := mbox + "a\rb\n" + repeated("a text\n") + "\n" + mbox + "x\n"
	if m, err := Read(strings.NewReader(in), Options{}); !errors.Is(err, message.ErrSeries) {
		t.Errorf("%v, %v", m, err)
	}
}

func TestRestCannotBeKept(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir()+"/missing")
	in := from + "\na\rb\n" + strings.Repeat("a text\n", message.Lookahead/16) // less than memory has room for
	if _, err := Read(strings.NewReader(in), Options{}); err != nil {
		t.Error(err)
	}
	if _, err := Read(strings.NewReader(in+repeated("a text\n")), Options{}); !errors.Is(err, buffer.ErrFile) {
		t.Error(err)
	}
}
