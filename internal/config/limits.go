package config

import (
	"strconv"
	"strings"
	"time"
)

// checkPath accepts any name of a file. Unlike in a message, a newline in it does
// no harm.
func checkPath(value string) *SettingError {
	switch {
	case value == "":
		return invalid("must not be empty")
	case strings.Contains(value, "\x00"):
		return invalid("contains NUL")
	}
	return nil
}

func checkNumber(value string) *SettingError {
	if n, err := strconv.Atoi(value); err != nil || n < 1 {
		return invalid("must be a number from 1 up")
	}
	return nil
}

func checkRate(value string) *SettingError {
	if _, ok := parseRate(value); !ok {
		return invalid("invalid rate " + quote(value) + ": must be a number per s, m or h, such as 30/m")
	}
	return nil
}

// parseRate parses a number of messages per second, minute or hour, such as 30/m.
// It returns the time from one message to the next.
func parseRate(value string) (every time.Duration, ok bool) {
	number, unit, _ := strings.Cut(value, "/")
	n, err := strconv.Atoi(number)
	period := map[string]time.Duration{"s": time.Second, "m": time.Minute, "h": time.Hour}[unit]
	if err != nil || n < 1 || period == 0 {
		return 0, false
	}
	return max(period/time.Duration(n), 1), true
}

// PasswordInEnv reports whether the login at one of the servers takes its password
// from $MAILPIPE_PASSWORD.
func (s *Settings) PasswordInEnv() bool {
	for _, server := range s.Servers {
		if s.User(server) != "" && s.envPassword() != "" {
			return true
		}
	}
	return false
}

// Account returns the account in force, and why it was chosen.
func (s *Settings) Account() Choice { return s.choice }
