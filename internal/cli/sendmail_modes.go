package cli

import (
	"flag"
	"fmt"

	urfave "github.com/urfave/cli/v2"

	"mailpipe/internal/spool"
	"mailpipe/internal/termtext"
)

// as returns a call of another command with these flags.
func (c *call) as(command string, args ...argument) (*call, error) {
	other := *c
	flags := Flags(command)
	other.line = &commandLine{command: &urfave.Command{Flags: flags}, args: args}
	set := flag.NewFlagSet(command, flag.ContinueOnError)
	for _, f := range flags {
		if err := f.Apply(set); err != nil {
			return nil, err
		}
	}
	if err := set.Parse(other.line.sorted()[1:]); err != nil {
		return nil, err
	}
	other.flags = urfave.NewContext(c.flags.App, set, nil)
	return &other, nil
}

// ownQueue opens the spools of the settings. It is nil if there are none. The caller
// must call close.
func (c *call) ownQueue() (*queueCall, error) {
	other, err := c.asQueue("list")
	if err != nil || other == nil {
		return nil, err
	}
	return other.newQueueCall(false)
}

// asQueue returns a call of a subcommand of queue for the spools of the settings,
// or nil if there is none.
func (c *call) asQueue(command string) (*call, error) {
	all, err := c.loadConfig()
	if err != nil {
		return nil, err
	}
	settings, err := c.settle(all, "", "MAILPIPE_FROM")
	if err != nil || len(settings.Spool) == 0 {
		return nil, err
	}
	var args []argument
	for _, where := range settings.Spool {
		args = append(args, argument{"spool", where})
	}
	if c.flags.IsSet("config") {
		args = append(args, argument{"config", c.flags.String("config")})
	}
	return c.as("queue "+command, args...)
}

// listSpool prints what waits in the spool, as queue list does.
func (c *call) listSpool() error {
	q, err := c.ownQueue()
	if err != nil {
		return err
	}
	if q == nil {
		return c.sayEmpty()
	}
	waiting, err := q.allLocations()
	if err != nil {
		return q.close(err)
	}
	if len(waiting) > 0 {
		return q.close(q.list())
	}
	return q.close(c.sayEmpty())
}

func (c *call) sayEmpty() error {
	_, err := fmt.Fprintln(c.out, "Mail queue is empty")
	return err
}

// flushSpool sends what waits in the spool once, as queue flush does.
func (c *call) flushSpool() error {
	other, err := c.asQueue("flush")
	if err != nil || other == nil {
		return err
	}
	return runQueueFlush(other)
}

// eachServer calls do for each server that a spool remembers as failed.
func (c *call) eachServer(do func(*spool.Spool, spool.Server) error) error {
	q, err := c.ownQueue()
	if err != nil || q == nil {
		return err
	}
	for _, s := range q.spools {
		servers, err := s.Servers()
		if err != nil {
			return q.close(err)
		}
		for _, v := range servers {
			if err := do(s, v); err != nil {
				return q.close(err)
			}
		}
	}
	return q.close(nil)
}

// listServers prints the servers that failed, when they may be tried again, and why
// they failed.
func (c *call) listServers() error {
	return c.eachServer(func(_ *spool.Spool, v spool.Server) error {
		_, err := fmt.Fprintf(c.out, "%s\t%d\t%s\t%s\n", termtext.Escape(v.Key), v.Failures, timestamp(v.Next),
			termtext.Line(v.Reason))
		return err
	})
}

// forgetServers removes the records of servers that may be tried again.
func (c *call) forgetServers() error {
	return c.eachServer(func(s *spool.Spool, v spool.Server) error {
		if v.Down(s.Now()) {
			return nil
		}
		return s.ServerWorks(v.Key)
	})
}

// countMessages prints how many messages wait.
func (c *call) countMessages() error {
	q, err := c.ownQueue()
	if err != nil || q == nil {
		return err
	}
	waiting, err := q.allLocations()
	if err == nil {
		_, err = fmt.Fprintln(c.out, len(waiting))
	}
	return q.close(err)
}

// countAliases reads the aliases and prints how many there are.
func (c *call) countAliases() error {
	host, err := c.loadHost()
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(c.out, "%d aliases\n", host.aliases.Len())
	return err
}

// printTargets prints where the mail for each operand goes.
func (c *call) printTargets() error {
	host, err := c.loadHost()
	if err != nil {
		return err
	}
	if len(c.line.sendmail.recipients) == 0 {
		return usage("-bv: no address")
	}
	var failed error
	for _, operand := range c.line.sendmail.recipients {
		list, err := parseLocal("recipient", operand)
		if err != nil {
			return err
		}
		for _, a := range list {
			to, err := host.resolve(a)
			words := "/dev/null"
			switch {
			case exitCode(err) == exitConfig:
				return err
			case err != nil:
				words, failed = err.Error(), err
			case len(to) > 0:
				words = mailboxes(to)
			}
			_, err = fmt.Fprintf(c.out, "%s... %s\n", termtext.Escape(a.Mailbox()), termtext.Escape(words))
			if err != nil {
				return err
			}
		}
	}
	if failed != nil {
		return &failure{code: exitCode(failed), err: errReported}
	}
	return nil
}

// loadHost returns the host for one mail. The first call reads the configuration and the
// aliases.
func (c *call) loadHost() (*mailHost, error) {
	if c.system == nil {
		all, err := c.loadConfig()
		if err != nil {
			return nil, err
		}
		c.system, err = newMailHost(all.Sendmail(c.Getenv))
		if err != nil {
			return nil, err
		}
	}
	return c.system.forMail(), nil
}
