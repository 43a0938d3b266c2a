package cli

import (
	"cmp"
	"errors"
	"io/fs"
	"slices"

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

// loadConfig returns the configuration. The first call reads it, and notes the files that
// are skipped.
func (c *call) loadConfig() (*config.Config, error) {
	if c.loaded != nil {
		return c.loaded, nil
	}
	all, err := config.Load(c.flags.String("config"), c.Getenv)
	if e, ok := errors.AsType[*fs.PathError](err); ok {
		return nil, fileError(e.Path, err)
	}
	if err != nil {
		return nil, err
	}
	for _, err := range all.Skipped {
		c.note("%s", err)
	}
	c.loaded = all
	return all, nil
}

// settle finds the settings in force for an author; "" means that it is not
// known. unused are variables that the command does not use, so that an invalid
// value of one is not an error.
func (c *call) settle(all *config.Config, author string, unused ...string) (*config.Settings, error) {
	getenv := func(name string) string {
		if slices.Contains(unused, name) {
			return ""
		}
		return c.Getenv(name)
	}
	choice, err := all.Choose(c.flags.String("account"), author, getenv)
	if err != nil {
		return nil, err
	}
	settings, err := config.Settle(c.values, getenv, choice)
	if e, ok := errors.AsType[*config.SettingError](err); ok && is[*address.Error](e) {
		return nil, addressError(e.Origin.Name, e)
	}
	if err == nil && c.line.sendmail != nil && !c.line.has("log") {
		settings.Log = cmp.Or(all.Sendmail(c.Getenv).Log, settings.Log, defaultLog)
	}
	return settings, err
}
