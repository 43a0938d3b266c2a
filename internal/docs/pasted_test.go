package docs

import (
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"mailpipe/internal/testservers"
)

// A terminal is a workspace in which a user pastes an example: an empty directory, after
// the line that starts a sink. Only ports and files of the system have other names.
type terminal struct {
	*workspace
	setup string // starts the sink
}

// setupBegin is what the line before the examples begins with.
const setupBegin = "mailpipe sink Mail &"

// setup returns the line that the examples need.
func setup(t *testing.T) string {
	t.Helper()
	all := blocks(t)
	i := slices.IndexFunc(all, func(b block) bool { return strings.HasPrefix(b.text, setupBegin) })
	if i < 0 {
		t.Fatal("no line starts the sink of the examples")
	}
	return all[i].text
}

func newTerminal(t *testing.T) *terminal {
	t.Helper()
	w := newWorkspace(t)
	w.write("here/.keep", "")
	etc := w.dir
	w.dir = filepath.Join(w.dir, "here")
	_, port, _ := strings.Cut(w.local, ":")
	w.names = strings.NewReplacer(
		setupBegin, "mailpipe sink --listen "+w.local+" Mail &",
		"127.0.0.1:2525", w.local, "--port=2525", "--port="+port, "'port 2525'", "'port "+port+"'",
		"127.0.0.1:2526", "127.0.0.1:"+testservers.FreePort(t),
		"127.0.0.1:2587", "127.0.0.1:"+testservers.FreePort(t),
		"/usr/sbin/sendmail", etc+"/sendmail",
		"/usr/local/bin/mailpipe", program,
		"/etc/aliases", etc+"/aliases",
		"/etc/mailpipe/", w.dir+"/",
		"/backup/", w.dir+"/backup/", // which does not exist
		"/var/log/syslog", etc+"/log",
		"/run/secrets/", w.dir+"/secrets/",
	)
	w.env = slices.DeleteFunc(w.env, func(v string) bool { return strings.HasPrefix(v, "GIT_DIR=") })
	w.env = append(w.env, "HOME="+w.dir)
	return &terminal{w, setup(t)}
}

var listens = regexp.MustCompile(`--listen (\S+)`)

// paste runs a block after the line of the examples, and returns what it printed to
// standard error. Its last sink ends with it.
func (w *terminal) paste(text string) (stderr string) {
	w.t.Helper()
	const trap = "sink=$!\nsleep 1\ntrap 'kill $sink $! 2>/dev/null' EXIT\n"
	return w.run(w.setup + trap + "DOCS_SINK=" + w.ownSink(text) + "\n" + text)
}

// ownSink returns the address of the first sink that a block starts, or else that of the
// sink of all examples.
func (w *terminal) ownSink(text string) string {
	if m := listens.FindStringSubmatch(text); m != nil {
		return w.names.Replace(m[1])
	}
	return w.local
}

// The examples also run one after another in one shell: none of them spoils the next one.
func TestREADMEInOrder(t *testing.T) {
	w := newTerminal(t)
	_, examples, _ := strings.Cut(readme(t), "\n## Examples\n")
	examples, _, _ = strings.Cut(examples, "\n## ")
	script := "exec 3>&1\n"
	for _, m := range fence.FindAllStringSubmatch(examples, -1) {
		if m[1] != "sh" || m[2] == w.setup {
			continue
		}
		needPrograms(t, m[2])
		script += "DOCS_SINK=" + w.ownSink(m[2]) + "\n{\n" + m[2] + "} >shown || exit\n"
		if expectation.MatchString(m[2]) {
			script += "cat shown >&3\n"
		}
	}
	w.paste(withDatabase(w.workspace, script))
}

// runAsCron runs a line as cron does, which gives it hardly any environment.
func (w *terminal) runAsCron(line string) {
	w.t.Helper()
	w.write("line", w.names.Replace(cronFields.ReplaceAllString(line, "")))
	w.paste("env -i HOME=\"$HOME\" LOGNAME=alice SHELL=/bin/sh PATH=/usr/bin:/bin sh line\n")
}

var servers = regexp.MustCompile(`\b(?:smtps?|submissions?|lmtp)://([^\s/"']+)|--server (\S+)|--host=(\S+)`)

// The examples name no server that does not exist. The table of keys names one that a
// test replaces.
func TestREADMEServers(t *testing.T) {
	for _, b := range blocks(t) {
		for _, m := range servers.FindAllStringSubmatch(b.text, -1) {
			if name := m[1] + m[2] + m[3]; !strings.HasPrefix(name, "127.0.0.1") {
				t.Errorf("%s: the server %s does not exist", b.name(), name)
			}
		}
	}
}

// Each line for cron has the full path of the program.
func TestREADMECronPath(t *testing.T) {
	bare := regexp.MustCompile(`(^|[^/])\bmailpipe\b`)
	lines := 0
	for _, b := range blocks(t) {
		if b.language != "crontab" {
			continue
		}
		lines++
		if bare.MatchString(cronFields.ReplaceAllString(b.text, "")) {
			t.Errorf("no full path in %s", b.text)
		}
	}
	if lines == 0 {
		t.Error("no lines for cron")
	}
}
