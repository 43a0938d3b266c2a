// Package config reads accounts, finds secrets and settles which setting is in
// force: flags beat the environment, that beats the account, that beats the
// default. It prints nothing; its errors carry what a message needs.
package config

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"syscall"
)

// noFile in place of a file's name: no file is read.
const noFile = "none"

// system is read after the user's own file.
const system = "/etc/mailpipe/config.toml"

// Config is what the files say. The zero value has no accounts.
type Config struct {
	Files   []string // those that were read
	Skipped []error  // those of the usual ones that may not be read

	accounts map[string]*Account
	fallback *setting // "default"
}

// Account is a table [accounts.NAME].
type Account struct {
	Name string
	set  map[string]setting
}

// setting is a key as a file has it.
type setting struct {
	values []string
	file   string
	line   int
}

func (s setting) origin() string { return s.file + ":" + strconv.Itoa(s.line) }

// Load reads the named file, or the usual ones: $XDG_CONFIG_HOME/mailpipe/config.toml
// (~/.config), then /etc/mailpipe/config.toml, whose accounts and default give
// way to the user's own. A file that is wrong is a *FileError, a named one that cannot be
// read an *fs.PathError.
func Load(file string, getenv func(string) string) (*Config, error) {
	c := &Config{accounts: map[string]*Account{}}
	switch file {
	case noFile:
		return c, nil
	case "":
		return c, c.loadUsual(getenv)
	}
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	return c, c.read(file, text)
}

func (c *Config) loadUsual(getenv func(string) string) error {
	for _, file := range usual(getenv) {
		text, err := os.ReadFile(file)
		if errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ENOTDIR) {
			continue
		}
		if errors.Is(err, fs.ErrPermission) {
			c.Skipped = append(c.Skipped, err) // HOME may be another user's
			continue
		}
		if err != nil {
			return err
		}
		if err := c.read(file, text); err != nil {
			return err
		}
	}
	return nil
}

// usual names the files that are read unasked.
func usual(getenv func(string) string) []string {
	folder := getenv("XDG_CONFIG_HOME")
	if !filepath.IsAbs(folder) { // to be ignored then, says the base directory specification
		if folder = getenv("HOME"); folder == "" {
			return []string{system}
		}
		folder = filepath.Join(folder, ".config")
	}
	return []string{filepath.Join(folder, "mailpipe", "config.toml"), system}
}
