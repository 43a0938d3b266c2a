// Package config determines the settings of a delivery, such as the server, the
// login and the TLS policy. It prints nothing.
//
// Each setting has a [Key], such as tls_ca. The setting can be given by a flag
// (--tls-ca), by a key of an account with that name, and some also by an
// environment variable. A setting gets its value in these steps:
//
//  1. [Load] reads the config.toml of the user, then that of the host. It
//     refuses a file that another user could have written (trust.go) or that
//     would take too much memory (complexity.go). It keeps the strings of each
//     key with the line where they are, and checks them with the check function
//     of the key (read.go, toml.go, key.go, check.go).
//  2. [Config.Choose] selects an account, or none (account.go).
//  3. [Settle] looks for each key in the flags, then in the environment, then in
//     the account. The first of these layers that has the key wins. The strings
//     of a flag or a variable are checked now (settings.go).
//  4. Settle parses the servers (server.go, hostport.go). If a flag or a variable
//     names a server that the account does not have, Settle withholds the login
//     and the TLS settings of the account.
//  5. Settle refuses settings that contradict each other (conflict.go).
//  6. If the TLS policy is not set, [Settings.Security] returns the default for
//     each server (tls.go). Other missing settings stay empty, and wire has
//     the defaults.
//  7. [Settings.TLSConfig] reads the certificates (tls.go). [Settings.Login]
//     returns a login that looks for the password only when the server asks for
//     it: where the flags say, in the environment, where the account says, and
//     in ~/.netrc (login.go, password*.go, netrc.go).
//
// [Settings.List] shows the settings and where each came from. An invalid setting
// is a [SettingError]; a password that cannot be obtained is a [SecretError].
// Neither error contains a password (error.go, redact.go). [FromMSMTP] is not
// part of these steps: it converts a file of msmtp (msmtp*.go).
package config

import (
	"cmp"
	"errors"
	"io/fs"
	"path/filepath"
	"runtime"
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
	fallback setting            // the key "default"
	sendmail map[string]setting // the table [sendmail], by key
}

// An Account is a table [accounts.NAME].
type Account struct {
	Name     string
	file     string // that contains it
	settings map[string]setting
}

// Load reads the named file, or the default files if file is empty:
// $XDG_CONFIG_HOME/mailpipe/config.toml (~/.config), then
// /etc/mailpipe/config.toml. An account or default in the first file replaces
// that of the second. An invalid file is a *SettingError. A named file that
// cannot be read is an *fs.PathError.
func Load(file string, getenv func(string) string) (*Config, error) {
	c := &Config{accounts: map[string]*Account{}, sendmail: map[string]setting{}}
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

// UserFile returns the name of the file that users write their own accounts to. It is
// that of the system if the user has no home directory.
func UserFile(getenv func(string) string) string { return cmp.Or(ownFile(getenv), systemFile) }

// ownFile returns the name of the user's own file. It is empty if the user has no home
// directory. The XDG Base Directory Specification says to ignore a relative
// $XDG_CONFIG_HOME.
func ownFile(getenv func(string) string) string {
	dir := getenv("XDG_CONFIG_HOME")
	if !filepath.IsAbs(dir) {
		home := getenv("HOME")
		if home == "" {
			return ""
		}
		dir = filepath.Join(home, ".config")
	}
	return filepath.Join(dir, "mailpipe", "config.toml")
}

// defaultFiles returns the names of the files that are read if none is named.
func defaultFiles(getenv func(string) string) (names []string) {
	if own := ownFile(getenv); own != "" {
		names = append(names, own)
	}
	if runtime.GOOS != "windows" { // where any user can create \etc
		names = append(names, systemFile)
	}
	return names
}
