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

// msmtpPolicies is a decision table: the first row whose conditions hold gives
// the TLS policy and the comment. An empty condition always holds, and an empty
// policy is left to the default.
var msmtpPolicies = []struct {
	tls, certcheck, pinned, login string // conditions
	policy                        string
	command, reason               string // of the comment
}{
	{"unset", "", "", "", "", "", ""},
	{"off", "", "", "yes", "", "tls", noPlainLogin},
	{"off", "", "", "no", "none", "", ""},
	{"on", "on", "", "", "required", "", ""},
	{"on", "off", "yes", "", "required", "tls_certcheck", isPinned},
	{"on", "off", "no", "yes", "required", "tls_certcheck", noUncheckedTLS},
	{"on", "off", "no", "no", "opportunistic", "tls_certcheck", mayBeClear},
}

// policy writes the TLS policy.
func (t *msmtpTable) policy() {
	tls := "unset"
	if t.has("tls") {
		tls = t.argument("tls")
	}
	certcheck := "off"
	if t.isOn("tls_certcheck", true) {
		certcheck = "on"
	}
	_, pinned := fingerprint(t.argument("tls_fingerprint"))
	holds := func(condition, state string) bool { return condition == "" || condition == state }
	for _, row := range msmtpPolicies {
		if holds(row.tls, tls) && holds(row.certcheck, certcheck) &&
			holds(row.pinned, yesNo(pinned)) && holds(row.login, yesNo(t.logsIn())) {
			t.put("tls", row.policy, "tls")
			if row.reason != "" {
				t.note(row.command, "off", row.reason)
			}
			return
		}
	}
}

func yesNo(b bool) string {
	if b {
		return "yes"
	}
	return "no"
}

func (t *msmtpTable) tls() {
	t.policy()
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
