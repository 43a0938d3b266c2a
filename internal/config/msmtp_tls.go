package config

import "strings"

const pinIt = "`mailpipe deliver --probe` prints the fingerprint for tls_fingerprint"

func (a *msmtpAccount) putTLS() {
	a.putPolicy()
	if a.argument("tls") != "on" && !a.logsIn() {
		a.dropped("tls is off",
			"tls_trust_file", "tls_fingerprint", "tls_host_override", "tls_cert_file", "tls_key_file")
		return
	}
	if ca := a.argument("tls_trust_file"); ca != "system" {
		a.put("tls_ca", ca, "tls_trust_file")
	}
	a.put("tls_fingerprint", a.argument("tls_fingerprint"), "tls_fingerprint")
	a.put("tls_name", a.argument("tls_host_override"), "tls_host_override")
	cert, key := a.argument("tls_cert_file"), a.argument("tls_key_file")
	switch {
	case strings.HasPrefix(cert, "pkcs11:") || strings.HasPrefix(key, "pkcs11:"):
		a.note("tls_cert_file", "", "a certificate must be in a file, not on a device")
	case cert == "":
		a.dropped("missing tls_cert_file", "tls_key_file")
	default:
		a.put("tls_cert", cert, "tls_cert_file")
		a.put("tls_key", key, "tls_key_file")
	}
}

// putPolicy writes the TLS policy, unless it is the default.
func (a *msmtpAccount) putPolicy() {
	_, pinned := fingerprint(a.argument("tls_fingerprint"))
	policy, comment := "required", ""
	switch {
	case a.argument("tls") == "":
		return
	case a.argument("tls") == "off" && a.logsIn():
		a.note("tls", "off", "dropped: a password is sent only over verified TLS or a Unix socket")
		return
	case a.argument("tls") == "off":
		policy = "none"
	case a.argument("tls_certcheck") != "off":
	case pinned:
		comment = "dropped: tls_fingerprint pins the certificate, and msmtp checks nothing else then"
	case a.logsIn():
		comment = "dropped: a password is sent only over verified TLS. " + pinIt
	default:
		policy = "opportunistic"
		comment = "if the server offers no TLS, the mail is sent in the clear, which msmtp would refuse. " + pinIt
	}
	a.put("tls", policy, "tls")
	if comment != "" {
		a.note("tls_certcheck", "off", comment)
	}
}
