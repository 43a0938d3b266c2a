package main

import (
	"fmt"
	"strings"
)

// shared measures what a spool for many machines takes, and what it adds to the program.
func (b *bench) shared() error {
	const title = "One spool for many machines"
	if !strings.Contains(title, b.only) {
		return nil
	}
	fmt.Printf("\n## %s\n\nThe database is a PostgreSQL on this machine.\n\n", title)
	fmt.Print("| work | mailpipe | the other | ratio | bound | |\n| --- | ---: | ---: | ---: | ---: | --- |\n")
	if err := b.database(); err != nil {
		return err
	}
	return b.binarySize()
}
