package explain

import (
	"fmt"
	"strings"
	"sync"
	"testing"

	"mailpipe/wire"
)

// explainContent explains a content that is sent in pieces of n octets.
func explainContent(content string, n int, chunked bool) []string {
	var out output
	x := New(100, out.print)
	e := wire.Event{Dir: wire.DirReceived, Stage: wire.StageData, Text: "354 go"}
	if chunked {
		e = wire.Event{Dir: wire.DirSent, Stage: wire.StageContent, Text: "BDAT 1 LAST"}
	}
	x.Event(e)
	begin := len(out.lines)
	for len(content) > 0 {
		k := min(n, len(content))
		fmt.Fprint(x, content[:k])
		content = content[k:]
	}
	x.Event(wire.Event{Dir: wire.DirReceived, Stage: wire.StageDot, Text: "250 ok"})
	return out.lines[begin : len(out.lines)-2] // without the reply
}

// mail has multiparts in each other, a message in a part, and what surrounds parts.
const mail = `Subject: x
Content-Type: multipart/mixed;
	boundary="out"

before
--out
Content-Type: multipart/alternative; boundary=in

--in

text
..dot
more
--in  
Content-Transfer-Encoding: QUOTED-PRINTABLE

=41
--outer
--in--
behind
--out
Content-Type: message/rfc822

Subject: inner
X-Own: y

--in
--out
Content-Transfer-Encoding: base64

QUJD
REVG
--out--
`

func TestContent(t *testing.T) {
	content := strings.ReplaceAll(mail, "\n", "\r\n")
	got := strings.Join(explainContent(content, len(content), false), "\n")
	field := func(name string) string { return "-- " + find("field "+name, "field") + "." }
	said := func(kind string, more ...string) string {
		return "-- " + strings.Join(append([]string{find("content " + kind)}, more...), "") + "."
	}
	checkOutput(t, got, strings.Join([]string{
		"C: Subject: x", field("subject"),
		"C: Content-Type: multipart/mixed;", "C: \tboundary=\"out\"", field("content-type"),
		"C: ", said("empty"),
		"C: before", said("preamble"),
		"C: --out", said("boundary"),
		"C: Content-Type: multipart/alternative; boundary=in", field("content-type"),
		"C: ", said("empty"),
		"C: --in", said("boundary"),
		"C: ", said("empty"),
		"C: text", said("text"),
		"C: ..dot", said("dot"),
		"C: more", said("text"),
		"C: --in  ", said("boundary"),
		"C: Content-Transfer-Encoding: QUOTED-PRINTABLE", field("content-transfer-encoding"),
		"C: ", said("empty"),
		"C: =41", said("quoted-printable", ";\n-- 1 more line follows, 14 octets in all"),
		"C: --in--", said("closing boundary"),
		"C: behind", said("epilogue"),
		"C: --out", said("boundary"),
		"C: Content-Type: message/rfc822", field("content-type"),
		"C: ", said("empty"),
		"C: Subject: inner", field("subject"),
		"C: X-Own: y", field("x-own"),
		"C: ", said("empty"),
		"C: --in", said("text"),
		"C: --out", said("boundary"),
		"C: Content-Transfer-Encoding: base64", field("content-transfer-encoding"),
		"C: ", said("empty"),
		"C: QUJD", said("base64", "; 1 more line follows, 12 octets in all"),
		"C: --out--", said("closing boundary"),
	}, "\n"))
}

// Every split of the content gives the same result.
func TestContentSplits(t *testing.T) {
	content := strings.ReplaceAll(mail, "\n", "\r\n") + strings.Repeat("x", 5000) + "\r\nlast"
	want := strings.Join(explainContent(content, len(content), false), "\n")
	for n := 1; n < 200; n++ {
		if got := strings.Join(explainContent(content, n, false), "\n"); got != want {
			t.Errorf("in pieces of %d:\n%s\nwant:\n%s", n, got, want)
		}
	}
}

// A dot is doubled for DATA only.
func TestChunkedDots(t *testing.T) {
	const content = "Subject: x\r\n\r\n.\r\n"
	for _, chunked := range []bool{true, false} {
		got := explainContent(content, 1, chunked)
		line, sentence := got[len(got)-2], got[len(got)-1]
		if line != "C: ." || strings.Contains(sentence, "stuffed") == chunked {
			t.Errorf("in chunks %t: %q", chunked, got)
		}
	}
}

// What is kept of a line and of a header does not grow with them.
func TestContentLimits(t *testing.T) {
	var out output
	x := New(100, out.print)
	for range 1000 {
		x.Write(make([]byte, 10_000))
	}
	x.Write([]byte("\r\n"))
	for range 100_000 {
		fmt.Fprint(x, "X-A: b\r\n")
	}
	if n := cap(x.content.line); n > 2*lineMax {
		t.Errorf("%d octets of a line are kept", n)
	}
	if n := len(x.content.header); n > headerMax+lineMax {
		t.Errorf("%d octets of a header are kept", n)
	}
	if n := len(out.lines[0]); n > lineMax+len("C: ") {
		t.Errorf("%d octets of a line are printed", n)
	}
}

// Replies may come while content is sent.
func TestConcurrentUse(t *testing.T) {
	x := New(100, func(wire.Direction, string) {})
	var sent sync.WaitGroup
	sent.Go(func() {
		for range 100 {
			fmt.Fprint(x, "Subject: x\r\n\r\nx\r\n")
		}
	})
	for range 100 {
		x.Event(wire.Event{Dir: wire.DirReceived, Stage: wire.StageContent, Text: "452 4.3.1 full"})
	}
	sent.Wait()
}

// Multiparts are opened up to a depth, so that many of them in each other take no time.
func TestNestedContent(t *testing.T) {
	var out output
	x := New(100, out.print)
	for i := range 100_000 {
		fmt.Fprintf(x, "Content-Type: multipart/mixed; boundary=b%d.\r\n\r\n--b%[1]d.\r\n", i)
	}
	if n := len(x.content.boundaries); n != depthMax {
		t.Errorf("%d multiparts are open", n)
	}
	// What is deeper is a run of text, of which the first line is shown.
	if got, want := out.lines[len(out.lines)-1], fmt.Sprintf("C: --b%d.", depthMax); got != want {
		t.Errorf("last: %q, want %q", got, want)
	}
}
