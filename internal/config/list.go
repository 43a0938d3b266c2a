package config

// A Setting is a setting as it is shown to the user.
type Setting struct {
	Key    string // as in a file
	Value  string // without secrets
	Origin string // such as "--tls", "$MAILPIPE_SERVER", "config.toml:4" or "default"
	Unused bool   // of the account, but for another server than the one in use
}

// List returns the settings in force in the order of the man page, and after
// them those of the account that are not used.
func (s *Settings) List() []Setting {
	var list []Setting
	if a := s.choice.Account; a != nil {
		list = append(list, Setting{Key: "account", Value: a.Name, Origin: s.choice.Origin.String()})
	}
	for _, key := range keys {
		list = append(list, shown(key.Name, s.values[key.Name], false)...)
		list = append(list, s.defaults(key.Name)...)
	}
	for _, key := range keys {
		list = append(list, shown(key.Name, s.unused[key.Name], true)...)
	}
	return list
}

func shown(key string, v setting, unused bool) []Setting {
	var list []Setting
	for _, text := range v.values {
		list = append(list, Setting{Key: key, Value: Shown(key, text), Origin: v.origin.String(), Unused: unused})
	}
	return list
}

// defaults returns what is in force for a key that was not given. The source of
// the password is listed after the keys that name one.
func (s *Settings) defaults(key string) []Setting {
	if key == "password_file" {
		if origin := s.passwordOrigin(); origin != "" {
			return []Setting{{Key: "password", Value: hidden, Origin: origin}}
		}
	}
	if s.values[key].layer != unset {
		return nil
	}
	switch key {
	case "server":
		return []Setting{{Key: key, Value: defaultServer, Origin: "default"}}
	case "tls":
		var list []Setting
		for _, server := range s.Servers {
			list = append(list, Setting{Key: key, Value: s.Security(server).String(), Origin: "default for " + server.Name})
		}
		return list
	}
	return nil
}

// passwordOrigin returns $MAILPIPE_PASSWORD or the name of ~/.netrc if a login
// would find its password there.
func (s *Settings) passwordOrigin() string {
	if s.getenv(PasswordVariable) != "" {
		return "$" + PasswordVariable
	}
	if s.values["password_file"].layer != unset || s.values["password_command"].layer != unset {
		return ""
	}
	file := netrcFile(s.getenv)
	for _, server := range s.Servers {
		user := s.user(server)
		if user == "" {
			continue
		}
		if _, err := readNetrc(file, server.Host, user); err == nil {
			return file
		}
	}
	return ""
}
