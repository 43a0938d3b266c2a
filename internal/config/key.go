package config

import (
	"slices"
	"strings"
)

// A Key is a setting of an account. Its flag has the same name, with hyphens
// for the underscores.
type Key struct {
	Name        string
	Env         string // the environment variable, or empty
	Repeatable  bool   // a file may have a list
	Placeholder string // stands for the value in the help
	Usage       string // empty if each command has a flag of its own
	check       func(value string) *SettingError
}

// Keys returns all keys in the order of the help and of the man page.
func Keys() []Key { return slices.Clone(keys) }

var keys = []Key{
	{"server", "MAILPIPE_SERVER", true, "URL", "the server; if repeated, servers to try in turn", checkServer},
	{"from", "MAILPIPE_FROM", false, "", "", checkFrom},
	{"user", "", false, "NAME", "the login name", checkText},
	{"auth", "", false, "MECH", "the login mechanism", checkMechanism},
	{"password_command", "", false, "CMD", "a command that prints the password", checkCommand},
	{"password_file", "", false, "FILE", "the file with the password", checkText},
	{"tls", "", false, "required|opportunistic|none", "the TLS policy", checkTLS},
	{"tls_ca", "", false, "FILE", "the certificates to trust instead of the system's", checkText},
	{"tls_cert", "", false, "FILE", "the certificate of the client", checkText},
	{"tls_key", "", false, "FILE", "the private key of the client", checkText},
	{"tls_fingerprint", "", true, "SHA256", "the only server certificate to trust", checkFingerprint},
	{"tls_name", "", false, "NAME", "the host name that the certificate must have", checkHost},
	{"helo", "", false, "NAME", "the host name to send in EHLO", checkHelo},
	{"timeout", "", false, "DUR", "the limit for each reply", checkDuration},
	{"connect_timeout", "", false, "DUR", "the limit for connecting", checkDuration},
}

// Flag returns the name of the flag without dashes.
func (k *Key) Flag() string { return strings.ReplaceAll(k.Name, "_", "-") }

// isFile reports whether the value is the name of a file.
func (k *Key) isFile() bool {
	switch k.Name {
	case "password_file", "tls_ca", "tls_cert", "tls_key":
		return true
	}
	return false
}

// isDuration reports whether the value may be a number.
func (k *Key) isDuration() bool { return strings.HasSuffix(k.Name, "timeout") }

// foreign maps names that other programs use to our keys.
var foreign = map[string]string{
	"host": "server", "port": "server", "url": "server", "smtp": "server",
	"username": "user", "login": "user",
	"passwordeval": "password_command", "tls_trust_file": "tls_ca", "tls_cert_file": "tls_cert",
	"tls_key_file": "tls_key", "tls_host_override": "tls_name", "domain": "helo",
}

// findKey returns the key with that name, or nil.
func findKey(name string) *Key {
	for i := range keys {
		if keys[i].Name == name {
			return &keys[i]
		}
	}
	return nil
}

func keyNames() []string {
	names := make([]string, len(keys))
	for i := range keys {
		names[i] = keys[i].Name
	}
	return names
}
