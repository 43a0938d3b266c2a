package cli

import (
	"errors"
	"io/fs"

	"mailpipe/internal/address"
	"mailpipe/internal/config"
)

// values returns what a flag was given, as often as it may be given; nil when it was not.
func (c *call) values(name string) []string {
	var all []string
	f := find(c.sorted.table, name)
	for _, a := range c.sorted.args {
		if a.flag != name || f == nil {
			continue
		}
		if !f.Many {
			all = nil
		}
		all = append(all, a.value)
	}
	return all
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
