package main

import (
	"strings"
	"testing"
)

const stream = `{"Action":"start","Package":"p"}
{"Action":"run","Package":"p","Test":"TestGood"}
{"Action":"output","Package":"p","Test":"TestGood","Output":"=== RUN   TestGood\n"}
{"Action":"pass","Package":"p","Test":"TestGood"}
{"Action":"output","Package":"p","Test":"TestPeer","Output":"=== RUN   TestPeer\n"}
{"Action":"output","Package":"p","Test":"TestPeer","Output":"    peer_test.go:12: exim4 is not installed\n"}
{"Action":"output","Package":"p","Test":"TestPeer","Output":"--- SKIP: TestPeer (0.00s)\n"}
{"Action":"skip","Package":"p","Test":"TestPeer"}
{"Action":"output","Package":"p","Output":"ok  \tp\t0.1s\n"}
{"Action":"pass","Package":"p"}
`

const failure = `{"Action":"output","Package":"q","Test":"TestBad","Output":"    bad_test.go:3: got 1, want 2\n"}
{"Action":"fail","Package":"q","Test":"TestBad"}
{"Action":"output","Package":"q","Output":"FAIL\tq\t0.1s\n"}
{"Action":"fail","Package":"q"}
`

const broken = `{"ImportPath":"r","Action":"build-output","Output":"r.go:1: undefined: x\n"}
{"ImportPath":"r","Action":"build-fail"}
`

func TestReport(t *testing.T) {
	for _, c := range []struct {
		name, in, want string
		broken         bool
	}{
		{
			name: "a skipped test is named with its reason",
			in:   stream,
			want: "ok  \tp\t0.1s\nskipped (exim4 is not installed):\n    p.TestPeer\n1 passed, 0 failed, 1 skipped\n",
		},
		{
			name:   "the output of a failed test is shown",
			in:     failure,
			want:   "    bad_test.go:3: got 1, want 2\nFAIL\tq\t0.1s\n0 passed, 1 failed, 0 skipped\n",
			broken: true,
		},
		{
			name:   "a package that does not build is a failure",
			in:     broken,
			want:   "r.go:1: undefined: x\n0 passed, 0 failed, 0 skipped\n",
			broken: true,
		},
		{
			name: "a line that is not JSON is passed on",
			in:   "go: downloading x\n",
			want: "go: downloading x\n0 passed, 0 failed, 0 skipped\n",
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			var out strings.Builder
			r := report{out: &out, output: map[string][]string{}, skipped: map[string][]string{}}
			if err := r.read(strings.NewReader(c.in)); err != nil {
				t.Fatal(err)
			}
			r.summary()
			if out.String() != c.want {
				t.Errorf("got %q, want %q", out.String(), c.want)
			}
			if r.broken != c.broken {
				t.Errorf("broken is %t, want %t", r.broken, c.broken)
			}
		})
	}
}
