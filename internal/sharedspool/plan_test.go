//go:build linux

package sharedspool

import (
	"strings"
	"testing"
	"time"

	"mailpipe/internal/pgtest"
)

// TestPlans asserts that the claim of one message among many uses an index, as the
// server logs that. So its time does not depend on the number.
func TestPlans(t *testing.T) {
	t.Parallel()
	count := number(t, "MAILPIPE_TEST_ENTRIES", 20_000, 5_000)
	server := pgtest.Start(t)
	s := newSite(t, server)
	s.produce(recipient(0), "x\n")
	server.FillSpool(t, s.db, count)
	for _, setting := range []string{
		"session_preload_libraries = auto_explain", "auto_explain.log_min_duration = 0", "auto_explain.log_analyze = on",
	} {
		s.sql("ALTER DATABASE " + s.db + " SET " + setting)
	}
	before := len(server.Log())
	began := time.Now()
	first := s.list()[0]
	t.Logf("list: %v", time.Since(began))
	s.mailpipe("queue flush "+first.ID, 0)
	found := false
	for _, plan := range strings.Split(server.Log()[before:], "Query Text: ")[1:] {
		if !strings.Contains(plan, "SKIP LOCKED") {
			continue
		}
		found = true
		if strings.Contains(plan, "Seq Scan on entry") || !strings.Contains(plan, "Index Scan") {
			t.Errorf("a claim reads the whole table:\n%s", plan)
		}
	}
	if !found {
		t.Error("the server has logged no claim")
	}
}
