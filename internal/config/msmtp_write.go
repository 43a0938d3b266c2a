package config

import (
	"cmp"
	"fmt"
	"net/netip"
	"strings"

	"github.com/BurntSushi/toml"

	"mailpipe/internal/address"
)

// toml returns the whole file as TOML.
func (m *msmtprc) toml() string {
	var b strings.Builder
	b.WriteString(comment("Accounts of "+m.file+", an msmtp configuration.") + comment(m.defaults.notes...))
	if a := m.find("default"); a != nil {
		b.WriteString("\n" + tomlLine("default", cmp.Or(a.alias, a.name)) + "\n")
	}
	for _, a := range m.accounts {
		if a.alias != "" {
			continue
		}
		a.put("server", a.server(), "host")
		a.putFrom()
		a.putLogin()
		a.putTLS()
		a.putHelo()
		a.putTimeouts()
		a.putLog()
		b.WriteString("\n[" + toml.Key{"accounts", a.name}.String() + "]\n" + a.keys.String() + comment(a.notes...))
	}
	b.WriteString(m.sendmail())
	return escapeTOML(b.String())
}

// line returns the line of a command that is in force.
func (a *msmtpAccount) line(command string) msmtpLine {
	if l, ok := a.own[command]; ok {
		return l
	}
	return a.defaults[command]
}

func (a *msmtpAccount) argument(command string) string { return a.line(command).argument }

// put writes a key, unless the value is empty. An invalid value becomes a
// comment about the command.
func (a *msmtpAccount) put(key, value, command string) {
	if value == "" {
		return
	}
	if err := findKey(keys, key).check(value); err != nil {
		a.note(command, cmp.Or(err.Value, Shown(key, value)), err.Reason)
		return
	}
	a.keys.WriteString(tomlLine(key, value) + "\n")
}

// note adds a comment about a command in force. The argument may be empty.
func (a *msmtpAccount) note(command, argument, reason string) {
	a.addNote(msmtpLine{a.line(command).number, command, argument}, reason)
}

func (a *msmtpAccount) addNote(l msmtpLine, reason string) {
	a.notes = append(a.notes, l.note(reason))
}

// note returns a comment about the line.
func (l msmtpLine) note(reason string) string {
	text := strings.TrimSpace(l.command + " " + l.argument)
	if l.number > 0 {
		text = fmt.Sprintf("line %d: %s", l.number, text)
	}
	return text + ": " + reason
}

// dropped adds a comment about each of the commands that the account has itself
// and that have no effect. It does not show the arguments, which may contain a
// password.
func (a *msmtpAccount) dropped(reason string, commands ...string) {
	for _, command := range commands {
		if a.own[command].argument != "" {
			a.note(command, "", "dropped: "+reason)
		}
	}
}

// server returns the URL of the server, or "" if there is none. The default
// port of a scheme is left out.
func (a *msmtpAccount) server() string {
	scheme := cmp.Or(a.argument("protocol"), "smtp")
	if socket := a.argument("socket"); socket != "" {
		if strings.HasPrefix(socket, "~") {
			a.note("socket", socket, "write the whole path: ~ is not expanded here")
		}
		return scheme + "+unix:" + socket
	}
	host, port, tls := a.argument("host"), a.argument("port"), a.argument("tls") == "on"
	immediate := tls && a.argument("tls_starttls") == "off"
	switch {
	case host == "":
		a.note("account "+a.name, "", "missing host: mailpipe would use "+defaultServer)
		return ""
	case immediate && scheme == "smtp":
		scheme = "smtps"
	case immediate:
		a.note("tls_starttls", "off", "LMTP with immediate TLS is not supported: STARTTLS is used")
	case scheme == "smtp" && port == "587" && (tls || a.logsIn()):
		scheme = "submission"
	}
	if ip, err := netip.ParseAddr(host); err == nil && ip.Is6() {
		host = "[" + host + "]"
	}
	if port != "" && port != fmt.Sprint(ports[scheme]) {
		host += ":" + port
	}
	return scheme + "://" + host
}

func (a *msmtpAccount) putFrom() {
	from, name := a.argument("from"), a.argument("from_full_name")
	switch {
	case strings.Contains(from, "%"):
		a.note("from", from, "patterns are not replaced: "+userHost)
		return
	case strings.ContainsAny(from, "*?["):
		a.note("from", from, "an account is chosen by one address, not by a pattern: use -A")
		return
	case from != "" && name != "":
		from = address.Quote(name) + " <" + from + ">"
	}
	a.put("from", from, "from")
}

func (a *msmtpAccount) putHelo() {
	domain := a.argument("domain")
	if strings.Contains(domain, "%") {
		a.note("domain", domain, "patterns are not replaced: the default is the host name if it has a dot")
		return
	}
	a.put("helo", domain, "domain")
}

func (a *msmtpAccount) putTimeouts() {
	command := "timeout"
	if a.argument(command) == "" {
		command = "connect_timeout" // its name until msmtp 1.4
	}
	timeout := a.argument(command)
	if timeout == "off" {
		a.note(command, timeout, `every wait has a limit; timeout = "1h" is a long one`)
		return
	}
	a.put("timeout", timeout, command)
	a.put("connect_timeout", timeout, command)
}
