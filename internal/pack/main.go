// Pack makes what users install: archives for all platforms, or the files of one
// installation. It runs in the top directory of the project:
//
//	go run ./internal/pack dist [OS/ARCH...]
//	go run ./internal/pack tree DIR [OS/ARCH]
//	go run ./internal/pack install | install-sendmail | uninstall
//
// dist writes one archive for each platform to the directory dist. tree writes the
// files of an installation to a directory, for packages. The others change the
// installation under $PREFIX, in the root directory $DESTDIR.
package main

import (
	"cmp"
	"errors"
	"fmt"
	"os"
)

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "pack:", err)
		os.Exit(1)
	}
}

func run(args []string) error {
	command := append(args, "")[0]
	i := installation{root: os.Getenv("DESTDIR"), prefix: cmp.Or(os.Getenv("PREFIX"), "/usr/local")}
	switch {
	case command == "dist":
		return dist("dist", args[1:])
	case command == "tree" && (len(args) == 2 || len(args) == 3):
		return tree(args[1], append(args, native)[2])
	case len(args) > 1:
	case command == "install":
		return i.install()
	case command == "install-sendmail":
		return i.installSendmail()
	case command == "uninstall":
		return i.uninstall()
	}
	return errors.New("usage: pack dist [OS/ARCH...] | tree DIR [OS/ARCH] | install | install-sendmail | uninstall")
}
