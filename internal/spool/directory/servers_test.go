package directory

import (
	"testing"
	"time"
)

func TestServers(t *testing.T) {
	s, err := Open(t.TempDir() + "/spool")
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if all, err := s.Servers(); err != nil || len(all) != 0 {
		t.Errorf("%v, %v", all, err)
	}
	now := time.Now().UTC()
	for _, key := range []string{"smtp://a:25", "smtp://b:25"} {
		if err := s.ServerFailed(key, "refused", false, now); err != nil {
			t.Fatal(err)
		}
	}
	release, err := s.Probe("smtp://a:25") // a lock is not a record
	if err != nil {
		t.Fatal(err)
	}
	defer release()
	if err := s.ServerWorks("smtp://b:25"); err != nil {
		t.Fatal(err)
	}
	all, err := s.Servers()
	if err != nil || len(all) != 1 || all[0].Key != "smtp://a:25" || all[0].Reason != "refused" || !all[0].Down(now) {
		t.Errorf("%v, %v", all, err)
	}
}
