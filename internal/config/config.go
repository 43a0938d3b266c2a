// Package config reads accounts from configuration files and determines the
// settings in force: flags win over environment variables, those over the
// account, and the account over the defaults. It also finds passwords. It
// prints nothing.
package config

import (
	"errors"
	"io/fs"
	"path/filepath"
	"syscall"
)

// noFile in place of a file name means that no file is read.
const noFile = "none"

// systemFile is read after the user's own file.
const systemFile = "/etc/mailpipe/config.toml"

// A Config is what the configuration files contain. The zero value has no
// accounts.
type Config struct {
	Files   []string // the files that were read
	Skipped []error  // the reasons why default files could not be read

	accounts map[string]*Account
	fallback setting // the key "default"
}

// An Account is a table [accounts.NAME].
type Account struct {
	Name     string
	settings map[string]setting
}

// Load reads the named file, or the default files if file is empty:
// $XDG_CONFIG_HOME/mailpipe/config.toml (~/.config), then
// /etc/mailpipe/config.toml. An account or default in the first file replaces
// that of the second. An invalid file is a *SettingError. A named file that
// cannot be read is an *fs.PathError.
func Load(file string, getenv func(string) string) (*Config, error) {
	c := &Config{accounts: map[string]*Account{}}
	switch file {
	case noFile:
		return c, nil
	case "":
		return c, c.loadDefaults(getenv)
	}
	return c, c.load(file)
}

// load reads a file that only the user and root can write.
func (c *Config) load(name string) error {
	f, err := readFile(name, maxConfig, checkTrusted)
	if err != nil {
		return err
	}
	if f.more {
		return &SettingError{Origin: Origin{File: name}, Reason: tooLarge}
	}
	return c.read(name, f.text)
}

func (c *Config) loadDefaults(getenv func(string) string) error {
	for _, file := range defaultFiles(getenv) {
		err := c.load(file)
		switch {
		case errors.Is(err, fs.ErrNotExist), errors.Is(err, syscall.ENOTDIR):
		case errors.Is(err, fs.ErrPermission):
			c.Skipped = append(c.Skipped, err) // HOME may be another user's
		case err != nil:
			return err
		}
	}
	return nil
}

// defaultFiles returns the names of the files that are read if none is named.
// The XDG Base Directory Specification says to ignore a relative
// $XDG_CONFIG_HOME.
func defaultFiles(getenv func(string) string) []string {
	dir := getenv("XDG_CONFIG_HOME")
	if !filepath.IsAbs(dir) {
		home := getenv("HOME")
		if home == "" {
			return []string{systemFile}
		}
		dir = filepath.Join(home, ".config")
	}
	return []string{filepath.Join(dir, "mailpipe", "config.toml"), systemFile}
}
