// Mailpipe composes MIME messages and delivers them over SMTP.
package main

import (
	"os"

	"mailpipe/internal/cli"
)

func main() {
	os.Exit(cli.Run(os.Args, cli.OS()))
}
