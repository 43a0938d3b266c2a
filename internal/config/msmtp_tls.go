package config

import "strings"

// Comments about the TLS lines of msmtp.
const (
	noPlainLogin   = "dropped: a password is sent only over verified TLS or a Unix socket"
	isPinned       = "dropped: tls_fingerprint pins the certificate, and msmtp checks nothing else then"
	noUncheckedTLS = "dropped: a password is sent only over verified TLS. " + pinIt
	mayBeClear     = "if the server offers no TLS, the mail is sent in the clear, which msmtp would refuse. " + pinIt
	pinIt          = "`mailpipe deliver --probe` prints the fingerprint for tls_fingerprint"
)

// policy returns the TLS policy and a comment, which may be empty. An empty
// policy means the default.
func (t *msmtpTable) policy() (policy, comment string) {
	_, pinned := fingerprint(t.argument("tls_fingerprint"))
	isOn, login := t.isOn("tls", false), t.logsIn()
	switch {
	case !t.has("tls"):
		return "", ""
	case !isOn && login:
		return "", noPlainLogin
	case !isOn:
		return "none", ""
	case t.isOn("tls_certcheck", true):
		return "required", ""
	case pinned:
		return "required", isPinned
	case login:
		return "required", noUncheckedTLS
	}
	return "opportunistic", mayBeClear
}

func (t *msmtpTable) tls() {
	policy, comment := t.policy()
	t.put("tls", policy, "tls")
	if comment != "" {
		command := "tls_certcheck"
		if !t.isOn("tls", false) {
			command = "tls"
		}
		t.note(command, "off", comment)
	}
	if !t.isOn("tls", false) && !t.logsIn() {
		t.dropped("tls is off",
			"tls_trust_file", "tls_fingerprint", "tls_host_override", "tls_cert_file", "tls_key_file")
		return
	}
	if ca := t.argument("tls_trust_file"); ca != "system" {
		t.put("tls_ca", ca, "tls_trust_file")
	}
	t.put("tls_fingerprint", t.argument("tls_fingerprint"), "tls_fingerprint")
	t.put("tls_name", t.argument("tls_host_override"), "tls_host_override")
	cert, key := t.argument("tls_cert_file"), t.argument("tls_key_file")
	switch {
	case strings.HasPrefix(cert, "pkcs11:") || strings.HasPrefix(key, "pkcs11:"):
		t.note("tls_cert_file", "", "a certificate must be in a file, not on a device")
	case cert == "":
		t.dropped("missing tls_cert_file", "tls_key_file")
	default:
		t.put("tls_cert", cert, "tls_cert_file")
		t.put("tls_key", key, "tls_key_file")
	}
}
