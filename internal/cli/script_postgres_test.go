//go:build linux

package cli

import (
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"mailpipe/internal/pgtest"
	"mailpipe/internal/testservers"
)

// TestPostgresScripts runs the scripts that need a database. `database VARIABLE [own]` sets
// the variable to the URL of a new one, on a server of its own if the script changes that, and
// what psql and mailpipe need to use it as superuser. $PSQL is psql.
func TestPostgresScripts(t *testing.T) {
	testservers.Need(t, "postgres", "strace")
	shared := pgtest.Start(t)
	p := scripts("../../testdata/postgres")
	p.Cmds["database"] = func(ts *testscript.TestScript, _ bool, args []string) {
		server := shared
		if len(args) > 1 {
			server = pgtest.Start(t)
		}
		ts.Setenv(args[0], server.URL(server.CreateDatabase(t)))
		for _, variable := range server.Env() {
			name, value, _ := strings.Cut(variable, "=")
			ts.Setenv(name, value)
		}
		ts.Setenv("PSQL", pgtest.Tool(t, "psql")+" -XAtq -v ON_ERROR_STOP=1")
	}
	testscript.Run(t, p)
}
