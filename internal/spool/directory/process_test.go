package directory

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"mailpipe/internal/spool"
	"mailpipe/internal/statedir"
	"mailpipe/internal/subprocess"
	"mailpipe/internal/testservers"
)

// TestMain runs the test binary as another process that uses a spool.
func TestMain(m *testing.M) {
	if os.Getenv("SPOOL_TEST_PROCESS") == "" {
		os.Exit(m.Run())
	}
	if dir := os.Getenv("SPOOL_TEST_SYSTEM"); dir != "" {
		systemDir = dir
	}
	if err := act(os.Args[1], os.Args[2], os.Args[3]); err != nil {
		fmt.Println(err)
		os.Exit(0)
	}
	fmt.Println("ok")
	io.Copy(io.Discard, os.Stdin) // holds what it has until the test goes on
}

// act is what another process does.
func act(action, dir, arg string) error {
	s, err := Open(dir)
	if err != nil {
		return err
	}
	switch action {
	case "open":
		return nil
	case "take":
		_, err = s.Take(arg)
	case "connect":
		n, _ := strconv.Atoi(arg)
		_, err = s.Connect("relay", n)
	case "probe":
		_, err = s.Probe("relay")
	case "fail":
		for range 50 {
			err = errors.Join(err, s.ServerFailed(arg, "refused", false, time.Now()))
		}
	case "reserve":
		for range 50 {
			_, failed := s.Reserve("relay", time.Second, noon)
			err = errors.Join(err, failed)
		}
	case "life":
		var e *spool.Entry
		if e, err = addTo(s); err == nil {
			err = errors.Join(e.Dot([]string{"bob@example.org"}), e.Save(), e.Remove(), e.Close(), s.Close())
		}
	}
	return err
}

// A process is another process that uses a spool.
type process struct {
	says string // its first line
	end  func()
}

func start(t *testing.T, action, dir, arg string) process {
	t.Helper()
	return startAs(t, 0, action, dir, arg)
}

// startAs starts it as another user, unless uid is 0.
func startAs(t *testing.T, uid uint32, action, dir, arg string, env ...string) process {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	binary, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(ctx, binary, action, dir, arg)
	if uid != 0 {
		file, err := os.Open(binary) // its directory may be closed to that user
		if err != nil {
			t.Fatal(err)
		}
		defer file.Close()
		cmd.ExtraFiles = []*os.File{file}
		cmd.Path = "/proc/self/fd/3"
		cmd.Dir = "/"
		subprocess.RunAs(cmd, uid, uid, nil)
	}
	cmd.Env = append(append(os.Environ(), "SPOOL_TEST_PROCESS=1"), env...)
	cmd.Stderr = os.Stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Errorf("the process said %q, %v", line, err)
	}
	end := sync.OnceFunc(func() {
		in.Close()
		cmd.Wait()
		cancel()
	})
	t.Cleanup(end)
	return process{strings.TrimSpace(line), end}
}

// What a process has locked is free as soon as that process has ended.
func TestTwoProcesses(t *testing.T) {
	s := openNew(t)
	e := add(t, s)
	e.Close()
	for _, tt := range []struct{ action, arg string }{
		{"take", e.ID}, {"probe", ""}, {"connect", "1"},
	} {
		first := start(t, tt.action, s.Name(), tt.arg)
		second := start(t, tt.action, s.Name(), tt.arg)
		if first.says != "ok" || second.says != spool.ErrInUse.Error() {
			t.Errorf("%s: %q, then %q", tt.action, first.says, second.says)
		}
		first.end()
		third := start(t, tt.action, s.Name(), tt.arg)
		if third.says != "ok" {
			t.Errorf("%s, after the first has ended: %q", tt.action, third.says)
		}
		third.end()
	}
}

// A server has as many connections as all processes together may have.
func TestConnections(t *testing.T) {
	s := openNew(t)
	for i, want := range []string{"ok", "ok", "ok", spool.ErrInUse.Error()} {
		if p := start(t, "connect", s.Name(), "3"); p.says != want {
			t.Errorf("connection %d: %q", i+1, p.says)
		}
	}
	if release, err := s.Connect("other", 1); err != nil {
		t.Errorf("another server: %v", err)
	} else {
		release()
	}
}

