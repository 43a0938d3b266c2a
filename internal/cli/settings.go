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

// loadConfig reads the configuration and says what of it was passed over.
func (c *call) loadConfig() (*config.Config, error) {
	all, err := config.Load(c.flags.String("config"), c.Getenv)
	var unread *fs.PathError
	if errors.As(err, &unread) {
		return nil, fileError(unread.Path, err)
	}
	if err != nil {
		return nil, err
	}
	for _, err := range all.Skipped {
		c.note("%s", err)
	}
	return all, nil
}

// settle finds the settings in force for a From address; empty: it is not known.
func (c *call) settle(all *config.Config, from string, getenv func(string) string) (*config.Settings, error) {
	choice, err := all.Choose(c.flags.String("account"), from, getenv)
	if err != nil {
		return nil, err
	}
	settings, err := config.Settle(c.values, getenv, choice)
	var wrong *config.SettingError
	var typed *address.Error
	if errors.As(err, &wrong) && errors.As(wrong, &typed) {
		return nil, addressError(wrong.Origin.Name, typed)
	}
	return settings, err
}
