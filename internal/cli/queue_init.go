package cli

import (
	"context"
	"io"

	"mailpipe/internal/spool/postgres"
)

// runQueueInit creates the tables of a spool in a database, and prints the statements that
// let hosts and workers use them.
func runQueueInit(c *call) error {
	if len(c.line.operands()) > 0 {
		return usage("takes no operands")
	}
	names, err := c.spoolNames()
	if err != nil {
		return err
	}
	const hint = "name the database: --spool postgres://HOST/DATABASE"
	if len(names) != 1 {
		return usage("takes one spool, not %d", len(names)).withHint(hint)
	}
	if !postgres.IsURL(names[0]) {
		return usage("%s: a directory needs no tables", pathLine(names[0])).withHint(hint)
	}
	s, err := c.openSpool(names[0], true) // checks the URL
	if err != nil {
		return err
	}
	defer s.Close()
	grants, err := postgres.Init(context.Background(), names[0])
	if err == nil {
		_, err = io.WriteString(c.out, grants)
	}
	return err
}
