package config

// Setting is a setting for a person to read.
type Setting struct {
	Key    string // as a file calls it
	Value  string // secrets hidden
	Origin string // "--tls", "$MAILPIPE_SERVER", "/home/x/.config/mailpipe/config.toml:4", "default"
	Unused bool   // the account's, whose server is not the one that is called
}

// hidden stands for what is not shown.
const hidden = "[hidden]"

// List returns what is in force, in the order of the man page, and then what an account has but is not used.
func (s *Settings) List() []Setting {
	var list []Setting
	if a := s.choice.Account; a != nil {
		list = append(list, Setting{Key: "account", Value: a.Name, Origin: s.choice.Origin})
	}
	for i := range keys {
		name := keys[i].name
		v, ok := s.values[name]
		for _, text := range v.values {
			list = append(list, Setting{Key: name, Value: Shown(name, text), Origin: v.origin()})
		}
		switch {
		case name == "password_file" && s.getenv(PasswordVariable) != "":
			list = append(list, Setting{Key: "password", Value: hidden, Origin: "$" + PasswordVariable})
		case ok:
		case name == "password_file" && s.values["password_command"].layer == unset:
			if file := s.inNetrc(); file != "" {
				list = append(list, Setting{Key: "password", Value: hidden, Origin: file})
			}
		case name == "server":
			list = append(list, Setting{Key: name, Value: defaultServer, Origin: "default"})
		case name == "tls":
			for _, server := range s.Servers {
				list = append(list, Setting{Key: name, Value: string(s.Security(server)), Origin: "default for " + server.URL})
			}
		}
	}
	for i := range keys {
		v := s.unused[keys[i].name]
		for _, text := range v.values {
			list = append(list, Setting{Key: keys[i].name, Value: Shown(keys[i].name, text), Origin: v.origin(), Unused: true})
		}
	}
	return list
}

// inNetrc names ~/.netrc where a login would find its password there.
func (s *Settings) inNetrc() string {
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

// Shown is the value of a key for a person to read.
func Shown(key, text string) string {
	if key == "password_command" {
		return commandName(text)
	}
	return text
}
