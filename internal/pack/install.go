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

// A link is a symbolic link of the installation.
type link struct{ name, to string }

// make makes the link, unless it exists.
func (l link) make(path string) error {
	err := os.Symlink(l.to, path)
	if errors.Is(err, fs.ErrExist) {
		return nil
	}
	return err
}

// links are the names under which mailpipe acts as sendmail.
var links = []link{
	{"sbin/sendmail", "../bin/mailpipe"},
	{"bin/mailq", "mailpipe"},
	{"bin/newaliases", "mailpipe"},
}

// install installs files, up to the first one that it cannot.
func (i installation) install(files []file) error {
	return i.extend(func(r *record) error {
		for _, f := range files {
			if err := r.put(f.name, f.write); err != nil {
				return err
			}
		}
		return nil
	})
}

// extend lets add install something, and records it, even if add fails in the middle.
// Where no record can be written, nothing is installed.
func (i installation) extend(add func(r *record) error) error {
	r, err := i.openRecord()
	if err != nil {
		return err
	}
	if err := r.save(); err != nil {
		return err
	}
	return errors.Join(add(r), r.save())
}

// installSendmail installs the links. It replaces no other program.
func (i installation) installSendmail() error {
	for _, link := range links {
		to, err := os.Readlink(i.path(link.name))
		if to != link.to && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("%s exists: remove it first", i.path(link.name))
		}
	}
	return i.extend(func(r *record) error {
		for _, link := range links {
			if err := r.put(link.name, link.make); err != nil {
				return err
			}
		}
		return nil
	})
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
