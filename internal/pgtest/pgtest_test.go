//go:build linux

package pgtest

import (
	"bufio"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"mailpipe/internal/testservers"
)

// psql runs statements in the database of a URL.
func psql(t testing.TB, url string, env []string, statements string) (string, error) {
	t.Helper()
	cmd := exec.Command(Tool(t, "psql"), "-XAtqw", "-v", "ON_ERROR_STOP=1", url)
	cmd.Env, cmd.Stdin = append(env, "LC_ALL=C"), strings.NewReader(statements)
	out, err := output(cmd)
	return string(out), err
}

// wantError fails the test unless the error has the words.
func wantError(t testing.TB, err error, words string) {
	t.Helper()
	if err == nil || !strings.Contains(err.Error(), words) {
		t.Errorf("error %v, want %q", err, words)
	}
}

// wantSQL fails the test unless statements return the rows.
func wantSQL(t testing.TB, c client, statements, rows string) {
	t.Helper()
	if got := c.SQL(t, "postgres", statements); got != rows {
		t.Errorf("%s returned %q, want %q", statements, got, rows)
	}
}

func TestStart(t *testing.T) {
	t.Parallel()
	s := Start(t, "max_connections=17", "cluster_name=it's")
	t.Run("login", func(t *testing.T) {
		url := s.URL("postgres")
		if want := "postgres://127.0.0.1:" + s.port + "/postgres"; url != want {
			t.Errorf("URL %s, want %s", url, want)
		}
		if out, err := psql(t, url, s.Env(), "SELECT current_user"); out != "postgres\n" {
			t.Errorf("%q, %v", out, err)
		}
		_, err := psql(t, url, []string{"PGUSER=" + User}, "SELECT 1")
		wantError(t, err, "no password supplied")
		_, err = psql(t, url, []string{"PGUSER=" + User, "PGPASSWORD=x"}, "SELECT 1")
		wantError(t, err, `password authentication failed for user "postgres"`)
		wantSQL(t, s.client, "SELECT DISTINCT auth_method FROM pg_hba_file_rules", "scram-sha-256")
	})
	t.Run("settings", func(t *testing.T) {
		wantSQL(t, s.client, "SHOW max_connections; SHOW cluster_name; SHOW fsync", "17\nit's\non")
		// The server listens only on loopback. When it is killed, it leaves nothing in /dev/shm.
		wantSQL(t, s.client, "SHOW listen_addresses; SHOW unix_socket_directories; SHOW dynamic_shared_memory_type",
			"127.0.0.1\n\nmmap")
	})
	t.Run("databases", func(t *testing.T) {
		a, b := s.CreateDatabase(t), s.CreateDatabase(t)
		s.SQL(t, a, "CREATE TABLE x (i int); INSERT INTO x VALUES (1), (2)")
		if got := s.SQL(t, a, "SELECT i, -i FROM x ORDER BY i"); got != "1|-1\n2|-2" {
			t.Error(got)
		}
		_, err := psql(t, s.URL(b), s.Env(), "SELECT * FROM x")
		wantError(t, err, `relation "x" does not exist`)
	})
	t.Run("user", func(t *testing.T) {
		info, err := os.Stat(fmt.Sprintf("/proc/%d", s.cmd.Process.Pid))
		if err != nil {
			t.Fatal(err)
		}
		if info.Sys().(*syscall.Stat_t).Uid == 0 {
			t.Error("the server runs as root")
		}
	})
}

// TestSecondStart asserts that a server made from the archive has a fresh directory.
func TestSecondStart(t *testing.T) {
	t.Parallel()
	a := Start(t, "fsync=off")
	a.CreateDatabase(t)
	b := Start(t)
	wantSQL(t, b.client, "SHOW fsync; SELECT count(*) FROM pg_database", "on\n3")
	wantSQL(t, a.client, "SHOW fsync; SELECT count(*) FROM pg_database", "off\n4")
}

func TestKill(t *testing.T) {
	t.Parallel()
	s := Start(t)
	s.SQL(t, "postgres", "CREATE TABLE x (i int)")
	family := append(children(s.cmd.Process.Pid), s.cmd.Process.Pid)
	if len(family) < 6 {
		t.Fatalf("the server has only %d processes", len(family))
	}
	s.Pause() // so that no process ends because the first one has
	s.Kill()
	for _, pid := range family {
		if state, _ := stat(pid); state != "X" && state != "Z" {
			t.Errorf("process %d is in state %s", pid, state)
		}
	}
	s.Kill() // does nothing
	s.Restart()
	wantSQL(t, s.client, "SELECT count(*) FROM x", "0")
	log := s.Log()
	if !strings.Contains(log, "database system was not properly shut down") {
		t.Errorf("no sign of a crash in the log:\n%s", log)
	}
}

