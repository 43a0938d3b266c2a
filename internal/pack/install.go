package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// An installation is the directory into which make install installs.
type installation struct {
	root   string // DESTDIR; empty means the root directory of this host
	prefix string // PREFIX, in the root directory
}

// path returns the path of a file of the installation.
func (i installation) path(name string) string { return filepath.Join(i.root, i.prefix, name) }

// links are the names under which mailpipe acts as sendmail.
var links = []struct{ name, to string }{
	{"sbin/sendmail", "../bin/mailpipe"},
	{"bin/mailq", "mailpipe"},
	{"bin/newaliases", "mailpipe"},
}

// install installs files.
func (i installation) install(files []file) error {
	r, err := i.openRecord()
	if err != nil {
		return err
	}
	for _, f := range files {
		err = errors.Join(err, r.put(f.name, f.write))
	}
	return errors.Join(err, r.save())
}

// installSendmail installs the links. It replaces no other program.
func (i installation) installSendmail() error {
	for _, link := range links {
		to, err := os.Readlink(i.path(link.name))
		if to != link.to && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("%s exists: remove it first", i.path(link.name))
		}
	}
	r, err := i.openRecord()
	if err != nil {
		return err
	}
	for _, link := range links {
		err = errors.Join(err, r.put(link.name, func(path string) error {
			err := os.Symlink(link.to, path)
			if errors.Is(err, fs.ErrExist) {
				return nil
			}
			return err
		}))
	}
	return errors.Join(err, r.save())
}

// uninstall removes what is in the record, and the record. It keeps a directory that
// has other files.
func (i installation) uninstall() error {
	r, err := i.openRecord()
	if err != nil {
		return err
	}
	return r.removeAll()
}
