package config

// A Setting is a setting as it is shown to the user.
type Setting struct {
	Key    string `json:"key"`    // as in a file
	Value  string `json:"value"`  // without secrets
	Origin string `json:"origin"` // such as "--tls", "$MAILPIPE_SERVER", "config.toml:4" or "default"
	Unused bool   `json:"unused"` // not in force: an account, or a setting for a server other than the one in use
}

// List returns the settings in force in the order of the man page, and after
// them those that are not used.
func (s *Settings) List() []Setting {
	var list []Setting
	add := func(unused bool, key, origin string, values ...string) {
		for _, v := range values {
			list = append(list, Setting{Key: key, Value: Shown(key, v), Origin: origin, Unused: unused})
		}
	}
	if a := s.choice.Account; a != nil {
		add(false, "account", s.choice.Origin.String(), a.Name)
	}
	for _, key := range keys {
		v := s.values[key.Name]
		add(false, key.Name, v.origin().String(), v.values...)
		switch {
		case key.Name == "password_file":
			if origin := s.passwordOrigin(); origin != "" {
				add(false, "password", origin, hidden)
			}
		case key.Name == "tls" && v.layer == unset:
			for _, server := range s.Servers {
				add(false, "tls", "default for "+server.Name, s.Security(server).String())
			}
		}
	}
	for _, key := range keys {
		v := s.unused[key.Name]
		add(true, key.Name, v.origin().String(), v.values...)
	}
	return list
}

// passwordOrigin returns $MAILPIPE_PASSWORD or the name of ~/.netrc if a login
// would find its password there.
func (s *Settings) passwordOrigin() string {
	if s.envPassword() != "" {
		return "$" + PasswordVariable
	}
	if s.passwordLayer() != unset {
		return ""
	}
	file := netrcFile(s.getenv)
	for _, server := range s.Servers {
		user := s.User(server)
		if user == "" {
			continue
		}
		if _, err := readNetrc(file, server.Host, user); err == nil {
			return file
		}
	}
	return ""
}
