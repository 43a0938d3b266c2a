package cli

import (
	"fmt"
	"slices"
	"strings"

	"mailpipe/internal/attempt"
	"mailpipe/internal/config"
	"mailpipe/internal/queue"
	"mailpipe/internal/spool"
)

// Any host that may add messages to a shared spool can write any envelope. So an
// envelope there names an account of the worker, or a server, or neither:
//
//   - With an account, the worker uses its own account of that name, and nothing else
//     that the envelope says about the server, TLS or the login.
//   - With a server, which must be reached over TCP, the worker uses no account, and
//     has no password for it.
//   - With neither, the worker uses its own default.
//
// Nothing in an envelope names a file or a command, or makes the worker send a password
// elsewhere.

// The flags, and the variables, that an envelope of a shared spool may have.
var (
	accountNames = []string{"account"}
	serverNames  = []string{"server", "$MAILPIPE_SERVER"}
	policyNames  = []string{"tls", "$MAILPIPE_TLS", "tls-fingerprint", "tls-name"} // for a server
	sharedNames  = slices.Concat(accountNames, serverNames, policyNames, []string{"no-pipelining"})
)

// notShared are flags and variables that a shared spool leaves out: each worker has its
// own. The account that a variable names is recorded as if a flag did.
var notShared = []string{"helo", "timeout", "connect-timeout", "$XDG_CONFIG_HOME", "$MAILPIPE_ACCOUNT"}

// checkShared returns an error unless the flags may be those of an envelope in a shared
// spool.
func checkShared(flags []spool.Flag) error {
	for _, f := range flags {
		if !slices.Contains(sharedNames, f.Name) {
			return notAllowed(f, "a worker uses only its own files, commands and logins")
		}
		if !slices.Contains(serverNames, f.Name) {
			continue
		}
		server, err := config.ParseServer(f.Value)
		switch {
		case err != nil:
			return fmt.Errorf("%s%w", shownName(f.Name), err)
		case server.Local():
			return notAllowed(f, "a worker connects to servers over TCP only")
		case server.User != "":
			return notAllowed(f, "a worker logs in only with its own accounts")
		}
	}
	account, hasAccount := findOf(flags, accountNames)
	policy, hasPolicy := findOf(flags, policyNames)
	server, hasServer := findOf(flags, serverNames)
	switch {
	case hasAccount && hasServer:
		return notAllowed(server, "a worker uses the server of the account that "+shownName(account.Name)+" names")
	case hasPolicy && !hasServer:
		return notAllowed(policy, "without a server, the account of the worker decides about TLS")
	}
	return nil
}

func notAllowed(f spool.Flag, why string) error {
	return fmt.Errorf("%s is not allowed in a shared spool: %s", shownName(f.Name), why)
}

// shownName returns the name of a flag or a variable as users type it.
func shownName(name string) string {
	if strings.HasPrefix(name, "$") {
		return name
	}
	return "--" + name
}

// findOf returns the last of the flags that has one of the names.
func findOf(flags []spool.Flag, names []string) (found spool.Flag, ok bool) {
	for _, f := range flags {
		if slices.Contains(names, f.Name) {
			found, ok = f, true
		}
	}
	return found, ok
}

// shareFlags returns the flags of a message as they are in a shared spool. s are the
// settings that they determine on this host. The account in force is among them,
// however it was chosen, because the default of a worker may be another one.
func shareFlags(flags []spool.Flag, s *config.Settings) ([]spool.Flag, error) {
	shared := slices.DeleteFunc(slices.Clone(flags), func(f spool.Flag) bool {
		return slices.Contains(notShared, f.Name) || f.Name == "config" && f.Value == "none"
	})
	choice := s.Account()
	server, hasServer := findOf(shared, serverNames)
	if hasServer && !choice.Named && s.UsesAccount() {
		return nil, notAllowed(server, "a worker has the login and the TLS policy of account "+choice.Account.Name+
			" only for that account")
	}
	_, isNamed := findOf(shared, accountNames)
	if !hasServer && !isNamed && choice.Account != nil {
		shared = append(shared, spool.Flag{Name: "account", Value: choice.Account.Name})
	}
	return shared, checkShared(shared)
}

// shareFlags finds the flags of the mail in a shared spool. The error is one of the
// command line or the environment.
func (d *deliveryRequest) shareFlags() (err error) {
	flags := d.routeFlags()
	if d.line.has("password-command") { // of which routeFlags leaves out a secret
		flags = append(flags, spool.Flag{Name: "password-command"})
	}
	if d.shared, err = shareFlags(flags, d.settings); err != nil {
		return usage("%w", err).withHint("use an account that the workers have, too: -A NAME")
	}
	return nil
}

// unshareFlags returns the flags of an envelope from a shared spool as they are in the
// spool of a user, where they are trusted.
func unshareFlags(flags []spool.Flag) ([]spool.Flag, error) {
	if err := checkShared(flags); err != nil {
		return nil, err
	}
	if _, hasServer := findOf(flags, serverNames); hasServer {
		return append(slices.Clone(flags), spool.Flag{Name: "config", Value: "none"}), nil
	}
	return flags, nil
}

// sharedRoute returns the servers for a message in a shared spool. The error is a
// *spool.DamageError if the envelope has what it must not have, and wraps
// queue.ErrUnknownAccount if this worker does not have the account.
func (c *call) sharedRoute(e *spool.Envelope) (attempt.Route, error) {
	if err := checkShared(e.Flags); err != nil {
		return attempt.Route{}, &spool.DamageError{Name: e.ID, Reason: err.Error()}
	}
	settings, err := c.settleShared(e.Flags)
	if err != nil {
		return attempt.Route{}, err
	}
	return c.routeThrough(settings)
}

// settleShared finds the settings for flags that checkShared has accepted, with the
// configuration of now.
func (c *call) settleShared(flags []spool.Flag) (*config.Settings, error) {
	values := valuesOf(flags)
	if _, hasServer := findOf(flags, serverNames); hasServer {
		getenv := func(name string) string { return last(values["$"+name]) }
		return config.Settle(values.of, getenv, config.Choice{})
	}
	all, err := config.Load(c.flags.String("config"), c.Getenv)
	if err != nil {
		return nil, err
	}
	account, isNamed := findOf(flags, accountNames)
	if isNamed && !slices.Contains(all.Accounts(), account.Value) {
		return nil, fmt.Errorf("%w %q", queue.ErrUnknownAccount, account.Value)
	}
	hasServer := c.Getenv("MAILPIPE_SERVER") != ""
	getenv := func(name string) string {
		isForServer := slices.Contains(serverVariables, name) || name == config.PasswordVariable && hasServer
		if slices.Contains(unusedVariables, name) || isNamed && isForServer {
			return ""
		}
		return c.Getenv(name)
	}
	choice, err := all.Choose(account.Value, "", getenv)
	if err != nil {
		return nil, err
	}
	return config.Settle(values.of, getenv, choice)
}
