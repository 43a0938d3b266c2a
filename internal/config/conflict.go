package config

import (
	"cmp"
	"strings"

	"mailpipe/wire"
)

// check returns an error if settings exclude each other, or if one requires
// another that is missing.
func (s *Settings) check() error {
	if v := s.values["user"]; v.layer == byFlag && strings.Contains(v.one(), ":") { // as in curl
		return s.errorAt("user", "a password after a colon is visible to other users",
			"use --password-command or --password-file")
	}
	for _, server := range s.Servers {
		if server.Implicit() && s.values["tls"].one() == wire.TLSNone.String() {
			return s.policyContradicts("server", "smtps begins with TLS")
		}
		if err := s.checkUser(server); err != nil {
			return err
		}
	}
	if err := checkPasswords(s.values); err != nil {
		return err
	}
	if file := s.values["password_file"]; file.layer == byEnv && s.envPassword() != "" {
		return &SettingError{Origin: file.given, Contradicts: "$" + PasswordVariable, Fix: "leave out one of them"}
	}
	if s.values["tls_key"].layer != unset && s.values["tls_cert"].layer == unset {
		return s.errorAt("tls_key", "missing certificate for the key", "add --tls-cert FILE")
	}
	return s.checkVerification()
}

// checkPasswords returns an error if the same layer names two places of the
// password.
func checkPasswords(settings map[string]setting) error {
	file, command := settings["password_file"], settings["password_command"]
	if file.layer == unset || file.layer != command.layer {
		return nil
	}
	return &SettingError{
		Origin: file.origin(), Key: "password_file", Contradicts: cmp.Or(command.origin().Name, "password_command"),
		Fix: "leave out one of them",
	}
}

// checkUser returns an error if there is a setting for the login, but no user.
func (s *Settings) checkUser(server ServerURL) error {
	if s.User(server) != "" || s.external() {
		return nil
	}
	// An account may have a password without a user, who may come with -S.
	for _, name := range []string{"auth", "password_file", "password_command"} {
		v := s.values[name]
		if v.layer == byFlag || name == "auth" && v.layer != unset {
			return s.errorAt(name, "missing user", "add --user NAME, or name the user in the URL of the server")
		}
	}
	return nil
}

// checkVerification returns an error if a certificate is to be trusted that the
// TLS policy would not check. A policy given by a flag may override a pinned
// certificate of the account.
func (s *Settings) checkVerification() error {
	policy, ca, pin := s.values["tls"], s.values["tls_ca"], s.values["tls_fingerprint"]
	if policy.layer == unset || policy.one() == wire.TLSRequired.String() {
		return nil
	}
	const reason = "the certificate would not be checked"
	switch {
	case ca.layer == byFlag && policy.layer >= byEnv:
		return s.policyContradicts("tls_ca", reason)
	case pin.layer != unset && pin.layer >= policy.layer:
		return s.policyContradicts("tls_fingerprint", reason)
	}
	return nil
}

// policyContradicts returns the error of a TLS policy that excludes another
// setting. The higher layer is at fault.
func (s *Settings) policyContradicts(key, reason string) error {
	policy, other := s.values["tls"], s.values[key]
	if other.layer > policy.layer {
		name := "tls = " + quote(policy.one()) + " of " + policy.origin().String()
		return &SettingError{Origin: other.origin(), Contradicts: name, Reason: reason, Fix: "add --tls required"}
	}
	err := &SettingError{
		Origin: policy.origin(), Key: "tls", Value: policy.one(), Contradicts: cmp.Or(other.origin().Name, key),
		Reason: reason, Fix: "leave out --tls",
	}
	switch policy.layer {
	case byEnv:
		err.Fix = "unset MAILPIPE_TLS"
	case byAccount:
		err.Fix = "leave out one of them"
	}
	return err
}

// Invalid returns an error about a setting in force, for what only the caller can check.
func (s *Settings) Invalid(key, reason, fix string) error { return s.errorAt(key, reason, fix) }

// errorAt returns an error about a setting in force.
func (s *Settings) errorAt(key, reason, fix string) error {
	return &SettingError{Origin: s.values[key].origin(), Key: key, Reason: reason, Fix: fix}
}
