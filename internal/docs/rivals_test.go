package docs

import (
	"context"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/jhillyerd/enmime/v2"

	"mailpipe/internal/sink"
	"mailpipe/internal/testservers"
)

// A rival is a program of the table of reasons with the command that it runs. An empty
// command means that the program has none for this.
type rival struct {
	*workspace
	command string
}

// compare runs the command of each program. The programs for which does returns true are
// those with a tick in the row of the test.
func compare(t *testing.T, commands map[string]string, does func(r *rival) bool) {
	heading, rows := reasons(t)
	var row []string
	for _, r := range rows {
		if slices.Contains(r, t.Name()) {
			row = r
		}
	}
	if row == nil {
		t.Fatal("the README has no tick that is linked to this test")
	}
	for i, c := range compared {
		t.Run(c.column, func(t *testing.T) {
			t.Parallel()
			if c.program != "mailpipe" {
				testservers.Need(t, c.program, "file") // which mutt runs
			}
			command := commands[heading[i+1]]
			got := command != "" && does(newRival(t, command))
			if want := row[i+1] != ""; got != want {
				t.Errorf("%q: %v, but the README has %v", row[0], got, want)
			}
		})
	}
}

func newRival(t *testing.T, command string) *rival {
	w := newWorkspace(t)
	w.write("latin1.txt", "un caf\xe9 \xe0 Besan\xe7on, un th\xe9 \xe0 la menthe\n")
	w.write("image", read(t, filepath.Join(w.dir, "chart.png")))
	for _, c := range compared {
		path, err := exec.LookPath(c.program)
		if c.program == "mailpipe" {
			path, err = program, nil
		}
		if err == nil {
			w.write("as/"+c.program+"/.keep", "")
			w.link(path, "as/"+c.program+"/sendmail")
		}
	}
	w.run("mailpipe compose -f alice@example.org -t bob@example.org,carol@example.org -s Report chart.png " +
		"<report.txt >whole.eml")
	return &rival{w, command}
}

func (r *rival) read(name string) string {
	r.t.Helper()
	return read(r.t, filepath.Join(r.dir, name))
}

// send runs the command, with a new server whose replies the rules replace. It returns the
// exit status and what arrived.
func (r *rival) send(input string, rules ...string) (status int, mails []*enmime.Envelope) {
	r.t.Helper()
	var opt sink.Options
	for _, text := range rules {
		rule, err := sink.ParseRule(text)
		if err != nil {
			r.t.Fatal(err)
		}
		opt.Reply = append(opt.Reply, rule)
	}
	if err := os.RemoveAll(filepath.Join(r.dir, ".received")); err != nil {
		r.t.Fatal(err)
	}
	r.settings(r.serve("127.0.0.1", opt))
	ctx, cancel := context.WithTimeout(r.t.Context(), 5*time.Minute)
	defer cancel()
	c := exec.CommandContext(ctx, "sh", "-c", r.command)
	c.Dir = r.dir
	c.Env = append(r.env, "PATH="+os.Getenv("PATH")+":"+filepath.Dir(program))
	c.Stdin = strings.NewReader(input)
	out, _ := c.CombinedOutput()
	status = c.ProcessState.ExitCode()
	if status < 0 {
		r.t.Fatalf("%s: %v\n%s", r.command, c.ProcessState, out)
	}
	r.t.Logf("%s: status %d\n%.500s", r.command, status, out)
	return status, r.received()
}

// settings writes the files in which the programs look for their server. mutt is told how
// to find the type and the charset of a file.
func (r *rival) settings(server string) {
	r.t.Helper()
	host, port, _ := net.SplitHostPort(server)
	names := strings.NewReplacer("SERVER", server, "HOST", host, "PORT", port)
	for name, lines := range map[string][]string{
		".config/mailpipe/config.toml": {"[accounts.default]", `server = "smtp://SERVER"`, `from = "alice@example.org"`},
		".msmtprc":                     {"account default", "host HOST", "port PORT", "from alice@example.org"},
		".muttrc": {"set smtp_url=smtp://SERVER from=alice@example.org copy=no ssl_force_tls=no",
			`set mime_type_query_command="file -b --mime-type" mime_type_query_first attach_charset=utf-8:iso-8859-1`},
		".swaksrc": {"server SERVER"},
		".mailrc": {"set v15-compat", "set mta=smtp://SERVER smtp-auth=none DEAD=/dev/null",
			"set from=alice@example.org"},
	} {
		r.write(name, names.Replace(strings.Join(lines, "\n")+"\n"))
	}
	r.env = append(r.env, "SERVER="+server, "MAILRC="+filepath.Join(r.dir, ".mailrc")) // root's s-nail ignores HOME
}