// A process that looks at an entry takes it for a moment. Others wait for that.
func TestListDisturbsNobody(t *testing.T) {
	s := openNew(t)
	e := add(t, s)
	e.Close()
	stop := make(chan struct{})
	var group sync.WaitGroup
	group.Go(func() {
		for {
			select {
			case <-stop:
				return
			default:
				if e, err := s.Take(e.ID); err == nil {
					e.Close()
				}
				time.Sleep(100 * time.Microsecond)
			}
		}
	})
	for range 300 {
		e, err := s.Take(e.ID)
		if err != nil {
			t.Error(err)
			continue
		}
		e.Close()
	}
	close(stop)
	group.Wait()
}

// Records that several processes change at once stay complete.
func TestRecordsOfManyProcesses(t *testing.T) {
	s := openNew(t)
	var processes []process
	for range 4 {
		for _, action := range []string{"fail", "reserve"} {
			processes = append(processes, start(t, action, s.Name(), "relay"))
		}
	}
	for _, p := range processes {
		if p.says != "ok" {
			t.Error(p.says)
		}
	}
	if v, err := s.Server("relay"); err != nil || v.Failures != 1 {
		t.Errorf("%+v, %v", v, err)
	}
	at, err := s.Reserve("relay", time.Second, noon)
	if want := noon.Add(200 * time.Second); err != nil || !at.Equal(want) {
		t.Errorf("after 200 reservations: %v, %v", at, err)
	}
}

// A user needs no more rights in the directory of system: than its mode gives.
func TestSystemSpoolOfUser(t *testing.T) {
	testservers.NeedRoot(t)
	system, err := os.MkdirTemp("", "mailpipe-system")
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(system)
	if err := os.Chmod(system, 0o733|os.ModeSticky); err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join(system, "u65534")
	for _, action := range []string{"open", "life"} {
		p := startAs(t, 65534, action, dir, "", "SPOOL_TEST_SYSTEM="+system)
		if p.says != "ok" {
			t.Errorf("%s: %q", action, p.says)
		}
		p.end()
	}
	info, err := os.Lstat(dir)
	if err != nil || info.Mode() != fsDir700 {
		t.Errorf("%v, %v", info, err)
	}
	_, err = Open(dir)
	asError(t, err, spool.Unsafe, "belongs to another user (uid 65534)")
}

const fsDir700 = os.ModeDir | 0o700

// What is left of a removed entry is never taken for a new entry with the same ID.
func TestSameIDAgain(t *testing.T) {
	first := openNew(t)
	second, err := Open(first.Name())
	if err != nil {
		t.Fatal(err)
	}
	e := add(t, first)
	if err := errors.Join(e.Remove(), e.Close()); err != nil {
		t.Fatal(err)
	}
	if _, err := second.CreateAs(e.ID); !errors.Is(err, os.ErrExist) {
		t.Errorf("while files of the old entry are there: %v", err)
	}
	if _, err := second.Take(e.ID); !errors.Is(err, spool.ErrNotFound) {
		t.Errorf("Take of a removed entry returned %v", err)
	}
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	for _, words := range []string{"a new entry", "again"} {
		d, err := second.CreateAs(e.ID)
		if words == "again" {
			if !errors.Is(err, os.ErrExist) {
				t.Errorf("CreateAs of an entry that exists returned %v", err)
			}
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		defer d.Close()
		again, err := d.Commit(spool.Envelope{
			State: spool.Queued, Recipients: []spool.Recipient{{Address: "bob@example.org"}},
		})
		if err != nil {
			t.Fatal(err)
		}
		again.Close()
	}
}

// Many entries can be removed without a sync of the directory for each.
func TestRemoveMany(t *testing.T) {
	counter := &faulty{Files: statedir.OS{}}
	s, err := openWith(filepath.Join(t.TempDir(), "spool"), counter, true)
	if err != nil {
		t.Fatal(err)
	}
	for range 250 {
		e := add(t, s)
		if err := errors.Join(e.Remove(), e.Close()); err != nil {
			t.Fatal(err)
		}
		if len(storeOf(s).removed) >= maxRemoved {
			t.Fatalf("%d removed entries are open", len(storeOf(s).removed))
		}
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if got := strings.Count(listing(t, s), "\n"); got != 1 {
		t.Errorf("%d files are left", got)
	}
}
