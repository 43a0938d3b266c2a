package config

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"mailpipe/internal/spelling"
)

// setLine stores a line that has an equivalent. Any other becomes a comment.
func (m *msmtprc) setLine(a *msmtpAccount, l msmtpLine) error {
	a.hasLines = true
	if modern, ok := msmtpInverted[l.command]; ok {
		l.command, l.argument = modern, "off"
	}
	if slices.Contains(msmtpSwitches, l.command) {
		switch l.argument {
		case "":
			l.argument = "on"
		case "on", "off":
		default:
			return m.invalid(l, "must be on or off, not "+quote(l.argument))
		}
	}
	switch {
	case l.command == "password" && l.argument == "":
		delete(a.lines, l.command)
	case l.command == "password":
		l.argument = "" // the secret is not kept
		a.set(l)
	case slices.Contains(msmtpKept, l.command):
		a.set(l)
	case l.command == "eval":
		a.note(l, "", "the output of a command cannot be used: write the line that it prints")
	default:
		reason, known := msmtpReasons[l.command]
		if !known {
			l.command = shownCommand(l.command)
			a.note(l, "", "unknown to mailpipe") // the argument may be a secret
			return nil
		}
		a.note(l, l.argument, reason)
	}
	return nil
}

func (a *msmtpAccount) set(l msmtpLine) { a.lines[l.command], a.own[l.command] = l, true }

// note adds a comment about a line.
func (a *msmtpAccount) note(l msmtpLine, argument, reason string) {
	a.notes = append(a.notes, msmtpNote(l.number, l.command, argument, reason))
}

// msmtpNote returns a comment. The number of the line may be 0, and the
// argument empty.
func msmtpNote(number int, command, argument, reason string) string {
	text := command
	if argument != "" {
		text += " " + argument
	}
	text += ": " + reason
	if number > 0 {
		text = fmt.Sprintf("line %d: %s", number, text)
	}
	return text
}

// msmtpCommands returns the names of all commands.
func msmtpCommands() []string {
	names := slices.Concat([]string{"defaults", "account", "password", "eval"}, msmtpKept)
	names = slices.AppendSeq(names, maps.Keys(msmtpInverted))
	return slices.AppendSeq(names, maps.Keys(msmtpReasons))
}

// shownCommand returns a command without what may be a password: as far as it
// is the name of a command, maybe mistyped.
func shownCommand(command string) string {
	name := command
	if end := strings.IndexFunc(command, notInCommand); end >= 0 {
		name = command[:end]
	}
	switch {
	case spelling.Closest(name, msmtpCommands()) == "":
		return hidden
	case name != command:
		return name + hidden
	}
	return name
}

func notInCommand(r rune) bool { return (r < 'a' || r > 'z') && (r < '0' || r > '9') && r != '_' }

// msmtpInverted are commands of msmtp 1.4 that switch something off.
var msmtpInverted = map[string]string{"tls_nostarttls": "tls_starttls", "tls_nocertcheck": "tls_certcheck"}

// msmtpSwitches are on or off. Without an argument they are on.
var msmtpSwitches = []string{"tls", "tls_starttls", "tls_certcheck"}

// msmtpKept are the commands with an equivalent, except password.
var msmtpKept = []string{
	"host", "port", "protocol", "socket", "timeout", "connect_timeout", "domain", "from", "from_full_name",
	"auth", "user", "passwordeval", "tls", "tls_starttls", "tls_certcheck", "tls_trust_file", "tls_fingerprint",
	"tls_key_file", "tls_cert_file", "tls_host_override",
}

const (
	noSOCKS  = `SOCKS is not supported; server = "pipe:COMMAND" works with any tunnel, such as ssh`
	hasFrom  = "compose always writes From, and deliver never changes it"
	hasDate  = "a missing Date is always added"
	noBcc    = "Bcc is always removed"
	noLog    = "there is no log: keep what --report prints"
	userHost = "the default is user@host if the host name has a dot"
)

// msmtpReasons are the commands without an equivalent.
var msmtpReasons = map[string]string{
	"source_ip":               "the local address cannot be chosen",
	"proxy_host":              noSOCKS,
	"proxy_port":              noSOCKS,
	"ntlmdomain":              "NTLM is not supported",
	"tls_crl_file":            "revocation lists are not supported",
	"tls_min_dh_prime_bits":   "not needed: only TLS 1.2 or later with elliptic curves is used",
	"tls_priorities":          "not needed: only TLS 1.2 or later with strong ciphers is used",
	"tls_force_sslv3":         "SSL 3 is not supported",
	"allow_from_override":     "-f always wins over the account",
	"dsn_notify":              "use --notify with each mail",
	"dsn_return":              "use --ret full or --ret hdrs with each mail",
	"set_from_header":         hasFrom,
	"add_missing_from_header": hasFrom,
	"set_date_header":         hasDate,
	"add_missing_date_header": hasDate,
	"set_msgid_header":        "a missing Message-ID is always added",
	"set_to_header":           "compose writes To: undisclosed-recipients:; if To and Cc are empty",
	"remove_bcc_headers":      noBcc,
	"keepbcc":                 noBcc,
	"undisclosed_recipients":  "use --bcc for all recipients: compose writes To: undisclosed-recipients:;",
	"logfile":                 noLog,
	"logfile_time_format":     noLog,
	"syslog":                  "there is no log: pipe what --report prints into logger(1)",
	"aliases":                 "aliases are not supported: use whole addresses",
	"auto_from":               userHost,
	"maildomain":              userHost,
}
