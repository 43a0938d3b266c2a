package config

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"mailpipe/internal/spelling"
)

// normalize spells out what a line leaves open. It returns the reason why msmtp
// would refuse the line, or "".
func (l *msmtpLine) normalize() (reason string) {
	switch l.command {
	case "tls_nostarttls": // until msmtp 1.4, as the next one
		l.command, l.argument = "tls_starttls", "off"
	case "tls_nocertcheck":
		l.command, l.argument = "tls_certcheck", "off"
	case "password":
		if l.argument != "" {
			l.argument = hidden
		}
	case "auth":
		l.argument = strings.ToLower(cmp.Or(l.argument, "on"))
	case "syslog":
		l.argument = cmp.Or(l.argument, "on")
	case "tls", "tls_starttls", "tls_certcheck":
		l.argument = cmp.Or(l.argument, "on")
		if l.argument != "on" && l.argument != "off" {
			return "must be on or off, not " + quote(l.argument)
		}
	case "set_from_header":
		l.argument = cmp.Or(l.argument, "auto")
		if !slices.Contains([]string{"on", "off", "auto"}, l.argument) {
			return "must be on, off or auto, not " + quote(l.argument)
		}
	case "protocol":
		if l.argument != "" && l.argument != "smtp" && l.argument != "lmtp" {
			return "must be smtp or lmtp, not " + quote(l.argument)
		}
	case "port":
		if _, err := parsePort(l.argument); err != nil && l.argument != "" {
			return err.Reason
		}
	}
	return ""
}

// set stores a line that has an equivalent. Any other becomes a comment.
func (a *msmtpAccount) set(l msmtpLine) {
	a.alias = ""
	if slices.Contains(msmtpKept, l.command) {
		a.own[l.command] = l
		return
	}
	reason, known := msmtpReasons[l.command]
	if !known {
		l.command, reason = shownCommand(l.command), "unknown to mailpipe"
	}
	if !known || l.command == "eval" {
		l.argument = "" // it may be a secret
	}
	a.addNote(l, reason)
}

// msmtpCommands returns the names of all commands.
func msmtpCommands() []string {
	names := append([]string{"defaults", "account", "tls_nostarttls", "tls_nocertcheck"}, msmtpKept...)
	return slices.AppendSeq(names, maps.Keys(msmtpReasons))
}

// shownCommand returns a command without what may be a password: as far as it
// is the name of a command, maybe mistyped.
func shownCommand(command string) string {
	rest := strings.TrimLeft(command, "abcdefghijklmnopqrstuvwxyz0123456789_")
	name := strings.TrimSuffix(command, rest)
	if spelling.Closest(name, msmtpCommands()) == "" {
		return hidden
	}
	if rest != "" {
		return name + hidden
	}
	return name
}

// msmtpKept are the commands with an equivalent.
var msmtpKept = []string{
	"host", "port", "protocol", "socket", "timeout", "connect_timeout", "domain", "from", "from_full_name",
	"auth", "user", "password", "passwordeval", "tls", "tls_starttls", "tls_certcheck", "tls_trust_file",
	"tls_fingerprint", "tls_key_file", "tls_cert_file", "tls_host_override", "logfile", "syslog", "aliases", "maildomain",
	"set_from_header",
}

const (
	noSOCKS  = `SOCKS is not supported; server = "pipe:COMMAND" works with any tunnel, such as ssh`
	hasFrom  = "compose and sendmail always write From, and deliver never changes it"
	hasDate  = "a missing Date is always added"
	noBcc    = "Bcc is always removed"
	userHost = "the default is user@host if the host name has a dot"
)

// msmtpReasons are the commands without an equivalent.
var msmtpReasons = map[string]string{
	"eval":                    "the output of a command cannot be used: write the line that it prints",
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
	"add_missing_from_header": hasFrom,
	"set_date_header":         hasDate,
	"add_missing_date_header": hasDate,
	"set_msgid_header":        "a missing Message-ID is always added",
	"set_to_header":           "compose writes To: undisclosed-recipients:; if To and Cc are empty",
	"remove_bcc_headers":      noBcc,
	"keepbcc":                 noBcc,
	"undisclosed_recipients":  "use --bcc for all recipients: compose writes To: undisclosed-recipients:;",
	"logfile_time_format":     "the format of the time is that of RFC 3339",
	"auto_from":               userHost,
}
