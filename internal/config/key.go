package config

import (
	"slices"
	"strings"
)

// A Key is a setting of an account. Its flag has the same name, with hyphens
// for the underscores, and "no-" before it if it is a switch.
type Key struct {
	Name        string
	Env         string // the environment variable, or empty
	kind        kind
	Placeholder string // stands for the value in the help
	Usage       string // empty if each command has a flag of its own
	check       func(value string) *SettingError
}

// A kind is the kind of value that a key may have.
type kind int

const (
	textKey     kind = iota
	listKey          // one text or several
	fileKey          // a file, whose name may begin with ~/
	pathsKey         // one text or several; the name of a directory may begin with ~/
	numberKey        // a number
	durationKey      // a text or a number of seconds
	switchKey        // true or false; the flag makes it false
)

// Keys returns all keys in the order of the help and of the man page.
func Keys() []Key { return slices.Clone(keys) }

var keys = []Key{
	{"server", "MAILPIPE_SERVER", listKey, "URL", "the server; if repeated, servers to try in turn", checkServer},
	{"from", "MAILPIPE_FROM", textKey, "", "", checkFrom},
	{"user", "MAILPIPE_USER", textKey, "NAME", "the login name", checkText},
	{"auth", "", textKey, "MECH", "the login mechanism", checkMechanism},
	{"password_command", "", textKey, "CMD", "a command that prints the password", checkCommand},
	{"password_file", "MAILPIPE_PASSWORD_FILE", fileKey, "FILE", "the file with the password", checkText},
	{"tls", "MAILPIPE_TLS", textKey, "required|opportunistic|none", "the TLS policy", checkTLS},
	{"tls_ca", "", fileKey, "FILE", "the certificates to trust instead of the system's", checkText},
	{"tls_cert", "", fileKey, "FILE", "the certificate of the client", checkText},
	{"tls_key", "", fileKey, "FILE", "the private key of the client", checkText},
	{"tls_fingerprint", "", listKey, "SHA256", "the only server certificate to trust", checkFingerprint},
	{"tls_name", "", textKey, "NAME", "the host name that the certificate must have", checkHost},
	{"helo", "", textKey, "NAME", "the host name to send in EHLO", checkHelo},
	{"timeout", "", durationKey, "DUR", "the limit for each reply", checkDuration},
	{"connect_timeout", "", durationKey, "DUR", "the limit for connecting", checkDuration},
	{"log", "", fileKey, "", "", checkText},
	{"spool", "MAILPIPE_SPOOL", pathsKey, "", "", checkSpool},
	{"connections", "", numberKey, "", "", checkNumber},
	{"mails_per_connection", "", numberKey, "", "", checkNumber},
	{"rate", "", textKey, "", "", checkRate},
	{"pipelining", "", switchKey, "", "send one command at a time, even if the server offers PIPELINING", checkText},
}

// Repeatable reports whether the flag may be repeated.
func (k *Key) Repeatable() bool { return k.kind == listKey || k.kind == pathsKey }

// Switch reports whether the flag has no value. It makes the setting false.
func (k *Key) Switch() bool { return k.kind == switchKey }

// Flag returns the name of the flag without dashes.
func (k *Key) Flag() string {
	if k.Switch() {
		return "no-" + k.Name
	}
	return strings.ReplaceAll(k.Name, "_", "-")
}

// foreign maps names that other programs use to our keys.
var foreign = map[string]string{
	"host": "server", "port": "server", "url": "server", "smtp": "server",
	"username": "user", "login": "user",
	"passwordeval": "password_command", "tls_trust_file": "tls_ca", "tls_cert_file": "tls_cert",
	"tls_key_file": "tls_key", "tls_host_override": "tls_name", "domain": "helo",
}

// findKey returns the key with that name, or nil.
func findKey(keys []Key, name string) *Key {
	for i := range keys {
		if keys[i].Name == name {
			return &keys[i]
		}
	}
	return nil
}

func keyNames(keys []Key) []string {
	names := make([]string, len(keys))
	for i := range keys {
		names[i] = keys[i].Name
	}
	return names
}
