package cli

import (
	"errors"
	"io/fs"

	"mailpipe/internal/address"
	"mailpipe/internal/config"
)

// values returns the values of a flag: all of them if it may be repeated, else
// the last one. It returns nil if the flag was not given, or if the command
// does not have it.
func (c *call) values(name string) []string {
	if !c.line.has(name) {
		return nil
	}
	if list := c.flags.StringSlice(name); list != nil {
		return list
	}
	return []string{c.flags.String(name)}
}

// loadConfig reads the configuration and notes the files that it skips.
func (c *call) loadConfig() (*config.Config, error) {
	all, err := config.Load(c.flags.String("config"), c.Getenv)
	var unreadable *fs.PathError
	if errors.As(err, &unreadable) {
		return nil, fileError(unreadable.Path, err)
	}
	if err != nil {
		return nil, err
	}
	for _, err := range all.Skipped {
		c.note("%s", err)
	}
	return all, nil
}

// settle finds the settings in force for an author; "" means that it is not known.
func (c *call) settle(all *config.Config, author string, getenv func(string) string) (*config.Settings, error) {
	choice, err := all.Choose(c.flags.String("account"), author, getenv)
	if err != nil {
		return nil, err
	}
	settings, err := config.Settle(c.values, getenv, choice)
	var setting *config.SettingError
	var invalid *address.Error
	if errors.As(err, &setting) && errors.As(setting, &invalid) {
		return nil, addressError(setting.Origin.Name, invalid)
	}
	return settings, err
}

// getenvExcept returns Getenv without a variable that the command does not use,
// so that an invalid value of it is not an error.
func (c *call) getenvExcept(unused string) func(string) string {
	return func(name string) string {
		if name == unused {
			return ""
		}
		return c.Getenv(name)
	}
}
