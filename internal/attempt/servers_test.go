package attempt

import (
	"errors"
	"fmt"
	"io/fs"
	"testing"
	"time"

	"mailpipe/internal/spool"
	"mailpipe/internal/spool/directory"
	"mailpipe/wire"
)

func openSpool(t *testing.T) *spool.Spool {
	t.Helper()
	s, err := directory.Open(t.TempDir() + "/spool")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

// routeTo returns a route over servers with these names. The key of x is "key x".
func routeTo(names ...string) Route {
	var r Route
	for _, name := range names {
		r.Servers = append(r.Servers, wire.Server{Name: name})
		r.Keys = append(r.Keys, "key "+name)
	}
	return r
}

// Each stage up to AUTH, and 421 at any stage, is a failure of the server.
func TestServerFailed(t *testing.T) {
	isServer := map[wire.Stage]bool{
		wire.StageConnect: true, wire.StageGreeting: true, wire.StageHello: true, wire.StageLHLO: true,
		wire.StageTLS: true, wire.StageHandshake: true, wire.StageAuth: true,
		wire.StageMail: false, wire.StageRcpt: false, wire.StageData: false, wire.StageContent: false, wire.StageDot: false,
	}
	for stage, want := range isServer {
		for _, kind := range []wire.Kind{wire.KindTemporary, wire.KindPermanent, wire.KindProtocol, wire.KindAuthOrTLS} {
			failed, notAllowed := ServerFailed(fmt.Errorf("x: %w", failure(stage, kind, 0)))
			if failed != want || notAllowed != (want && kind == wire.KindAuthOrTLS) {
				t.Errorf("%s, kind %d: %t, %t", stage, kind, failed, notAllowed)
			}
		}
		if failed, notAllowed := ServerFailed(failure(stage, wire.KindTemporary, 421)); !failed || notAllowed {
			t.Errorf("%s, 421: %t, %t", stage, failed, notAllowed)
		}
		if failed, _ := ServerFailed(failure(stage, wire.KindTemporary, 451)); failed != want {
			t.Errorf("%s, 451: %t", stage, failed)
		}
	}
	for _, err := range []error{nil, errors.New("no error of wire"), uncertain(), &spool.Error{}} {
		if failed, notAllowed := ServerFailed(err); failed || notAllowed {
			t.Errorf("%v: %t, %t", err, failed, notAllowed)
		}
	}
}

// Servers that were passed over failed. The last one failed or works.
func TestNoteServers(t *testing.T) {
	s := openSpool(t)
	route := routeTo("first", "second")
	failed := failure(wire.StageConnect, wire.KindTemporary, 0)
	failed.Server = "first"
	failures := func() string {
		t.Helper()
		counts := ""
		for _, key := range route.Keys {
			record, err := s.Server(key)
			if err != nil {
				t.Fatal(err)
			}
			counts += fmt.Sprintf("%d %s, ", record.Failures, record.Reason)
		}
		return counts
	}
	for i, step := range []struct {
		r         wire.Receipt
		err       error
		recovered bool
		failures  string
	}{
		{wire.Receipt{Server: "second", FailedServers: []error{failed}}, nil, false, "1 connect: cause, 0 , "},
		{wire.Receipt{Server: "second"}, &wire.Error{Stage: wire.StageAuth, Kind: wire.KindAuthOrTLS, Server: "second",
			Err: errors.New("refused")}, false, "1 connect: cause, 1 AUTH: refused, "},
		{wire.Receipt{Server: "unknown"}, failed, false, "1 connect: cause, 1 AUTH: refused, "},
		{wire.Receipt{Server: "first"}, failure(wire.StageRcpt, wire.KindNoRecipient, 550), true, "0 , 1 AUTH: refused, "},
		{wire.Receipt{Server: "first"}, nil, false, "0 , 1 AUTH: refused, "},
		{wire.Receipt{Server: "second"}, nil, true, "0 , 0 , "},
	} {
		recovered, err := NoteServers(s, route, step.r, step.err, now)
		if err != nil || recovered != step.recovered {
			t.Errorf("step %d: %t, %v", i, recovered, err)
		}
		if got := failures(); got != step.failures {
			t.Errorf("step %d: %s; want %s", i, got, step.failures)
		}
	}
}

// A server that failed is not available before its time. Then one process at a time
// tries it.
func TestAvailable(t *testing.T) {
	s := openSpool(t)
	route := routeTo("first", "second")
	available := func(now time.Time) (names, down string, release func()) {
		t.Helper()
		got, record, release, err := Available(s, route, now)
		if err != nil {
			t.Fatal(err)
		}
		for i, server := range got.Servers {
			if got.Keys[i] != "key "+server.Name {
				t.Errorf("%s has the %s", server.Name, got.Keys[i])
			}
			names += server.Name + " "
		}
		return names, record.Key, release
	}
	expect := func(when time.Time, wantNames, wantDown string) (release func()) {
		t.Helper()
		names, down, release := available(when)
		if names != wantNames || down != wantDown {
			t.Errorf("%savailable, %q down; want %s, %q", names, down, wantNames, wantDown)
		}
		return release
	}
	expect(now, "first second ", "")()
	if err := s.ServerFailed("key first", "refused", true, now); err != nil {
		t.Fatal(err)
	}
	expect(now, "second ", "key first")()
	if err := s.ServerFailed("key second", "refused", false, now); err != nil {
		t.Fatal(err)
	}
	expect(now, "", "key second")() // the one that is tried next
	if down := route.Down(s, now); down.Key != "key second" || route.ServerName(down.Key) != "second" {
		t.Errorf("%+v", down)
	}
	later := now.Add(30 * time.Second)
	release := expect(later, "second ", "key first")
	expect(later, "", "key second")() // another process tries it
	release()
	expect(later, "second ", "key first")()
	if down := route.Down(s, later); down.Failures != 0 {
		t.Errorf("%+v", down)
	}
	expect(now.Add(-time.Second), "first second ", "")() // the clock went back
}

// What happened to the content, and whether an attempt brought anything.
func TestErrors(t *testing.T) {
	unreadable := failure(wire.StageContent, wire.KindBadMessage, 0)
	unreadable.Err = fmt.Errorf("content: %w", &fs.PathError{Op: "read", Path: "x", Err: errors.New("broken disk")})
	elsewhere := *unreadable
	elsewhere.Stage, elsewhere.Kind = wire.StageAuth, wire.KindAuthOrTLS
	for _, test := range []struct {
		err  error
		want bool
	}{{nil, false}, {unreadable, true}, {&elsewhere, false}, {failure(wire.StageContent, wire.KindBadMessage, 0), false},
		{unreadable.Err, false}} {
		if got := IsUnreadable(test.err); got != test.want {
			t.Errorf("%v: %t", test.err, got)
		}
	}
	for _, test := range []struct {
		r    wire.Recipient
		err  error
		want bool
	}{
		{to("a", wire.OutcomeDeferred, 0), errors.New("terminated"), true},
		{to("a", wire.OutcomeRefused, 0), errors.New("terminated"), true},
		{to("a", wire.OutcomeRefused, 550), errors.New("terminated"), false},
		{to("a", wire.OutcomeUnknown, 0), errors.New("terminated"), false},
		{to("a", wire.OutcomeAccepted, 250), errors.New("terminated"), false},
		{to("a", wire.OutcomeAccepted, 250), nil, false},
	} {
		r := wire.Receipt{Recipients: []wire.Recipient{to("b", wire.OutcomeDeferred, 0), test.r}}
		if got := IsUntouched(r, test.err); got != test.want {
			t.Errorf("%+v, %v: %t", test.r, test.err, got)
		}
	}
}
