//go:build linux

package docs

import (
	"os/exec"
	"regexp"
	"strings"
	"testing"

	"mailpipe/internal/pgtest"
	"mailpipe/internal/testservers"
)

var databaseURL = regexp.MustCompile(`postgres://(\w+@)?(?:db\d?\.example\.org,?)+/mail`)

func init() { withDatabase = useDatabase }

// useDatabase starts a server for the database that text names, with the tables. Unless text
// creates the two roles, they exist. It returns text with the URLs of that server.
func useDatabase(w *workspace, text string) string {
	w.t.Helper()
	if !databaseURL.MatchString(text) {
		return text
	}
	testservers.Need(w.t, "postgres", "psql")
	server := pgtest.Start(w.t)
	db := server.CreateDatabase(w.t)
	w.env = append(w.env, server.Env()...)
	initialize := exec.Command(program, "queue", "init", "--spool", server.URL(db))
	initialize.Env = w.env
	grants, err := initialize.Output()
	if err != nil {
		w.t.Fatal(err)
	}
	const login = " LOGIN PASSWORD $$" + pgtest.Password + "$$"
	if !strings.Contains(text, "CREATE ROLE") {
		server.SQL(w.t, db, "CREATE ROLE mailpipe_host"+login+"; CREATE ROLE mailpipe_worker"+login+";"+string(grants))
	}
	text = strings.ReplaceAll(text, " LOGIN", login)
	hosts, _ := strings.CutPrefix(server.URL(db), "postgres://")
	return databaseURL.ReplaceAllString(text, "postgres://${1}"+hosts)
}

// The worker of the README runs until a signal ends it.
func TestREADMEWorker(t *testing.T) {
	found := false
	for _, b := range blocks(t) {
		if b.language == "ini" && strings.Contains(b.text, "queue run") {
			found = true
			newWorkspace(t).runUnit(b.text)
		}
	}
	if !found {
		t.Error("no worker")
	}
}