func TestPause(t *testing.T) {
	t.Parallel()
	s := Start(t)
	s.Pause()
	for _, pid := range append(children(s.cmd.Process.Pid), s.cmd.Process.Pid) {
		if state, _ := stat(pid); state != "T" && state != "Z" {
			t.Errorf("process %d is in state %s", pid, state)
		}
	}
	// The system accepts the connection, but the server says nothing.
	_, err := psql(t, s.URL("postgres")+"?connect_timeout=2", s.Env(), "SELECT 1")
	wantError(t, err, "timeout expired")
	s.Continue()
	wantSQL(t, s.client, "SELECT 1", "1")
	s.Pause() // the end of the test kills a paused server
}

func TestStop(t *testing.T) {
	t.Parallel()
	s := Start(t)
	for mode, words := range map[syscall.Signal]string{
		Smart: "smart shutdown request", Fast: "fast shutdown request", Immediate: "immediate shutdown request",
	} {
		s.Stop(mode)
		log := s.Log()
		if !strings.Contains(log, words) {
			t.Errorf("no %q in the log:\n%s", words, log)
		}
		if conn, err := net.Dial("tcp", "127.0.0.1:"+s.port); err == nil {
			conn.Close()
			t.Error("a stopped server accepts connections")
		}
		s.Restart()
		wantSQL(t, s.client, "SELECT 1", "1")
	}
	const started = "SELECT pg_postmaster_start_time()"
	first := s.SQL(t, "postgres", started)
	s.Restart() // while it is running
	if s.SQL(t, "postgres", started) == first {
		t.Error("the server was not started again")
	}
}

// TestEnd asserts that no process, memory or file is left after a test.
func TestEnd(t *testing.T) {
	t.Parallel()
	var pids []int
	var dir, memory string
	t.Run("server", func(t *testing.T) {
		s := Start(t)
		pids, dir, memory = append(children(s.cmd.Process.Pid), s.cmd.Process.Pid), s.dir, s.memory()
		if !hasMemory(t, memory) {
			t.Errorf("there is no shared memory %q", memory)
		}
	})
	for _, pid := range pids {
		if state, _ := stat(pid); state != "X" && state != "Z" {
			t.Errorf("process %d is in state %s", pid, state)
		}
	}
	if _, err := os.Stat(dir); !os.IsNotExist(err) {
		t.Errorf("%s: %v", dir, err)
	}
	if hasMemory(t, memory) {
		t.Error("the shared memory was not freed")
	}
}

// hasMemory reports whether there is shared memory with an ID.
func hasMemory(t *testing.T, id string) bool {
	table, err := os.ReadFile("/proc/sysvipc/shm")
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(table)) {
		if strings.Fields(line)[1] == id {
			return true
		}
	}
	return false
}

// settingEnv in the environment makes TestChild start a server with a setting, and wait.
const settingEnv = "MAILPIPE_TEST_SETTING"

func TestChild(t *testing.T) {
	if setting := os.Getenv(settingEnv); setting != "" {
		fmt.Println("server", Start(t, setting).cmd.Process.Pid)
		select {}
	}
}

// child returns a command that runs TestChild, and its directory for temporary files.
func child(t *testing.T, setting string) (cmd *exec.Cmd, dir string) {
	testservers.Need(t, "postgres")
	dir = newDaemon(t).dir
	cmd = exec.Command(os.Args[0], "-test.run=^TestChild$")
	cmd.Env = append(os.Environ(), settingEnv+"="+setting, "TMPDIR="+dir)
	return cmd, dir
}

// TestCrash asserts that a server ends with a test process that is killed.
func TestCrash(t *testing.T) {
	t.Parallel()
	cmd, _ := child(t, "fsync=off")
	stdout, err := cmd.StdoutPipe()
	if err = errors.Join(err, cmd.Start()); err != nil {
		t.Fatal(err)
	}
	line, err := bufio.NewReader(stdout).ReadString('\n')
	_ = cmd.Process.Kill()
	_ = cmd.Wait()
	pid, isServer := strings.CutPrefix(strings.TrimSpace(line), "server ")
	if !isServer {
		t.Fatalf("%q, %v", line, err)
	}
	wait(t, "the server has ended", func() bool {
		first, err := strconv.Atoi(pid)
		state, _ := stat(first)
		return err == nil && (state == "X" || state == "Z")
	})
}

// TestFailure asserts that a test that fails shows the server's log, and leaves no file.
func TestFailure(t *testing.T) {
	t.Parallel()
	cmd, dir := child(t, "max_connections=many")
	out, err := cmd.Output()
	if err == nil || cmd.ProcessState.ExitCode() != 1 {
		t.Errorf("%v, exit status %d", err, cmd.ProcessState.ExitCode())
	}
	for _, words := range []string{
		"postgres ended: exit status 1", `invalid value for parameter "max_connections": "many"`,
	} {
		if !strings.Contains(string(out), words) {
			t.Errorf("the test did not print %q:\n%s", words, out)
		}
	}
	if files, err := os.ReadDir(dir); err != nil || len(files) > 0 {
		t.Errorf("%v, %v", files, err)
	}
}
