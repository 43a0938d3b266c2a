package config

import (
	"slices"

	"mailpipe/wire"
)

// tlsPolicies are the values of the key tls.
var tlsPolicies = []string{
	wire.TLSRequired.String(),
	wire.TLSOpportunistic.String(),
	wire.TLSNone.String(),
}

// Security returns the TLS policy for a server.
func (s *Settings) Security(server ServerURL) wire.Security {
	if v := s.values["tls"]; v.layer != unset {
		return wire.Security(slices.Index(tlsPolicies, v.one()))
	}
	trusts := s.values["tls_ca"].layer != unset || len(s.Fingerprints) > 0
	switch {
	case server.Scheme == "sink":
		return wire.TLSNone
	case trusts:
		return wire.TLSRequired
	case server.Local():
		return wire.TLSNone
	case server.Scheme == "smtps", server.Scheme == "submission", s.user(server) != "", s.external():
		return wire.TLSRequired
	}
	return wire.TLSOpportunistic
}
