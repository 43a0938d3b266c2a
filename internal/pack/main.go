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
	// With sudo or in a container, the directory may belong to another user. Git then
	// refuses to read it. It is safe, because this program is from the same directory.
	os.Setenv("GIT_CONFIG_COUNT", "1")
	os.Setenv("GIT_CONFIG_KEY_0", "safe.directory")
	os.Setenv("GIT_CONFIG_VALUE_0", "*")
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "pack:", err)
		os.Exit(1)
	}
}

func run(args []string) error {
	i := installation{root: os.Getenv("DESTDIR"), prefix: cmp.Or(os.Getenv("PREFIX"), "/usr/local")}
	switch command := append(args, "")[0]; {
	case command == "dist":
		return dist("dist", args[1:])
	case command == "tree" && (len(args) == 2 || len(args) == 3):
		return tree(args[1], append(args, native)[2])
	case command == "install" && len(args) == 1:
		files, err := installed(native)
		if err != nil {
			return err
		}
		return i.install(files)
	case command == "install-sendmail" && len(args) == 1:
		return i.installSendmail()
	case command == "uninstall" && len(args) == 1:
		return i.uninstall()
	}
	return errors.New("usage: pack dist [OS/ARCH...] | tree DIR [OS/ARCH] | install | install-sendmail | uninstall")
}
