package detect

import (
	"bufio"
	"fmt"
	"os"
	"strings"
	"testing"
)

// corpusFolder is filled by .ci/corpus, and not committed.
const corpusFolder = "../testdata/corpus"

// needCorpus skips a test where the corpus was not fetched, unless it must be there.
func needCorpus(t *testing.T, what string) {
	t.Helper()
	if os.Getenv("MAILPIPE_TEST_PEERS") == "require" {
		t.Fatalf("%s of the corpus are missing: run .ci/corpus", what)
	}
	t.Skipf("%s of the corpus are not here: .ci/corpus fetches them", what)
}

// verdict is what became of a question.
type verdict int

const (
	right verdict = iota
	generic
	wrong
)

// score counts verdicts.
type score [3]int

func (s *score) add(v verdict) { s[v]++ }

func (s score) total() int { return s[right] + s[generic] + s[wrong] }

func (s score) share(v verdict) float64 { return float64(s[v]) / float64(max(s.total(), 1)) }

func (s score) String() string {
	return fmt.Sprintf("%5d  %5.1f %% right  %5.1f %% generic  %5.1f %% wrong (%d)",
		s.total(), 100*s.share(right), 100*s.share(generic), 100*s.share(wrong), s[wrong])
}

var _ = bufio.NewReader
var _ = strings.Cut
