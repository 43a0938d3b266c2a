package wire

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// Whatever a server says, in any pieces: the content follows only 354, the dot
// only the content, and only the dot is followed by success or by an unknown
// outcome.
func FuzzServer(f *testing.F) {
	for _, s := range []string{
		"220 hi|250 x|250 ok|250 ok|354 go|250 ok|221 bye",
		"220 hi|250-x\r\n250 PIPELINING|250 ok\r\n250 ok\r\n354 go|250 ok\r\n221 bye",
		"220 hi|250-x\r\n250-CHUNKING\r\n250 PIPELINING|250 ok\r\n250 ok|250 ok\r\n221 bye",
		"220 hi|500 what|250 x|250 ok|550 no|221",
		"220 hi|250-x\r\n250 PIPELINING|250 ok\r\n550 no\r\n354 go|250 ok",
		"220 hi|250-x\r\n250 LIMITS RCPTMAX=1|250|250|354|250|250|250|354|250|221",
		"220 hi|250-x\r\n250 SIZE 3|250|452 4.5.3 no|354|421",
		"554 no", "220-hi", "\xff\x00|", "220 hi\r\n421 bye",
	} {
		f.Add(s, false, false)
		f.Add(s, true, true)
	}
	f.Fuzz(func(t *testing.T, says string, lmtp, chunking bool) {
		synctest.Test(t, func(t *testing.T) {
			client, server := net.Pipe()
			var mu sync.Mutex
			var heard bytes.Buffer
			over := make(chan struct{})
			go func() {
				p := make([]byte, 4096)
				for {
					n, err := server.Read(p)
					mu.Lock()
					heard.Write(p[:n])
					mu.Unlock()
					if err != nil {
						return
					}
				}
			}()
			go func() {
				defer server.Close()
				for _, piece := range strings.Split(says, "|") {
					if _, err := io.WriteString(server, piece+"\r\n"); err != nil {
						return
					}
					select {
					case <-time.After(time.Second): // the client continues until it must wait
					case <-over:
						return
					}
				}
			}()
			once := false
			s := Server{Name: "test", Hello: "me", LMTP: lmtp, Security: TLSNone, Dial: func(context.Context) (net.Conn, error) {
				if once {
					return nil, errors.New("once is enough")
				}
				once = true
				return client, nil
			}}
			e := envelope("a@x", "b@x")
			e.Chunking = chunking
			r, err := Deliver(t.Context(), []Server{s}, e, &text{s: "content\n"})
			close(over)
			synctest.Wait()

			wrote := heard.String()
			content := strings.Contains(wrote, "content\r\n")
			dot := strings.Contains(wrote, "content\r\n.\r\n") || strings.Contains(wrote, "LAST\r\ncontent\r\n")
			served := strings.Contains(outcomes(r), "accepted")
			failed := asError(err)
			switch {
			case err != nil && failed == nil:
				t.Fatalf("%v is not an *Error", err)
			case content && !strings.Contains(says, "354") && !strings.Contains(wrote, "BDAT 9 LAST\r\n"):
				t.Fatalf("content without 354: %q", wrote)
			case strings.Contains(wrote, "\r\n.\r\n") && !content:
				t.Fatalf("a dot without content: %q", wrote)
			case (err == nil || served) && !dot:
				t.Fatalf("%v, %s without a dot: %q", err, outcomes(r), wrote)
			case (err == nil) != (outcomes(r) == "accepted accepted"):
				t.Fatalf("%v, %s", err, outcomes(r))
			case failed != nil && failed.Uncertain && !dot, strings.Contains(outcomes(r), "unknown") && !failed.Uncertain:
				t.Fatalf("%v, %s, dot %t", err, outcomes(r), dot)
			case served && !strings.Contains(says, "2"):
				t.Fatalf("served by %q", says)
			}
		})
	})
}
